namespace Recurant.Tests.Training;

/// <summary>A run whose numbers overflow says in which step, and in which tensor or layer.</summary>
public class NonFiniteLossTests
{
    [Theory]
    [InlineData(ModelKind.BagOfWords, OptimizerKind.RmsProp, 3e38f,
        "loss is NaN: the first non-finite numbers are in the weights 'output.weight'")]
    [InlineData(ModelKind.Recurrent, OptimizerKind.Sgd, 1e30f,
        "loss is NaN: the first non-finite numbers are in the weights 'embedding.weight'")]
    [InlineData(ModelKind.FeedForward, OptimizerKind.Sgd, 1e25f,
        "loss is NaN: the weights are still finite; the first non-finite numbers come out of hidden layer 0")]
    [InlineData(ModelKind.FeedForward, OptimizerKind.RmsProp, 1e12f,
        "norm of the gradient is Infinity: weights and outputs are finite; "
        + "the largest numbers are in the gradient of 'output.weight'")]
    [InlineData(ModelKind.BagOfWords, OptimizerKind.Sgd, 3e38f,
        "loss is Infinity: weights and outputs are finite, but those of the output layer lie too far apart")]
    public void Train_StepsThatOverflow_NamesStepEpochAndPlace(ModelKind model, OptimizerKind optimizer, float rate, string place)
    {
        string message = MessageOf(Reviews.Small with
        {
            Model = model, Optimizer = optimizer, LearningRate = rate, Clip = 0,
            Cell = CellKind.Lstm, Activation = Activation.Relu,
        });
        Assert.Matches(@"^In step [234] \(epoch 1\) the ", message);
        Assert.Contains(place, message, StringComparison.Ordinal);
        Assert.EndsWith(FormattableString.Invariant($"lower the learning rate (now {rate}) or clip the gradient (now 0)."),
            message, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_LastStepOfAllOverflows_IsNoticed()
    {
        // One step in all, so that no next one can find its weights out of range.
        string message = MessageOf(Reviews.Small with
        {
            Model = ModelKind.FeedForward, Optimizer = OptimizerKind.Sgd, LearningRate = 1e25f, Activation = Activation.Relu,
            Clip = 0, Batch = 60, Epochs = 1,
        });
        Assert.StartsWith("After step 1 (epoch 1) the validation loss is ", message, StringComparison.Ordinal);
    }

    private static string MessageOf(TrainingOptions options) =>
        Assert.Throws<NonFiniteLossException>(() => ClassifierTrainer.Train(Reviews.Words(60, seed: 1), options)).Message;
}
