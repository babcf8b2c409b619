namespace Recurant.Tests.Insight;

/// <summary>What a report shows of taggers, language models, translators and networks of generated problems.</summary>
public class TaskReviewTests
{
    private static readonly PlainText s_text = new("text",
        [.. Enumerable.Range(0, 300).Select(i => i % 3 == 0 ? "the cat sat on a mat" : "a dog and the cat ran")]);

    private static readonly Lazy<TaggerModel> s_tagger = new(
        () => TaggerTrainer.Train(TaggedWords.Names(60, 1), TaggedWords.Small with { Epochs = 1 }).Model);

    [Fact]
    public void Of_Tagger_CountsAreThoseOfTheScoreAndOfTheAnswers()
    {
        TaggedDataset data = TaggedWords.Names(50, 2);
        TaggerReview review = TaggerReview.Of(s_tagger.Value, data, threads: 1);
        TaggerEvaluation score = new TagPredictor(s_tagger.Value, 1).Evaluate(data);
        int words = data.Sentences.Sum(sentence => sentence.Words.Count), right =
            review.Confusion.Select((row, i) => row[i]).Sum();
        Assert.Equal(words, review.Confusion.Sum(row => row.Sum()));
        Assert.Equal(score.Accuracy, (double)right / words, 1e-9);
        Assert.Equal(words - right, review.MistakeCount);
        Assert.Equal(words, review.Calibration.Bins.Sum(bin => bin.Count));
        Assert.NotEmpty(review.Mistakes);

        IReadOnlyList<IReadOnlyList<TaggedWord>> answers =
            new TagPredictor(s_tagger.Value, 1).Predict([.. data.Sentences.Select(sentence => sentence.Words)]);
        TagMistake first = review.Mistakes[0];
        int at = data.Sentences.ToList().FindIndex(sentence => ReferenceEquals(sentence.Words, first.Words));
        Assert.Equal(first.Answered, answers[at][first.Place].Tag);
        Assert.Equal(first.Right, data.Sentences[at].Tags[first.Place]);
        Assert.NotEqual(first.Right, first.Answered);
        double surest = answers.SelectMany((row, i) => row.Where((word, t) => word.Tag != data.Sentences[i].Tags[t]))
            .Max(word => word.Probability);
        Assert.Equal(surest, first.Probability);
    }

    [Fact]
    public void Of_TaggerWithFewLabels_PutsTheRestTogether()
    {
        TaggedDataset data = TaggedWords.Names(50, 2);
        TaggerReview whole = TaggerReview.Of(s_tagger.Value, data, threads: 1);
        TaggerReview few = TaggerReview.Of(s_tagger.Value, data, labels: 1, threads: 3);
        Assert.True(whole.Labels.Count > 2);
        Assert.Equal([few.Labels[0], TaggerReview.Others], few.Labels);
        int kept = whole.Labels.ToList().IndexOf(few.Labels[0]);
        Assert.Equal(whole.Confusion[kept][kept], few.Confusion[0][0]);
        Assert.Equal(whole.Confusion.Sum(row => row.Sum()), few.Confusion.Sum(row => row.Sum()));
        Assert.Equal(whole.Calibration.Bins, few.Calibration.Bins);
    }

    [Theory]
    [InlineData(TokenUnit.Character)]
    [InlineData(TokenUnit.Word)]
    public void Of_LanguageModel_SharesAddUpToTheScore(TokenUnit unit)
    {
        LanguageModel model = LanguageModelTrainer.Train(
            s_text, new LanguageModelOptions { Unit = unit, Hidden = 12, Embedding = 8, Epochs = 1, Threads = 1 }).Model;
        var text = new PlainText("other", [.. s_text.Lines.Take(20), "a cat and a cat"]);
        LanguageReview review = LanguageReview.Of(model, text, costliest: 1000, threads: 1);
        LanguageScore score = LanguageModelTrainer.Evaluate(model, text, 1);
        Assert.Equal(score.Loss, review.Loss, 1e-6);
        Assert.Equal(1, review.Costliest.Sum(token => token.Share), 1e-6);
        Assert.Equal(1, review.ByFrequency.Sum(band => band.Share), 1e-6);
        Assert.Equal(review.Tokens, review.ByFrequency.Sum(band => band.Times));
        Assert.Equal(review.Tokens, review.Costliest.Sum(token => token.Times));
        Assert.Equal(review.Tokens, review.Calibration.Bins.Sum(bin => bin.Count));
        double right = review.Calibration.Bins.Where(bin => bin.Count > 0).Sum(bin => bin.Accuracy * bin.Count);
        Assert.Equal(review.Accuracy, right / review.Tokens, 1e-9);
        Assert.True(review.Costliest.Zip(review.Costliest.Skip(1)).All(pair => pair.First.Share >= pair.Second.Share));
        Assert.Equal(review.Costliest.Count, review.ByFrequency.Sum(band => band.Kinds));

        LanguageReview again = LanguageReview.Of(model, text, costliest: 1000, threads: 3);
        Assert.Equal(review.Costliest, again.Costliest);
        Assert.Equal(10, LanguageReview.Of(model, text, mostTokens: 10, threads: 1).Tokens);
        Assert.Throws<InvalidDataException>(() => LanguageReview.Of(model, new PlainText("none", [])));
    }

    [Fact]
    public void Of_Translator_WorstFirstAndBandsOfTheWhole()
    {
        PairDataset data = Phrases.Numbers(60, seed: 2);
        TranslatorModel model = TranslatorTrainer.Train(
            Phrases.Numbers(200, seed: 1), Phrases.Small with { Epochs = 2, Threads = 1 }).Model;
        TranslatorReview review = TranslatorReview.Of(model, data, worst: 1000, threads: 1);
        TranslatorEvaluation score = new Translator(model, 1).Evaluate(data);
        Assert.Equal(60, review.Pairs);
        Assert.Equal(60 - (int)Math.Round(60 * score.Exact), review.Worst.Count);
        Assert.True(review.Worst.Zip(review.Worst.Skip(1)).All(pair => pair.First.Chrf <= pair.Second.Chrf));
        JudgedTranslation first = review.Worst[0];
        Assert.Equal(new Translator(model, 1).Translate(first.Source).Text, first.Translated);
        Assert.Equal(Chrf.Corpus([first.Translated], [first.Right]), first.Chrf);
        Assert.Equal(60, review.ByLength.Sum(band => band.Pairs));
        Assert.Equal(7, TranslatorReview.Of(model, data, mostPairs: 7, threads: 1).Pairs);
    }

    [Fact]
    public void Of_JudgedTranslations_BandsByWordsOfTheSource()
    {
        JudgedTranslation[] judged =
        [
            new("a b", "x y", "x y", 100), new("a b c d e f", "x y z", "x", 20), new("", "x", "", 0),
            new(string.Join(' ', Enumerable.Repeat("a", 60)), "x y z w", "x y z w v u", 80),
        ];
        TranslatorReview review = TranslatorReview.Of(judged, 2);
        Assert.Equal([(1, 5, 2), (6, 10, 1), (51, 60, 1)], review.ByLength.Select(band => (band.From, band.To, band.Pairs)));
        Assert.Equal([2.0 / 3, 1.0 / 3, 1.5], review.ByLength.Select(band => band.LengthRatio));
        Assert.Equal(["", "x"], review.Worst.Select(pair => pair.Translated));
    }

    [Fact]
    public void Of_Adding_ErrorIsThatOfTheScoreByDistance()
    {
        // A single unit that keeps nothing, and answers one for every sequence: the error is the variance of the sum.
        var model = new SequenceModel(new SequenceSpec
        {
            Problem = SequenceProblem.Parse("adding:40")!,
                Recurrent = new RecurrentSpec
                {
                    Cell = CellKind.Elman, HiddenSize = 1,
                },
        });
        foreach (Parameter parameter in model.Parameters) parameter.Value.Clear();
        model.Parameters[^1].Value[0] = 1;
        SequenceReview review = SequenceReview.Of(model, threads: 1);
        Assert.Equal(10, review.ByDistance.Count);
        Assert.Equal((20, 39), (review.ByDistance[0].From, review.ByDistance[^1].To));
        Assert.Equal(1000, review.ByDistance.Sum(band => band.Count));
        double mean = review.ByDistance.Sum(band => band.Error * band.Count) / 1000;
        Assert.Equal(ProblemTrainer.Evaluate(model, 1).Loss, mean, 1e-5);
        Assert.Equal(1.0 / 6, review.WithoutMemory, 1e-9);
        Assert.Equal(review.ByDistance, SequenceReview.Of(model, threads: 3).ByDistance);
    }

    [Fact]
    public void Of_Copying_WrongSharesAreWhatIsNotRecalled()
    {
        SequenceModel model = ProblemTrainer.Train(
            SequenceProblem.Parse("copying:5")!, new ProblemTrainingOptions { Hidden = 8, Epochs = 1, Threads = 1 }).Model;
        SequenceReview review = SequenceReview.Of(model, threads: 1);
        Assert.Equal(10, review.ByDistance.Count);
        Assert.All(review.ByDistance, band => Assert.Equal(1000, band.Count));
        Assert.Equal(ProblemTrainer.Evaluate(model, 1).Recalled!.Value, 1 - review.ByDistance.Average(band => band.Error), 1e-9);
        Assert.Equal(7.0 / 8, review.WithoutMemory, 1e-9);
    }

    [Fact]
    public void Of_Captioner_MistakesAreWhatIsNotExact()
    {
        CaptionDataset board = Boards(80);
        CaptionerModel model = CaptionerTrainer.Train(board, new CaptionerTrainingOptions
        {
            Hidden = 8, Embedding = 8, Batch = 16, Epochs = 1, BandHeight = 2, Threads = 1,
        }).Model;
        CaptionerReview review = CaptionerReview.Of(model, board, mistakes: 1000, threads: 1);
        var captioner = new Captioner(model, 1);
        Assert.Equal(1 - captioner.Evaluate(board).Exact, review.MistakeCount / 80.0, 1e-9);
        Assert.Equal(80, review.Calibration.Bins.Sum(bin => bin.Count));
        IReadOnlyList<Caption> said = captioner.Describe(board);
        Assert.All(review.Mistakes, mistake =>
        {
            Assert.Equal(board.Images[mistake.Number - 1].Sentence, mistake.Right);
            Assert.Equal(said[mistake.Number - 1].Text, mistake.Answered);
        });
        Assert.NotEmpty(review.Mistakes);
    }

    /// <summary>A white square on the left or on the right.</summary>
    private static CaptionDataset Boards(int count) => new("boards", [.. Enumerable.Range(0, count).Select(i =>
    {
        var pixels = new byte[6 * 4];
        pixels[6 * (i % 4) + (i * 7 % 3) + (i % 2 == 0 ? 0 : 3)] = 255;
        return new CaptionedImage(pixels, i % 2 == 0 ? $"left in row {i % 4}" : $"right in row {i % 4}");
    })], width: 6, height: 4, channels: 1);
}
