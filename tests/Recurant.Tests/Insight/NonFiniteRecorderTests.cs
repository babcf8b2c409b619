namespace Recurant.Tests.Insight;

/// <summary>A run that meets NaN or infinity says where, and its step can be done again from the file alone.</summary>
public class NonFiniteRecorderTests
{
    private static readonly TextDataset s_reviews = Training.Reviews.Words(60, seed: 1);

    private static readonly TrainingOptions s_explosive = Training.Reviews.Small with
    {
        Cell = CellKind.Elman, Activation = Activation.Relu, Optimizer = OptimizerKind.Sgd, LearningRate = 1e4f, Clip = 0,
    };

    [Fact]
    public void Train_ReluWithoutClipping_NamesLayerUnitTextStepAndToken()
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder =>
            ClassifierTrainer.Train(s_reviews, s_explosive with { Observers = [recorder] }));
        Assert.Equal("loss", report.What);
        Assert.StartsWith("recurrent layer 0", report.Place.Layer, StringComparison.Ordinal);
        Assert.False(float.IsFinite(report.Place.Value));
        Assert.InRange(report.Place.Unit!.Value, 0, Training.Reviews.Small.Hidden!.Value - 1);
        Assert.NotNull(report.Place.Sample);
        Assert.Equal(report.Place.Token, report.Tokens[report.Place.Time!.Value]);
        Assert.Contains("recurrent product explodes", report.Cause.Name, StringComparison.Ordinal);
        Assert.Contains("spectral radius", report.Cause.Evidence, StringComparison.Ordinal);
        Assert.Equal(Math.Min(20, report.Step - 1), report.LastSteps.Count);
        Assert.Equal(report.Step - 1, report.LastSteps[^1].Number);
        Assert.All(report.LastSteps, step => Assert.True(double.IsFinite(step.GradientNorm) && step.LargestWeight > 0));
        AssertReplays(report);
    }

    [Theory]
    [InlineData(CellKind.Lstm, OptimizerKind.Sgd, 1e30f, "weights")]
    [InlineData(CellKind.Gru, OptimizerKind.AdamW, 1e6f, "gradient of the weights")]
    [InlineData(CellKind.Lstm, OptimizerKind.Momentum, 1e30f, "weights")]
    [InlineData(CellKind.Lstm, OptimizerKind.RmsProp, 3e36f, null)]
    public void Train_RateFarTooLarge_NamesTheRate(CellKind cell, OptimizerKind optimizer, float rate, string? what)
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder => ClassifierTrainer.Train(s_reviews, s_explosive with
        {
            Cell = cell, Optimizer = optimizer, LearningRate = rate, WeightDecay = 0.1f, Observers = [recorder], Epochs = 30,
        }));
        if (what is not null) Assert.Equal(what, report.Place.What);
        // The file begins before the update that wrote the number: its weights are finite, and the replay makes them overflow.
        Assert.Equal(report.Place.What == "weights", report.IsFromUpdate);
        using (SafetensorsFile file = SafetensorsFile.Open(report.Bundle!))
        {
            Assert.All(file.Tensors, tensor => Assert.All(file.ReadFloats(tensor.Name), value =>
                Assert.True(float.IsFinite(value) || !report.IsFromUpdate)));
        }

        Assert.Contains("learning rate", report.Cause.Name, StringComparison.Ordinal);
        AssertReplays(report);
    }

    [Fact]
    public void Train_NaNInWordVectors_NamesTheWord()
    {
        using var place = new TemporaryDirectory();
        var vectors = new WordVectors(8);
        new[] { 1, 2, 3, float.NaN, 5, 6, 7, 8 }.CopyTo(vectors.Add("good"));
        NonFiniteReport report = Record(place["b"], recorder => ClassifierTrainer.Train(
            s_reviews, Training.Reviews.Small with { Vectors = vectors, FreezeVectors = true, Embedding = null,
                Observers = [recorder] }));
        Assert.Equal(("embedding.weight", "weights", 3, "good"),
            (report.Place.Layer, report.Place.What, report.Place.Column, report.Place.Token));
        Assert.Contains("before training began", report.Cause.Name, StringComparison.Ordinal);
        AssertReplays(report);
    }

    [Theory]
    [InlineData(ModelKind.FeedForward, OptimizerKind.RmsProp, 1e12f, "norm of the gradient")]
    [InlineData(ModelKind.BagOfWords, OptimizerKind.Sgd, 3e38f, "loss")]
    public void Train_OtherModels_AreReplayed(ModelKind model, OptimizerKind optimizer, float rate, string what)
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder => ClassifierTrainer.Train(s_reviews, s_explosive with
        {
            Model = model, Cell = CellKind.Lstm, Optimizer = optimizer, LearningRate = rate, Observers = [recorder],
        }));
        Assert.Equal(what, report.What);
        AssertReplays(report);
    }

    [Fact]
    public void Train_ClassifierWithDropoutAndCharacters_IsReplayed()
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder => ClassifierTrainer.Train(s_reviews, s_explosive with
        {
            Characters = 4, Observers = [recorder],
            Dropout = new DropoutOptions { Word = 0.2f, Embedding = 0.1f, Input = 0.2f, Layers = 0.1f, Recurrent = 0.1f,
                Output = 0.3f },
        }));
        AssertReplays(report);
    }

    [Fact]
    public void Train_Problem_IsReplayedAndFollowsTheGrowth()
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder => ProblemTrainer.Train(
            SequenceProblem.Parse("adding:200")!,
            new ProblemTrainingOptions
            {
                Cell = CellKind.Elman, Activation = Activation.Relu, Hidden = 16, Optimizer = OptimizerKind.Sgd,
                    LearningRate = 1f,
                Clip = 0, Epochs = 2, Threads = 1, Observers = [recorder],
            }));
        Assert.Contains("explodes", report.Cause.Name, StringComparison.Ordinal);
        Assert.Contains(" in 15 steps", report.Cause.Evidence, StringComparison.Ordinal);
        AssertReplays(report);
    }

    [Fact]
    public void Train_LanguageModelInTheMiddleOfAText_IsReplayedWithTheStatesItCarried()
    {
        using var place = new TemporaryDirectory();
        string[] lines = [.. Enumerable.Range(0, 200).Select(i => $"the {(i * 7 % 5 == 0 ? "cat" : "dog")} sat on mat {i % 9}")];
        NonFiniteReport report = Record(place["b"], recorder => LanguageModelTrainer.Train(
            new PlainText("text", lines),
            new LanguageModelOptions
            {
                Unit = TokenUnit.Character, Cell = CellKind.Elman, Activation = Activation.Relu, Hidden = 12, Embedding = 6,
                    Window = 20,
                Batch = 4, Optimizer = OptimizerKind.Sgd, LearningRate = 3f, Clip = 0, Epochs = 3, Threads = 1,
                    Observers = [recorder],
            }));
        Assert.True(report.Step > 1);
        AssertReplays(report);
    }

    [Fact]
    public void Train_Tagger_IsReplayed()
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder => TaggerTrainer.Train(
            TaggedWords.PartsOfSpeech(60, seed: 1),
            new TaggerTrainingOptions
            {
                Cell = CellKind.Elman, Activation = Activation.Relu, Hidden = 12, Embedding = 8, Characters = 4,
                    Optimizer = OptimizerKind.Sgd,
                LearningRate = 1e5f, Clip = 0, Epochs = 5, Threads = 1, Observers = [recorder],
            }));
        AssertReplays(report);
    }

    [Fact]
    public void Train_Translator_IsReplayed()
    {
        using var place = new TemporaryDirectory();
        NonFiniteReport report = Record(place["b"], recorder => TranslatorTrainer.Train(
            Phrases.Numbers(80, seed: 1),
            Phrases.Small with { Optimizer = OptimizerKind.AdamW, LearningRate = 1e9f, WeightDecay = 0.5f, Clip = 0, Epochs = 20,
                Observers = [recorder] }));
        AssertReplays(report);
    }

    [Fact]
    public void Train_AllFinite_GivesTheSameBitsAndNoReport()
    {
        using var place = new TemporaryDirectory();
        var recorder = new NonFiniteRecorder(place["b"]);
        ClassifierModel with = ClassifierTrainer.Train(s_reviews, Training.Reviews.Small with { Observers = [recorder] }).Model;
        ClassifierModel without = ClassifierTrainer.Train(s_reviews, Training.Reviews.Small).Model;
        Assert.Null(recorder.Report);
        Assert.Empty(place.Names());
        for (int i = 0; i < with.Parameters.Count; i++)
        {
            Assert.True(with.Parameters[i].Values.SequenceEqual(without.Parameters[i].Values), with.Parameters[i].Name);
        }
    }

    [Fact]
    public void Train_BundleCannotBeWritten_StillTellsThePlace()
    {
        using var place = new TemporaryDirectory();
        var recorder = new NonFiniteRecorder(System.IO.Path.Combine(place["none"], "b"));
        Assert.Throws<NonFiniteLossException>(
            () => ClassifierTrainer.Train(s_reviews, s_explosive with { Observers = [recorder] }));
        Assert.NotNull(recorder.Report);
        Assert.Null(recorder.Report.Bundle);
        Assert.NotNull(recorder.BundleFault);
    }

    [Fact]
    public void Replay_WeightsOfTheBundleChanged_IsNotTheSame()
    {
        using var place = new TemporaryDirectory();
        Record(place["b"], recorder => ClassifierTrainer.Train(s_reviews, s_explosive with { Observers = [recorder] }));
        byte[] bytes = File.ReadAllBytes(place["b"]);
        // The last tensor's last weight: finite and small, so that other numbers come out.
        BitConverter.GetBytes(0.125f).CopyTo(bytes, bytes.Length - 4);
        bytes.AsSpan(bytes.Length - 40, 36).Clear();
        File.WriteAllBytes(place["b"], bytes);
        Assert.False(StepReplay.Run(place["b"], threads: 1).IsSame);
    }

    [Fact]
    public void Replay_ModelFile_SaysThatItHoldsNoStep()
    {
        using var place = new TemporaryDirectory();
        ModelFile.Save(ClassifierTrainer.Train(s_reviews, Training.Reviews.Small with { Epochs = 1 }).Model, place["m"]);
        var fault = Assert.Throws<InvalidDataException>(() => StepReplay.Run(place["m"]));
        Assert.Contains("this file does not contain", fault.Message, StringComparison.Ordinal);
    }

    private static NonFiniteReport Record(string bundle, Action<NonFiniteRecorder> train)
    {
        var recorder = new NonFiniteRecorder(bundle);
        Assert.Throws<NonFiniteLossException>(() => train(recorder));
        Assert.Null(recorder.BundleFault);
        return recorder.Report!;
    }

    private static void AssertReplays(NonFiniteReport report)
    {
        foreach (int threads in (int[])[1, 3])
        {
            ReplayResult result = StepReplay.Run(report.Bundle!, threads);
            Assert.NotNull(result.Repeated);
            Assert.Equal(report.Place, result.Repeated.Place);
            Assert.Equal(report.Value, result.Repeated.Value);
            Assert.Equal(report.Fingerprint, result.Repeated.Fingerprint);
            Assert.True(result.IsSame);
            Assert.Equal(report.LastSteps, result.Recorded.LastSteps);
        }
    }
}
