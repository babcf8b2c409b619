namespace Recurant.Tests.Training;

/// <summary>Training with states computed twice instead of kept.</summary>
public class RecomputeTests
{
    /// <summary>After two epochs of steps whose gradients differ in their last bits.</summary>
    private const double LossTolerance = 1e-4;

    private static readonly TrainingOptions s_options = Reviews.Small with
    {
        Layers = 2, Pooling = Pooling.Mean, Dropout = Reviews.EveryDropout, Epochs = 2, Direct = true, Recompute = true,
    };

    /// <summary>Long enough for several segments.</summary>
    private static readonly TextDataset s_texts = Reviews.Words(40, seed: 3, longest: 150);

    [Fact]
    public void Train_WithAndWithout_NearlyTheSameLosses()
    {
        TrainingResult<ClassifierModel, Evaluation> recomputed = ClassifierTrainer.Train(s_texts, s_options);
        TrainingResult<ClassifierModel, Evaluation> kept = ClassifierTrainer.Train(s_texts, s_options with { Recompute = false });
        Assert.Equal(2, recomputed.Epochs.Count);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            double expected = kept.Epochs[epoch].TrainLoss;
            Assert.InRange(recomputed.Epochs[epoch].TrainLoss, expected - LossTolerance, expected + LossTolerance);
        }

        // The order of the sums is another, so the option was at work.
        Assert.Contains(
            kept.Model.Parameters.Zip(recomputed.Model.Parameters),
            pair => !Bits.Equal(pair.First.Value, pair.Second.Value));
    }

    [Fact]
    public void Train_AnyNumberOfThreads_SameBits()
    {
        IReadOnlyList<Parameter> expected = ClassifierTrainer.Train(s_texts, s_options).Model.Parameters;
        foreach (int threads in new[] { 2, 3 })
        {
            TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
                s_texts, s_options with { Threads = threads });
            IReadOnlyList<Parameter> actual = result.Model.Parameters;
            for (int i = 0; i < expected.Count; i++)
            {
                Bits.AssertEqual(expected[i].Value, actual[i].Value, $"{expected[i].Name}, {threads} threads");
            }
        }
    }

    [Fact]
    public void Train_BothDirections_SaysWhatToChange()
    {
        foreach (bool? bidirectional in new bool?[] { null, true })
        {
            string message = MessageOf(s_options with { Bidirectional = bidirectional });
            Assert.Contains("Set Bidirectional to false (--bidirectional false)", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Train_Attention_SaysWhatToChange() => Assert.Contains(
        "Set Pooling to last, mean or max (--pooling max)", MessageOf(s_options with { Pooling = Pooling.Attention }),
        StringComparison.Ordinal);

    [Fact]
    public void Train_ModelWithoutRecurrentLayers_IgnoresIt()
    {
        TrainingOptions options = Reviews.Small with { Model = ModelKind.BagOfWords, Epochs = 1 };
        TrainingResult<ClassifierModel, Evaluation> expected = ClassifierTrainer.Train(s_texts, options);
        TrainingResult<ClassifierModel, Evaluation> actual = ClassifierTrainer.Train(s_texts, options with { Recompute = true });
        Bits.AssertEqual(expected.Model.Parameters[0].Value, actual.Model.Parameters[0].Value, "weights");
    }

    private static string MessageOf(TrainingOptions options) =>
        Assert.Throws<ArgumentException>(() => ClassifierTrainer.Train(s_texts, options)).Message;
}
