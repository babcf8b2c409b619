namespace Recurant.Tests.Inference;

public class TagPredictorTests
{
    private static readonly Lazy<TaggerModel> s_names = new(
        () => TaggerTrainer.Train(TaggedWords.Names(150, 1), TaggedWords.Small with { Epochs = 12 }).Model);

    private static readonly Lazy<TaggerModel> s_parts = new(
        () => TaggerTrainer.Train(TaggedWords.PartsOfSpeech(150, 1), TaggedWords.Small with { Epochs = 12 }).Model);

    [Fact]
    public void Predict_Text_GivesEveryWordATag()
    {
        IReadOnlyList<TaggedWord> words = new TagPredictor(s_parts.Value).Predict("the dorpfen (gorming)");
        Assert.Equal(["the", "dorpfen", "(", "gorming", ")"], words.Select(word => word.Word));
        Assert.Equal(["DET", "NOUN"], words.Take(2).Select(word => word.Tag));
        Assert.Equal("VERB", words[3].Tag);
        Assert.All(words, word => Assert.InRange(word.Probability, 0.2f, 1f));
        Assert.Empty(new TagPredictor(s_parts.Value).Predict("  "));
    }

    [Fact]
    public void Predict_MoreWordsThanTheLimit_NamesBothAndWhatToDo()
    {
        var predictor = new TagPredictor(s_parts.Value);
        string text = string.Concat(Enumerable.Repeat("a ", TaggedSentence.MaximumWords + 1));
        Assert.Equal(
            "250,001 words in one text: a tagger reads at most 250,000 at once. Give it in pieces, such as sentences.",
            Assert.Throws<InvalidDataException>(() => predictor.Predict(text)).Message);
        string[] words = new string[TaggedSentence.MaximumWords + 1];
        Array.Fill(words, "a");
        Assert.Throws<ArgumentException>(() => new TaggedSentence(words, words));
        Assert.Throws<ArgumentException>(() => new SentenceList().Add(words, words));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Predict_ManySentences_AnswersAreThoseOfEachAlone(bool names)
    {
        TaggerModel model = names ? s_names.Value : s_parts.Value;
        TaggedDataset data = names ? TaggedWords.Names(200, 5) : TaggedWords.PartsOfSpeech(200, 5);
        List<IReadOnlyList<string>> sentences = [.. data.Sentences.Select(sentence => sentence.Words)];
        sentences.Insert(3, []);
        IReadOnlyList<IReadOnlyList<TaggedWord>> together = new TagPredictor(model, 3).Predict(sentences);
        for (int i = 0; i < sentences.Count; i += 9)
        {
            Assert.Equal(new TagPredictor(model, 1).Predict([sentences[i]])[0], together[i]);
        }

        Assert.Empty(together[3]);
    }

    [Fact]
    public void Predict_RandomField_NeverBreaksTheScheme()
    {
        // Words that the model has not seen, in any order.
        string[] pieces = ["mr", "in", "Dorp", "Fen", "blick", ".", "Zzz", "9", "of"];
        var sentences = new List<IReadOnlyList<string>>();
        for (int i = 0; i < 300; i++) sentences.Add([.. Enumerable.Range(0, 9).Select(t => pieces[(i * 7 + t * t + i * t) % 9])]);
        foreach (IReadOnlyList<TaggedWord> words in new TagPredictor(s_names.Value).Predict(sentences))
        {
            string before = "O";
            foreach (TaggedWord word in words)
            {
                if (word.Tag[0] == 'I') Assert.Equal(word.Tag[2..], before.Length > 2 ? before[2..] : "");
                before = word.Tag;
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Evaluate_Sentences_AgreesWithTheAnswers(bool names)
    {
        TaggerModel model = names ? s_names.Value : s_parts.Value;
        TaggedDataset data = names ? TaggedWords.Names(60, 5) : TaggedWords.PartsOfSpeech(60, 5);
        var predictor = new TagPredictor(model);
        TaggerEvaluation evaluation = predictor.Evaluate(data);
        int right = 0;
        double loss = 0;
        var answers = predictor.Predict([.. data.Sentences.Select(sentence => sentence.Words)]);
        for (int i = 0; i < data.Count; i++)
        {
            for (int t = 0; t < answers[i].Count; t++)
            {
                bool isRight = answers[i][t].Tag == data.Sentences[i].Tags[t];
                if (isRight) right++;
                if (isRight) loss -= Math.Log(answers[i][t].Probability);
            }
        }

        Assert.Equal((double)right / data.WordCount, evaluation.Accuracy, 1e-12);
        Assert.Equal(data.Count, evaluation.Sentences);
        // With softmax and no wrong tag the loss is the mean of -ln p of the answers.
        if (!names && right == data.WordCount) Assert.Equal(loss / right, evaluation.Loss, 1e-4);
        Assert.InRange(evaluation.Loss, 1e-6, 1);
    }

    [Fact]
    public void Evaluate_TagsOfAnotherModel_SaysSo()
    {
        var data = new TaggedDataset("other.tsv", [new TaggedSentence(["good"], ["A film that is long enough to be cut."])]);
        var fault = Assert.Throws<InvalidDataException>(() => new TagPredictor(s_parts.Value).Evaluate(data));
        Assert.StartsWith(
            "other.tsv: none of its tags (\"A film that is long ...\") is one of the model's (\"DET\", \"NAME\", \"NOUN\", ",
            fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predict_WordsThatAreNoWords_AreTaggedToo()
    {
        string[] words = ["", "\U0001F600", "\u4e2d\u6587", "e\u0301", new string('x', 10_000), "\uD800"];
        IReadOnlyList<TaggedWord> answers = new TagPredictor(s_parts.Value).Predict([words])[0];
        Assert.Equal(words, answers.Select(answer => answer.Word));
    }

    [Fact]
    public void MostFrequentTags_Words_GetTheTagTheyHadMostOften()
    {
        var data = new TaggedDataset("t",
        [
            new TaggedSentence(["a", "a", "a", "b"], ["X", "Y", "Y", "Z"]), new TaggedSentence(["c", "c", "d"], ["X", "X", "Z"]),
        ]);
        var tags = new MostFrequentTags(data);
        Assert.Equal("Y", tags.TagOf("a"));
        Assert.Equal("X", tags.TagOf("c"));
        // Words seen once had Z.
        Assert.Equal("Z", tags.TagOf("new"));
        TaggerEvaluation score = tags.Evaluate(data);
        Assert.Equal(6.0 / 7, score.Accuracy, 1e-12);
        Assert.Equal(0, score.UnknownWords);
        Assert.Throws<ArgumentException>(() => new MostFrequentTags(new TaggedDataset("none", [])));
    }

    [Fact]
    public void TaggedSplit_Sentences_AreDividedAndTwinsStayTogether()
    {
        TaggedDataset data = TaggedWords.PartsOfSpeech(100, 1);
        var twins = new TaggedDataset("twins", [.. data.Sentences, .. data.Sentences]);
        (TaggedDataset first, TaggedDataset second) = TaggedSplit.Random(twins, 0.2, seed: 3);
        Assert.Equal(40, second.Count);
        Assert.Equal(160, first.Count);
        HashSet<string> seen = [.. first.Sentences.Select(sentence => string.Join(' ', sentence.Words))];
        Assert.DoesNotContain(second.Sentences, sentence => seen.Contains(string.Join(' ', sentence.Words)));
        Assert.Equal(second.Sentences, TaggedSplit.Random(twins, 0.2, seed: 3).Second.Sentences);
        Assert.NotEqual(second.Sentences, TaggedSplit.Random(twins, 0.2, seed: 4).Second.Sentences);
        Assert.Equal(1, TaggedSplit.Random(new TaggedDataset("one", [data.Sentences[0]]), 0.9, 1).First.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => TaggedSplit.Random(data, 1, 1));
    }
}
