using System.Text;
using System.Text.Json;

namespace Recurant.Tests.Models;

public class TagScoreTests
{
    [Theory]
    [InlineData("O O O", "")]
    [InlineData("B-x I-x O", "x 0-2")]
    [InlineData("B-x B-x I-x", "x 0-1, x 1-3")]
    [InlineData("B-x I-y O", "x 0-1, y 1-2")]
    [InlineData("I-x I-x O I-y", "x 0-2, y 3-4")]
    [InlineData("I-x B-x O", "x 0-1, x 1-2")]
    [InlineData("S-x B-y I-y E-y S-x", "x 0-1, y 1-4, x 4-5")]
    [InlineData("U-x B-y I-y L-y", "x 0-1, y 1-4")]
    [InlineData("B-x E-x E-x", "x 0-2, x 2-3")]
    [InlineData("B-a-b I-a-b NOUN", "a-b 0-2")]
    public void Read_Tags_GivesTheseSpans(string tags, string expected)
    {
        IEnumerable<string> found = TagSpan.Read(tags.Split(' ')).Select(span => $"{span.Kind} {span.Start}-{span.End}");
        Assert.Equal(expected, string.Join(", ", found));
    }

    [Fact]
    public void Evaluation_Spans_CountsWholeSpansOnly()
    {
        TagScore score = new(["O", "B-per", "I-per", "B-loc", "I-loc"]);
        // One right, one too short, one of another kind, one missed.
        string[] right = ["B-per", "I-per", "O", "B-loc", "I-loc", "O", "B-per", "O", "B-loc"];
        string[] found = ["B-per", "I-per", "O", "B-loc", "O", "O", "B-loc", "O", "O"];
        score.Add(right, found, t => t >= 6);
        TaggerEvaluation result = score.ToEvaluation(loss: 0.5);

        Assert.Equal("span F1", result.Measure);
        Assert.Equal(new TagCount("all", 1, 3, 4), result.Spans);
        Assert.Equal(2.0 / 7, result.Value, 1e-12);
        Assert.Equal([new TagCount("loc", 0, 2, 2), new TagCount("per", 1, 1, 2)], result.Kinds);
        Assert.Equal(6.0 / 9, result.Accuracy, 1e-12);
        Assert.Equal(3, result.UnknownWords);
        Assert.Equal(1.0 / 3, result.UnknownAccuracy, 1e-12);
    }

    [Fact]
    public void Evaluation_PartsOfSpeech_CountsWords()
    {
        TagScore score = new(["NOUN", "VERB", "X"]);
        score.Add(["NOUN", "VERB", "NOUN"], ["NOUN", "NOUN", "NOUN"], _ => false);
        score.Add(["ADJ"], ["VERB"], _ => true);
        TaggerEvaluation result = score.ToEvaluation(loss: 1);

        Assert.Equal("accuracy", result.Measure);
        Assert.Equal(0.5, result.Value);
        Assert.Null(result.Spans);
        Assert.Equal(2, result.Sentences);
        Assert.Equal(
            [
                new TagCount("NOUN", 2, 3, 2), new TagCount("VERB", 0, 1, 1), new TagCount("X", 0, 0, 0),
                new TagCount("ADJ", 0, 0, 1),
            ], result.Tags);
        Assert.Equal(0.8, result.Tags[0].F1, 1e-12);
        Assert.Equal(2.0 / 3, result.Tags[0].Precision, 1e-12);
        Assert.Equal(1, result.Tags[0].Recall);
        Assert.Equal(0, result.Tags[2].F1);
    }

    [Theory]
    [InlineData("O", "B-x")]
    [InlineData("NOUN", "VERB")]
    public void Read_WhatWriteMembersWrote_IsTheSame(string first, string second)
    {
        TagScore score = new([first, second]);
        score.Add([first, second, second], [first, first, second], t => t == 1);
        TaggerEvaluation expected = score.ToEvaluation(loss: 0.25);
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("loss", expected.Loss);
            expected.WriteMembers(writer);
            writer.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        TaggerEvaluation actual = TaggerEvaluation.Read(document.RootElement);
        Assert.Equal(expected with { Tags = [], Kinds = [] }, actual with { Tags = [], Kinds = [] });
        Assert.Equal(expected.Tags, actual.Tags);
        Assert.Equal(expected.Kinds, actual.Kinds);
    }

    [Theory]
    [InlineData("Paris", WordShape.Capitalised)]
    [InlineData("Jean-Luc", WordShape.Capitalised)]
    [InlineData("paris", WordShape.Small)]
    [InlineData("NATO", WordShape.Capitals)]
    [InlineData("U.S.", WordShape.Capitals)]
    [InlineData("I", WordShape.Capital)]
    [InlineData("iPhone", WordShape.Mixed)]
    [InlineData("3.5", WordShape.Number)]
    [InlineData("A380", WordShape.LettersAndDigits)]
    [InlineData("well-known", WordShape.LettersAndMarks)]
    [InlineData("...", WordShape.Marks)]
    [InlineData("@paul", WordShape.Name)]
    [InlineData("#1", WordShape.Topic)]
    [InlineData("http://a.org", WordShape.Address)]
    [InlineData("me@a.org", WordShape.Address)]
    [InlineData("", WordShape.Other)]
    public void Of_Word_IsThisShape(string word, object shape) => Assert.Equal(shape, WordShapes.Of(word));
}
