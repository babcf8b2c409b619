namespace Recurant.Tests.Training;

public sealed class TranslatorTrainerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(AttentionKind.General, 60)]
    [InlineData(AttentionKind.Bahdanau, 0)]
    public void Train_NumbersInTheOtherOrder_TranslatesNewOnes(AttentionKind attention, int subwords)
    {
        var options = new TranslatorTrainingOptions
        {
            Attention = attention, Subwords = subwords, Embedding = 24, Hidden = 48, Batch = 16, Epochs = 20,
            LearningRate = 0.01f,
            Dropout = new DropoutOptions { Input = 0, Layers = 0, Output = 0 }, Threads = 2,
        };
        TrainingResult<TranslatorModel, TranslatorEvaluation> result =
            TranslatorTrainer.Train(Phrases.Numbers(400, seed: 1), options);
        TranslatorEvaluation score = new Translator(result.Model, threads: 1).Evaluate(Phrases.Numbers(100, seed: 2));
        Assert.True(score.Exact >= 0.9, $"{score.Exact} of new ones are right after {result.Epochs.Count} epochs.");
        Assert.True(score.Bleu > 90, $"BLEU {score.Bleu}");
        Assert.Equal(result.Epochs.Max(epoch => epoch.Validation.Value), result.Validation.Bleu);
    }

    /// <summary>A source of nothing that is seen is translated to nothing, by subwords and by words.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(0)]
    public void Translate_SourceOfBlanks_GivesAnEmptyText(int subwords)
    {
        TranslatorModel model = TranslatorTrainer.Train(
            Phrases.Numbers(40, seed: 1), Phrases.Small with { Subwords = subwords, Epochs = 1 }).Model;
        string[] blank = ["", " ", "   ", "\t \t", "\u00A0", "\u3000\u2003", "\u200B", "\uFEFF", "\r\n", "\0"];
        IReadOnlyList<Translation> answers = new Translator(model).Translate([.. blank, "one", " two "]);
        Assert.All(answers.Take(blank.Length), answer => Assert.Equal("", answer.Text));
        Assert.All(answers.Take(blank.Length), answer => Assert.Empty(answer.Pieces));
        Assert.All(answers.Skip(blank.Length), answer => Assert.NotEqual("", answer.Text));
        string[] targets = [.. blank.Select(_ => "eins")];
        var data = new PairDataset("blank", [.. blank.Zip(targets, (source, target) => new TextPair(source, target))]);
        Assert.Equal(0, new Translator(model).Evaluate(data).Chrf);
    }

    [Fact]
    public void Translate_UnknownWords_AreCopiedFromWhereAttentionLooked()
    {
        var options = new TranslatorTrainingOptions
        {
            Subwords = 0, Embedding = 24, Hidden = 48, Batch = 16, Epochs = 20, LearningRate = 0.01f, Patience = 20,
            Dropout = new DropoutOptions { Input = 0, Layers = 0, Output = 0 },
        };
        TranslatorModel model = TranslatorTrainer.Train(Phrases.Names(400, seed: 1, "Zo"), options).Model;
        var translator = new Translator(model);
        PairDataset unseen = Phrases.Names(100, seed: 2, "Ähren");
        IReadOnlyList<Translation> translations = translator.Translate([.. unseen.Pairs.Select(pair => pair.Source)]);
        int right = 0;
        for (int i = 0; i < translations.Count; i++)
        {
            if (translations[i].Text == unseen.Pairs[i].Target) right++;
            Assert.Contains("<unk>", translations[i].Pieces);
            Assert.Contains("Ähren", string.Concat(translations[i].SourcePieces));
            Assert.DoesNotContain("<unk>", translations[i].Text);
            Assert.Equal(translations[i].Pieces.Count, translations[i].Attention.Count);
            Assert.All(translations[i].Attention, row => Assert.Equal(translations[i].SourcePieces.Count + 1, row.Count));
        }

        Assert.True(right >= 90, $"{right} of 100 are right.");
    }

    [Fact]
    public void Translate_Placeholders_AllSurvive()
    {
        TranslatorTrainingOptions options = Phrases.Small with { Subwords = 120, Hidden = 48, Epochs = 25, Patience = 25 };
        TranslatorModel model = TranslatorTrainer.Train(Phrases.Messages(120), options).Model;
        TranslatorEvaluation score = new Translator(model).Evaluate(Phrases.Messages(120));
        Assert.Equal(1, score.Placeholders);
    }

    [Fact]
    public void Translate_AnyText_GivesSomeText()
    {
        TranslatorModel words = TranslatorTrainer.Train(Phrases.Numbers(60, seed: 1), Phrases.Small with { Subwords = 0 }).Model;
        TranslatorModel subwords = TranslatorTrainer.Train(Phrases.Numbers(60, seed: 1), Phrases.Small).Model;
        string[] texts = ["", " ", "👩‍👩‍👧 ok", "这里没有空格", "e\u0301\u0323", "\ud800", new string('x', 10_000), "one\ttwo\n"];
        foreach (TranslatorModel model in new[] { words, subwords })
        {
            var translator = new Translator(model) { Beam = 2 };
            IReadOnlyList<Translation> translations = translator.Translate(texts);
            Assert.Equal(texts.Length, translations.Count);
            Assert.Equal("", translations[0].Text);
            Assert.All(translations, translation => Assert.NotNull(translation.Text));
            Assert.Equal(model == subwords, translations[6].IsCut);
            Assert.All(translations,
                translation => Assert.InRange(translation.SourcePieces.Count, 0, TranslatorModel.MostSourcePieces));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    public void ModelFile_SavedAndLoaded_TranslatesTheSame(int subwords)
    {
        TranslatorModel model = TranslatorTrainer.Train(
            Phrases.Numbers(60, seed: 1), Phrases.Small with { Subwords = subwords, Layers = 2 }).Model;
        string path = _directory["model.safetensors"];
        ModelFile.Save(model, path);
        TranslatorModel loaded = ModelFile.Load<TranslatorModel>(path);
        Assert.Equal(model.Spec, loaded.Spec);
        string[] texts = [.. Phrases.Numbers(20, seed: 5).Pairs.Select(pair => pair.Source)];
        IReadOnlyList<Translation> expected = new Translator(model).Translate(texts),
            actual = new Translator(loaded).Translate(texts);
        Assert.Equal(expected.Select(translation => translation.Text), actual.Select(translation => translation.Text));
        Assert.Equal(expected.Select(translation => translation.Score), actual.Select(translation => translation.Score));
        ModelFile.Save(loaded, _directory["again.safetensors"]);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(_directory["again.safetensors"]));
    }

    [Fact]
    public void Train_PairsThatAreTooLong_AreLeftOutAndCounted()
    {
        PairDataset all = Phrases.Numbers(60, seed: 1);
        int longest = all.Pairs.Count(pair => pair.Source.Split(' ').Length > 4);
        Assert.NotEqual(0, longest);
        TranslatorTrainingOptions options = Phrases.Small with { Subwords = 0, MinimumCount = 1, MaximumPieces = 5, Epochs = 1 };
        Assert.Equal(longest, TranslatorTrainer.Train(all, options, all).TrainingLeftOut);
        Assert.Equal(0, TranslatorTrainer.Train(all, options with { MaximumPieces = 6 }, all).TrainingLeftOut);
    }

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameFile()
    {
        byte[] one = Train(Phrases.Wide with { Threads = 1, Epochs = 1 });
        Assert.Equal(one, Train(Phrases.Wide with { Threads = 3, Epochs = 1 }));
        Assert.NotEqual(one, Train(Phrases.Wide with { Threads = 3, Epochs = 1, Seed = 2 }));
    }

    [Fact]
    public void Train_StoppedAndContinued_GivesTheSameFile()
    {
        byte[] expected = Train(Phrases.Small);
        var checkpoint = new CheckpointOptions { Directory = _directory["run"], Interval = TimeSpan.Zero };
        using (var cancellation = new CancellationTokenSource())
        {
            int steps = 0;
            TranslatorTrainingOptions stopped = Phrases.Small with
            {
                Checkpoint = checkpoint with { Start = CheckpointStart.New,
                    Saved = () => { if (++steps == 11) cancellation.Cancel(); } },
            };
            Assert.Equal(TrainingEnd.Cancelled, TranslatorTrainer.Train(
                Phrases.Numbers(60, seed: 1), stopped, cancellation: cancellation.Token).End);
        }

        Assert.Equal(expected, Train(Phrases.Small with { Checkpoint = checkpoint with { Start = CheckpointStart.Resume } }));
    }

    [Fact]
    public void Train_DataThatCannotBeLearnt_SaysWhy()
    {
        var none = new PairDataset("pairs.tsv", []);
        var one = new PairDataset("pairs.tsv", [new TextPair("a", "b")]);
        Assert.Contains("there are no pairs to train on",
            Assert.Throws<InvalidDataException>(() => TranslatorTrainer.Train(none)).Message, StringComparison.Ordinal);
        Assert.Contains("1 pairs are too few",
            Assert.Throws<InvalidDataException>(() => TranslatorTrainer.Train(one)).Message, StringComparison.Ordinal);
        Assert.Contains("all 8 pairs have more than 2 pieces", Assert.Throws<InvalidDataException>(
            () => TranslatorTrainer.Train(Phrases.Numbers(9, 1), new() { MaximumPieces = 2 })).Message, StringComparison.Ordinal);
        Assert.Contains("no pairs to check the model with",
            Assert.Throws<InvalidDataException>(() => TranslatorTrainer.Train(one, null, none)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Validate_OptionsOutOfRange_NamesThem()
    {
        (TranslatorTrainingOptions Options, string Text)[] cases =
        [
            (new() { Hidden = 33 }, "Hidden is 33; it must be an even number"),
            (new() { Subwords = -1 }, "Subwords is -1"),
            (new() { Embedding = 0 }, "Embedding is 0"),
            (new() { MaximumPieces = 1 }, "MaximumPieces is 1; it must be at least 2"),
            (new() { Layers = 0 }, "Layers is 0; it must be 1 to 16"),
            (new() { LearningRate = 0 }, "LearningRate is 0"),
            (new() { Attention = (AttentionKind)9 }, "Attention is 9"),
                    ];
        foreach ((TranslatorTrainingOptions options, string text) in cases)
        {
            string message = Assert.Throws<ArgumentException>(
                () => TranslatorTrainer.Train(Phrases.Numbers(9, 1), options)).Message;
            Assert.Contains(text, message, StringComparison.Ordinal);
        }
    }

    private byte[] Train(TranslatorTrainingOptions options)
    {
        string path = _directory[Guid.NewGuid().ToString("N")];
        ModelFile.Save(TranslatorTrainer.Train(Phrases.Numbers(60, seed: 1), options).Model, path);
        return File.ReadAllBytes(path);
    }
}
