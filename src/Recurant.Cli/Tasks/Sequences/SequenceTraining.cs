using System.Text.Json;

namespace Recurant.Cli;

/// <summary>What <c>train</c> does for sequences of measurements, whatever they are answered with.</summary>
internal abstract class SequenceTraining<TScore>(SequenceTask<TScore> task) : TaskTraining<SeriesModel, SeriesData, TScore>(task)
    where TScore : Score
{
    private const int TestEvery = 5, MostOthers = 5;

    private SeriesTable _learnt = null!;

    private SeriesTable? _tested;

    /// <summary>The column of the right answers.</summary>
    protected string Target { get; private set; } = "";

    protected SeriesTable Learnt => _learnt;

    protected override string BaselineName => "simple statistics";

    protected sealed override int ReadData(Invocation call, ref TrainSettings settings)
    {
        Train = task.Read(settings.Data!, settings, call);
        Target = task.TargetOf(Train, settings);
        if (settings is { Target: null, LabelColumn: null } && Train.File.Sound is null)
        {
            string[] others =
            [
                .. Train.Table.Columns.Select(column => column.Name).Where(name => name != Target).Reverse().Take(MostOthers)
                    .Select(name => $"\"{name}\""),
            ];
            call.Tell($"answers \"{Target}\"" + (others.Length > 0 ? $"; also possible: {string.Join(", ", others)}" : ""));
        }

        Recurant.Formats.SeriesFormatOptions like = SeriesData.Like(task.FormatOf(settings), Train.File) with
        {
            Label = Train.File.LabelColumn == Target ? Target : null,
        };
        like = like with { Expected = [.. like.Expected!.Select(column => column with { IsClosed = column.Name == Target })] };
        if (settings.ValidationFile is { } valid) Validation = SeriesData.Read(valid, settings, like, call);
        if (settings.TestFile is { } test) Tested = SeriesData.Read(test, settings, like, call);
        // Said before anything is learnt, not after.
        foreach (SeriesData? other in (SeriesData?[])[Validation, Tested]) other?.Table.RequireAnswers(Target);
        (_learnt, _tested) = Tested is null ? SetAside(call, Train.Table) : (Train.Table, Tested.Table);
        settings.SequenceOptions(Target).Validate();
        return _learnt.Series.Count;
    }

    /// <summary>Every fifth sequence; of one sequence its end.</summary>
    private static (SeriesTable Learnt, SeriesTable? Tested) SetAside(Invocation call, SeriesTable table)
    {
        if (table.Series.Count >= TestEvery)
        {
            SeriesTable tested = table.FirstRows(i => i % TestEvery == TestEvery - 1 ? int.MaxValue : 0);
            call.Tell($"{Numbers.Of(tested.Series.Count, "sequence")} set aside for the test (--test gives a file of its own)");
            return (table.FirstRows(i => i % TestEvery == TestEvery - 1 ? 0 : int.MaxValue), tested);
        }

        int Rows(int series) => table.Series[series].Count - table.Series[series].Count / TestEvery;
        SeriesTable learnt = table.FirstRows(Rows), last = table.WithoutFirst(Rows);
        call.Tell($"{Numbers.Of(last.Rows, "row")} at the end set aside for the test (--test gives a file of its own)");
        return (learnt, last);
    }

    /// <summary>What the model is tested with.</summary>
    protected SeriesTable? TestTable => _tested;

    protected sealed override TrainingResult<SeriesModel, TScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        Learn(_learnt, Options(settings), Validation?.Table, progress, cancellation);

    protected virtual SequenceOptions Options(TrainSettings settings) =>
        settings.SequenceOptions(Target) with { Sound = Train.File.Sound };

    protected abstract TrainingResult<SeriesModel, TScore> Learn(
        SeriesTable table, SequenceOptions options, SeriesTable? validation, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation);

    protected sealed override TScore? Test(
        Invocation call, TrainingResult<SeriesModel, TScore> result, TrainSettings settings) =>
        _tested is null ? null : task.Score(
            result.Model, Train with { Table = _tested }, call, settings.Training.Threads, Interrupted, Phases);

    protected override void WriteColumns(Utf8JsonWriter writer) =>
        Train.WriteRecord(writer, Train.File.LabelColumn == Target ? Target : null);

    protected override void WriteData(Utf8JsonWriter writer)
    {
        writer.WriteString("description", Train.File.Description);
        writer.WriteStrings("other_labels", Train.File.OtherLabels);
        writer.WriteStrings("other_ids", Train.File.OtherIds);
    }

    protected override void WriteMore(Utf8JsonWriter writer) => Train.WriteTo(writer);

    protected override string Knows(TrainingResult<SeriesModel, TScore> result) =>
        $"{Numbers.Of(result.Model.Spec.Columns.Count, "column")}, answers \"{Target}\""
        + (result.Model.Labels.Count > 0 ? $", {Numbers.Of(result.Model.Labels.Count, "label")}" : "");

    protected override string Next(string path) => $"predict {path} {ShellCommand.QuotePath(Train.File.Table.Name)}";
}

/// <summary><c>train</c> for labels of sequences, or of their steps.</summary>
internal sealed class SequenceLabelTraining(SequenceLabelTask task, SeriesAnswer answer) : SequenceTraining<Evaluation>(task)
{
    protected override string MeasureHeading => "acc.";

    protected override SequenceOptions Options(TrainSettings settings) => base.Options(settings) with { Answer = answer };

    protected override TrainingResult<SeriesModel, Evaluation> Learn(
        SeriesTable table, SequenceOptions options, SeriesTable? validation, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation) => SequenceTrainer.TrainLabels(table, options, validation, progress, cancellation);

    protected override Evaluation? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<SeriesModel, Evaluation> result, Evaluation? test,
        CancellationToken cancellation) => test is null ? null : SimpleStatistics.Labels(result.Model, Learnt, TestTable!,
            cancellation);

    protected override void WriteReview(Utf8JsonWriter writer, SeriesModel model, Evaluation? test, TrainSettings settings)
    {
        if (test is null) return;
        writer.WriteString("confusion_of", model.Spec.IsOfSteps ? "steps" : "sequences");
        writer.WriteStrings("labels", model.Labels);
        ReviewRecord.WriteConfusion(writer, test.Confusion);
    }
}

/// <summary><c>train</c> for numbers of sequences, or of their steps.</summary>
internal sealed class RegressTraining(RegressTask task) : SequenceTraining<RegressionScore>(task)
{
    protected override string MeasureHeading => "rmse";

    protected override SequenceOptions Options(TrainSettings settings)
    {
        SequenceOptions options = base.Options(settings);
        // A series whose number changes from row to row: that of its last row is asked for.
        return options with { Answer = options.Answer ?? (Learnt.Series.Count > 1 ? SeriesAnswer.Number
            : SeriesAnswer.StepNumbers) };
    }

    protected override TrainingResult<SeriesModel, RegressionScore> Learn(
        SeriesTable table, SequenceOptions options, SeriesTable? validation, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation) => SequenceTrainer.TrainNumbers(table, options, validation, progress, cancellation);

    protected override RegressionScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<SeriesModel, RegressionScore> result, RegressionScore? test,
        CancellationToken cancellation) => test is null ? null : SimpleStatistics.Numbers(result.Model, Learnt, TestTable!,
            cancellation);
}
