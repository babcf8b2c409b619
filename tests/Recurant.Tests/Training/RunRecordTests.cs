using System.Text.Json;

namespace Recurant.Tests.Training;

/// <summary>The record of a run: what is written is read back, and what was cut off does no harm.</summary>
public sealed class RunRecordTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string Record => _directory["m.run.jsonl"];

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Read_ARunThatWasTrained_HasItsStepsAndEpochs()
    {
        TrainingResult<ClassifierModel, Evaluation> result;
        using (var recorder = new RunRecorder(Record))
        {
            recorder.Write("run", writer => writer.WriteString("task", "classification"));
            result = ClassifierTrainer.Train(
                Reviews.Words(80, seed: 1), Reviews.Small with { Epochs = 3, Observers = [recorder] });
            recorder.Write("lens", writer => writer.WriteNumber("step", 7));
            recorder.Write("result", writer => writer.WriteString("end", "completed"));
        }

        RunRecord record = RunRecord.Read(Record);
        Assert.Equal("classification", record.Run!.Value.GetProperty("task").GetString());
        Assert.Equal("completed", record.Result!.Value.GetProperty("end").GetString());
        Assert.Equal(7, Assert.Single(record.OfKind("lens")).GetProperty("step").GetInt32());
        Assert.Equal(result.Epochs.Count, record.Epochs.Count);
        foreach ((EpochRecord expected, RecordedEpoch actual) in result.Epochs.Zip(record.Epochs))
        {
            Assert.Equal(expected.Number, actual.Number);
            Assert.Equal(expected.TrainLoss, actual.TrainLoss, 1e-5);
            Assert.Equal(expected.Validation.Loss, actual.ValidationLoss, 1e-5);
            Assert.Equal(expected.Validation.Value, actual.Value, 1e-5);
            Assert.Equal("accuracy", actual.Measure);
        }

        Assert.Equal(result.BestEpoch, record.Epochs.Last(epoch => epoch.IsBest).Number);
        Assert.Equal(Enumerable.Range(1, 3 * 9).Select(step => (long)step), record.Steps.Select(steps => steps.First));
        Assert.All(record.Steps, steps => Assert.Equal(1, steps.Count));
    }

    [Fact]
    public void StepWindow_ManySteps_KeepsAllSumsInFewLines()
    {
        const int Epochs = 4, StepsInEpoch = 25_000;
        var window = new StepWindow();
        var lines = new List<RecordedSteps>();
        for (int step = 1; step <= Epochs * StepsInEpoch; step++)
        {
            int epoch = 1 + (step - 1) / StepsInEpoch;
            var told = new TrainingStep("model", epoch, step, step, step % 7, step % 5 == 0, 1.0 / step, 3, step * 0.5);
            if (window.Add(told) is { } full) lines.Add(full);
            if (step % StepsInEpoch == 0 && window.Take() is { } rest) lines.Add(rest);
        }

        Assert.Null(window.Take());
        Assert.InRange(lines.Count, 1500, 2000);
        Assert.Equal(Enumerable.Range(1, 256).Select(step => (long)step), lines.Take(256).Select(line => line.First));
        Assert.All(lines.Zip(lines.Skip(1)), pair => Assert.Equal(pair.First.Last + 1, pair.Second.First));
        Assert.All(lines, line => Assert.Equal((line.First - 1) / StepsInEpoch, (line.Last - 1) / StepsInEpoch));
        Assert.Equal(3L * Epochs * StepsInEpoch, lines.Sum(line => line.Tokens));
        Assert.Equal(Epochs * StepsInEpoch / 5, lines.Sum(line => line.Clipped));
        Assert.All(lines, line => Assert.Equal((line.First + line.Last) / 2.0, line.Loss, 1e-9));
        Assert.Equal(6, lines[^1].LargestNorm);
        Assert.Equal(1.0 / lines[^1].Last, lines[^1].LearningRate);
    }

    [Fact]
    public void Read_LastLineCutOff_ReadsTheLinesBefore()
    {
        string text = Lines(4);
        File.WriteAllText(Record, text[..^20]);
        Assert.Equal([1L, 2, 3], RunRecord.Read(Record).Steps.Select(steps => steps.Last));
    }

    [Fact]
    public void Read_RunContinuedAfterACut_TakesStepsAndEpochsToldAgainOnce()
    {
        File.WriteAllText(Record, Lines(4)[..^20]);
        using (var recorder = new RunRecorder(Record, append: true))
        {
            recorder.Write("run", writer => writer.WriteBoolean("continued", true));
            for (int step = 2; step <= 5; step++)
            {
                recorder.OnStep(new TrainingStep("model", 1, step, 10 + step, 1, false, 0.1, 5, step));
            }
        }

        RunRecord record = RunRecord.Read(Record);
        Assert.Equal([1L, 2, 3, 4, 5], record.Steps.Select(steps => steps.Last));
        Assert.Equal([1.0, 12, 13, 14, 15], record.Steps.Select(steps => steps.Loss));
        Assert.Equal("t", record.Run!.Value.GetProperty("task").GetString());
    }

    [Fact]
    public void Read_LineInTheMiddleBroken_NamesIt()
    {
        string[] lines = Lines(4).Split('\n');
        lines[2] = lines[2][..30];
        File.WriteAllLines(Record, lines);
        var fault = Assert.Throws<InvalidDataException>(() => RunRecord.Read(Record));
        Assert.Contains("m.run.jsonl, line 3", fault.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("label\ttext\n")]
    [InlineData("{\"a\": 1}\n")]
    [InlineData("{\"kind\": \"lens\"}\n")]
    public void Read_AnotherFile_SaysThatItIsNoRecord(string text)
    {
        File.WriteAllText(Record, text);
        Assert.Contains(
            "recurant train --record FILE", Assert.Throws<InvalidDataException>(() => RunRecord.Read(Record)).Message);
    }

    [Fact]
    public void Write_NumbersThatAreNotFinite_AreReadAsNoNumbers()
    {
        using (var recorder = new RunRecorder(Record))
        {
            recorder.OnStep(new TrainingStep("model", 1, 1, double.NaN, double.PositiveInfinity, false, 0.1, 5, 1));
        }

        RecordedSteps steps = Assert.Single(RunRecord.Read(Record).Steps);
        Assert.Equal((double.NaN, double.NaN, 0.1), (steps.Loss, steps.GradientNorm, steps.LearningRate));
    }

    /// <summary>A line for the run and as many for steps.</summary>
    private string Lines(int steps)
    {
        using (var recorder = new RunRecorder(Record))
        {
            recorder.Write("run", writer => writer.WriteString("task", "t"));
            for (int step = 1; step <= steps; step++)
            {
                recorder.OnStep(new TrainingStep("model", 1, step, step, 1, false, 0.1, 5, step));
            }
        }

        string text = File.ReadAllText(Record);
        Assert.All(text.TrimEnd('\n').Split('\n'), line => JsonDocument.Parse(line).Dispose());
        return text;
    }
}
