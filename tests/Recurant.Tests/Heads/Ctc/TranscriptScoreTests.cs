using System.Text;
using System.Text.Json;

namespace Recurant.Tests.Heads.Ctc;

public class TranscriptScoreTests
{
    [Theory]
    [InlineData("", "", 0, 0, 0)]
    [InlineData("abc", "abc", 0, 0, 0)]
    [InlineData("abc", "axc", 1, 0, 0)]
    [InlineData("abc", "ac", 0, 0, 1)]
    [InlineData("abc", "abxc", 0, 1, 0)]
    [InlineData("", "abc", 0, 3, 0)]
    [InlineData("abc", "", 0, 0, 3)]
    [InlineData("kitten", "sitting", 2, 1, 0)]
    [InlineData("saturday", "sunday", 1, 0, 2)]
    public void Of_TwoTexts_CountsEachKindApart(string right, string found, int substitutions, int insertions, int deletions) =>
        Assert.Equal(
            new EditCounts(substitutions, insertions, deletions), EditCounts.Of<char>([.. right], [.. found]));

    [Fact]
    public void Of_RandomTexts_HasTheKindsThatLengthsAllow()
    {
        var stream = new Philox(3, RandomPurpose.Shuffling);
        uint drawn = 0;
        for (int trial = 0; trial < 300; trial++)
        {
            int[] right = [.. Enumerable.Range(0, stream.Below(drawn++, 9)).Select(_ => stream.Below(drawn++, 3))];
            int[] found = [.. Enumerable.Range(0, stream.Below(drawn++, 9)).Select(_ => stream.Below(drawn++, 3))];
            EditCounts counts = EditCounts.Of<int>(right, found), back = EditCounts.Of<int>(found, right);
            Assert.Equal(found.Length - right.Length, counts.Insertions - counts.Deletions);
            Assert.Equal(Distance(right, found), counts.Errors);
            Assert.Equal(counts.Errors, back.Errors);
        }
    }

    /// <summary>Rates are of the corpus: the long utterance counts for more than the short one.</summary>
    [Fact]
    public void Of_SeveralUtterances_DividesTheSumOfErrorsByTheSumOfWords()
    {
        TranscriptScore score = TranscriptScore.Of(
            ["the cat sat on the mat today", "yes", "go on"], ["the cat sat on a mat", "no", " go   on "]);
        Assert.Equal((3, 10, 1), (score.Utterances, score.Words, score.Right));
        Assert.Equal(new EditCounts(2, 0, 1), score.WordErrors);
        Assert.Equal(0.3, score.WordErrorRate, 1e-12);
        Assert.Equal("the cat sat on the mat today".Length + 3 + 5, score.Characters);
        Assert.Equal((double)score.CharacterErrors.Errors / score.Characters, score.CharacterErrorRate);
        Assert.Equal(("word error rate", false, score.WordErrorRate), (score.Measure, score.HigherIsBetter, score.Value));
    }

    [Fact]
    public void Of_NothingSaid_CountsWhatWasHeard()
    {
        TranscriptScore score = TranscriptScore.Of([""], ["a b"]);
        Assert.Equal((2.0, 3.0), (score.WordErrorRate, score.CharacterErrorRate));
        Assert.Equal(0, TranscriptScore.Of([], []).WordErrorRate);
        Assert.Throws<ArgumentException>(() => TranscriptScore.Of(["a"], []));
    }

    /// <summary>A character outside the first plane is one character, though two of .NET's.</summary>
    [Fact]
    public void Of_CharactersOfTwoCodeUnits_CountOnce()
    {
        TranscriptScore score = TranscriptScore.Of(["\U0001D11E!"], ["\U0001D122!"]);
        Assert.Equal((2, 1), (score.Characters, score.CharacterErrors.Errors));
    }

    [Fact]
    public void IsBetterThan_FewerErrors_IsBetter()
    {
        TranscriptScore good = TranscriptScore.Of(["a b"], ["a b"]), bad = TranscriptScore.Of(["a b"], ["a"]);
        Assert.True(good.IsBetterThan(bad));
        Assert.False(bad.IsBetterThan(good));
        Assert.True((good with { Loss = -1 }).IsBetterThan(good));
    }

    [Fact]
    public void Read_WhatWasWritten_GivesTheSame()
    {
        TranscriptScore score = TranscriptScore.Of(["a b c"], ["a x c d"]) with { Loss = 2.5 };
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            writer.WriteNumber("loss", score.Loss);
            score.WriteMembers(writer);
            writer.WriteEndObject();
        }

        string json = Encoding.UTF8.GetString(stream.ToArray());
        Assert.Contains("\"utterances\":1,\"words\":3,\"word_error_rate\":", json, StringComparison.Ordinal);
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.Equal(score, TranscriptScore.Read(document.RootElement));
    }

    private static int Distance(ReadOnlySpan<int> right, ReadOnlySpan<int> found)
    {
        if (right.IsEmpty || found.IsEmpty) return right.Length + found.Length;
        if (right[0] == found[0]) return Distance(right[1..], found[1..]);
        return 1 + Math.Min(
            Distance(right[1..], found[1..]), Math.Min(Distance(right[1..], found), Distance(right, found[1..])));
    }
}
