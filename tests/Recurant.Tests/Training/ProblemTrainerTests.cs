namespace Recurant.Tests.Training;

public sealed class ProblemTrainerTests : IDisposable
{
    private static readonly SequenceProblem s_adding = new(ProblemKind.Adding, 12), s_copying = new(ProblemKind.Copying, 3);

    private static readonly ProblemTrainingOptions s_small = new()
    {
        Hidden = 24, Batch = 25, Epochs = 6, LearningRate = 0.01f, Threads = 1,
    };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(CellKind.Lstm, ProblemKind.Adding)]
    [InlineData(CellKind.Gru, ProblemKind.Copying)]
    [InlineData(CellKind.IndRnn, ProblemKind.Adding)]
    public void Loss_SmallNetwork_GradientsAreThoseOfFiniteDifferences(CellKind cell, ProblemKind kind)
    {
        var spec = new SequenceSpec { Problem = new SequenceProblem(kind, 4),
            Recurrent = new RecurrentSpec
            {
                Cell = cell, HiddenSize = 5, Layers = 2,
            } };
        var network = new SequenceNetwork(spec);
        network.Initialise(2, memorySteps: 4);
        SequenceMemory memory = network.CreateMemory();
        Workers workers = Workers.ForThreads(1);
        const int Batch = 3;
        network.Fill(memory, Batch, 7, ProblemPart.Training, 0);
        network.Loss(workers, memory, dropout: null, withGradient: true, out _);
        const float Step = 1f / 256;
        foreach (Parameter parameter in network.Parameters)
        {
            for (int i = 0; i < parameter.Count; i += 1 + parameter.Count / 7)
            {
                double At(float shift)
                {
                    float kept = parameter.Value[i];
                    parameter.Value[i] = kept + shift;
                    parameter.MarkChanged();
                    double loss = network.Loss(workers, memory, dropout: null, withGradient: false, out _) / Batch;
                    parameter.Value[i] = kept;
                    parameter.MarkChanged();
                    return loss;
                }

                double expected = (At(Step) - At(-Step)) / (2 * Step);
                Assert.True(
                    Math.Abs(expected - parameter.Gradient[i]) < 3e-4 * Math.Max(1, Math.Abs(expected)),
                    $"{parameter.Name}[{i}]: {expected} expected, {parameter.Gradient[i]} found");
            }
        }
    }

    [Fact]
    public void Train_Adding_IsLearnt()
    {
        TrainingResult<SequenceModel, SequenceScore> result = ProblemTrainer.Train(s_adding, s_small);
        Assert.Equal("mean squared error", result.Validation.Measure);
        Assert.InRange(result.Validation.Loss, 0, 0.01);
        ModelFile.Save(result.Model, _directory["m.safetensors"]);
        SequenceModel model = ModelFile.Load<SequenceModel>(_directory["m.safetensors"]);
        Assert.Equal(result.Model.Spec, model.Spec);
        SequenceScore test = ProblemTrainer.Evaluate(model, threads: 2);
        Assert.Equal(ProblemTrainer.Evaluate(result.Model, threads: 1), test);
        Assert.InRange(test.Loss, 0, 0.01);
    }

    [Fact]
    public void Train_Copying_RecallsMoreThanChance()
    {
        ProblemTrainingOptions options = s_small with { Hidden = 48, Epochs = 8, Cell = CellKind.Gru };
        SequenceScore score = ProblemTrainer.Train(s_copying, options).Validation;
        Assert.InRange(score.Loss, 0, 0.8 * s_copying.Baseline);
        Assert.InRange(score.Recalled!.Value, 0.3, 1);
    }

    [Fact]
    public void Train_AnyNumberOfThreads_GivesTheSameFile()
    {
        ProblemTrainingOptions options = s_small with
        {
            Epochs = 1, Layers = 2, Dropout = Reviews.NoDropout with { Layers = 0.2f, Recurrent = 0.1f },
        };
        byte[] expected = File(options);
        foreach (int threads in (int[])[2, 7]) Assert.Equal(expected, File(options with { Threads = threads }));
        Assert.NotEqual(expected, File(options with { Seed = 2 }));
    }

    [Fact]
    public void Train_StoppedAndContinued_GivesTheSameFile()
    {
        ProblemTrainingOptions options = s_small with { Epochs = 2 };
        byte[] expected = File(options);
        using var cancellation = new CancellationTokenSource();
        int saved = 0;
        var first = new CheckpointOptions
        {
            Directory = _directory["run"], Interval = TimeSpan.Zero,
            Saved = () =>
            {
                if (++saved == 450) cancellation.Cancel();
            },
        };
        TrainingResult<SequenceModel, SequenceScore> stopped = ProblemTrainer.Train(
            s_adding, options with { Checkpoint = first }, cancellation: cancellation.Token);
        Assert.Equal(TrainingEnd.Cancelled, stopped.End);
        var last = new CheckpointOptions { Directory = _directory["run"], Start = CheckpointStart.Resume };
        Assert.Equal(expected, File(options with { Checkpoint = last }));
    }

    [Fact]
    public void Train_ChronoStart_OpensTheGates()
    {
        var network = new SequenceNetwork(new SequenceSpec { Problem = s_adding,
            Recurrent = new RecurrentSpec
            {
                HiddenSize = 64,
            } });
        network.Initialise(1, memorySteps: 100);
        RecurrentCell cell = network.Stack.Cells.First();
        for (int j = 0; j < 64; j++)
        {
            float forget = cell.InputBias.Value[64 + j];
            Assert.InRange(forget, 0f, MathF.Log(99));
            Assert.Equal(-forget, cell.InputBias.Value[j]);
            Assert.Equal(0f, cell.HiddenBias.Value[64 + j]);
        }
    }

    [Fact]
    public void Train_OptionThatHasNoUse_SaysSo()
    {
        ProblemTrainingOptions chrono = s_small with { Cell = CellKind.IndRnn, MemorySteps = 10 };
        Assert.Contains(
            "MemorySteps is 10", Assert.Throws<ArgumentException>(() => ProblemTrainer.Train(s_adding, chrono)).Message);
        ProblemTrainingOptions dropout = s_small with { Dropout = Reviews.NoDropout with { Input = 0.1f } };
        Assert.Contains(
            "Layers and Recurrent", Assert.Throws<ArgumentException>(() => ProblemTrainer.Train(s_adding, dropout)).Message);
    }

    private byte[] File(ProblemTrainingOptions options)
    {
        string path = _directory["model.safetensors"];
        ModelFile.Save(ProblemTrainer.Train(s_adding, options).Model, path);
        return System.IO.File.ReadAllBytes(path);
    }
}
