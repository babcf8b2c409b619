using System.Globalization;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>What the tasks share that answer sequences of measurements.</summary>
internal abstract class SequenceTask<TScore> : CliTask<SeriesModel, SeriesData, TScore> where TScore : Score
{
    public sealed override DataKind? Kind => DataKind.Series;

    public override string Item => "sequence";

    public override IReadOnlyList<string> Settings { get; } =
    [
        .. OfTables, .. OfCells, "valid", "test", "past", "answer", "window", "convolutions", "augmentation", "decay", "refit",
        "models", "bidirectional", "resample", "features", "feature-kind", "mel-bands", "deltas",
    ];

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => ["input", "layers", "output"];

    public sealed override SeriesData Read(string path, TrainSettings settings, Invocation call) =>
        SeriesData.Read(path, settings, FormatOf(settings), call);

    /// <summary>How a file is read to learn from.</summary>
    public abstract SeriesFormatOptions FormatOf(TrainSettings settings);

    /// <summary>The column of the right answers.</summary>
    public abstract string TargetOf(SeriesData data, TrainSettings settings);

    protected sealed override SeriesData ReadFor(SeriesModel model, string path, TrainSettings settings, Invocation call) =>
        SeriesData.Read(path, settings, Format(model, settings, mayBeMissing: false), call);

    /// <summary>How a file is read for a model.</summary>
    public static SeriesFormatOptions Format(SeriesModel model, TrainSettings settings, bool mayBeMissing)
    {
        SeriesFormatOptions format = settings.Series.Format(settings) with { Label = settings.LabelColumn };
        var target = new ExpectedColumn(model.Spec.Target, model.Spec.IsOfLabels ? model.Labels : null)
        {
            // A score without the sequences that cannot be right would be none.
            MayBeMissing = mayBeMissing, IsClosed = !mayBeMissing,
        };
        return SeriesData.For(format, model, model.Spec.Columns, [target]) with { Targets = [], Sound = model.Spec.Sound };
    }

    public sealed override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) =>
        new SequenceAnswers(Own(model), call, threads);

    public override IReadOnlyList<string> Options { get; } = ["--number", "--class", "--steps"];

    /// <summary>One sequence of the data.</summary>
    public sealed override IEnumerable<IExplanationView> Explain(ExplainRequest ask)
    {
        SeriesModel model = Own(ask.Model);
        TrainSettings settings = ask.Call.Apply(ExplainCommand.TableSettings, new TrainSettings());
        SeriesData data = SeriesData.Read(
            ask.Path("the sequences"), settings, Format(model, settings, mayBeMissing: true), ask.Call);
        return [new SeriesView(Explainer.Explain(
            model, data.Table, data.SeriesOf(ask.Call), null, ask.Options, ask.Cancellation))];
    }

    public sealed override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(Own(model), ReadFor(Own(model), data, settings, call).Table, options);

    public sealed override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model) => model is null
        ? base.Examine(call, settings, model)
        : ModelDoctor.Examine(Own(model), ReadFor(Own(model), settings.Data!, settings, call).Table, call.Threads);
}

/// <summary>A label for a sequence, or one for each of its steps.</summary>
internal abstract class SequenceLabelTask : SequenceTask<Evaluation>
{
    public override IReadOnlyList<string> Settings => [.. base.Settings, "label", "label-smoothing"];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["target"] = "the column of the labels is named by --label",
    };

    public override IReadOnlyList<ScoreColumn<Evaluation>> Columns { get; } =
    [
        new("rows", "answers", score => score.Rows, Numbers.Count) { On = ScoredOn.Model },
        new("loss", "loss", score => score.Loss > 0 ? score.Loss : double.NaN, Numbers.Four) { On = ScoredOn.Model },
        new("accuracy", "accuracy", score => score.Accuracy, Numbers.Four),
        new("macro_f1", "macro F1", score => score.MacroF1, Numbers.Four) { On = ScoredOn.Test },
    ];

    public override SeriesFormatOptions FormatOf(TrainSettings settings) =>
        settings.Series.Format(settings) with { Label = settings.LabelColumn };

    public override string TargetOf(SeriesData data, TrainSettings settings) => settings.LabelColumn is not null
        ? data.File.LabelColumn ?? settings.LabelColumn
        : data.File.LabelColumn ?? throw new InvalidDataException(
            $"{data.Table.Name}: no column can be a label. Name it with --label.");

    protected override void WriteDetails(UserTerminal terminal, SeriesModel model, Evaluation score)
    {
        terminal.Out.WriteLine();
        foreach (string line in ConfusionTable.Lines(model.Labels, score.Confusion, terminal.Width)) terminal.Out.WriteLine(line);
    }
}

/// <summary>A label for a sequence of measurements.</summary>
internal sealed class SequenceClassifyTask : SequenceLabelTask
{
    public override string Name => TaskNames.Classify;

    public override TaskTraining Train() => new SequenceLabelTraining(this, SeriesAnswer.Label);

    public override Evaluation Score(
        SeriesModel model, SeriesData data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new SequenceClassifier(model, threads).Evaluate(data.Table, cancellation);

    public override AnsweringProgram Program { get; } = SequencePrograms.Of(
        "Tells the label of each sequence of each table and its probability", "SequenceClassifier", """
            foreach (Prediction answer in model.Predict(SeriesReader.Read(path).Table))
            {
                Console.WriteLine($"{answer.Label}\t{answer.Probability:0.0000}");
            }
            """);
}

/// <summary>A label for each step of a sequence of measurements.</summary>
internal sealed class SequenceTagTask : SequenceLabelTask
{
    public override string Name => TaskNames.Tag;

    public override TaskTraining Train() => new SequenceLabelTraining(this, SeriesAnswer.StepLabels);

    public override Evaluation Score(
        SeriesModel model, SeriesData data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new SequenceLabeller(model, threads).Evaluate(data.Table, cancellation);

    public override AnsweringProgram Program { get; } = SequencePrograms.Of(
        "Tells the label of each step of each sequence and its probability", "SequenceLabeller", """
            foreach (IReadOnlyList<StepLabel> sequence in model.Predict(SeriesReader.Read(path).Table))
            {
                foreach (StepLabel step in sequence) Console.WriteLine($"{step.Label}\t{step.Probability:0.0000}");
            }
            """);
}

/// <summary>A number for a sequence of measurements, or for each of its steps.</summary>
internal sealed class RegressTask : SequenceTask<RegressionScore>
{
    public override string Name => TaskNames.Regress;

    public override IReadOnlyList<string> Settings => [.. base.Settings, "target", "cap"];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["label"] = "the column of the numbers to answer is named by --target",
    };

    public override IReadOnlyList<ScoreColumn<RegressionScore>> Columns { get; } =
    [
        new("rows", "answers", score => score.Rows, Numbers.Count) { On = ScoredOn.Model },
        new("loss", "loss", score => score.Loss, Numbers.Four) { On = ScoredOn.Model },
        new("rmse", "RMSE", score => score.RootMeanSquaredError, Numbers.Significant),
        new("mae", "MAE", score => score.MeanAbsoluteError, Numbers.Significant),
        new("r2", "R2", score => score.R2 ?? double.NaN, Numbers.Four),
    ];

    public override TaskTraining Train() => new RegressTraining(this);

    public override SeriesFormatOptions FormatOf(TrainSettings settings) => settings.Series.Format(settings);

    public override string TargetOf(SeriesData data, TrainSettings settings) => settings.Target
        ?? (data.File.LabelColumn is { } label && data.Table.IndexOf(label) is >= 0 and var place
            && data.Table.Columns[place].Categories is null ? label
            : data.Table.Columns.LastOrDefault(column => column.Categories is null)?.Name
                ?? throw new InvalidDataException(
                    $"{data.Table.Name}: no column of numbers can be answered. Name it with --target."));

    public override RegressionScore Score(
        SeriesModel model, SeriesData data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new SequenceRegressor(model, threads).Evaluate(data.Table, cancellation);

    public override AnsweringProgram Program { get; } = SequencePrograms.Of(
        "Tells the number of each sequence of each table, or those of its steps", "SequenceRegressor", """
            foreach (float[] numbers in model.Predict(SeriesReader.Read(path).Table))
            {
                foreach (float number in numbers) Console.WriteLine(number);
            }
            """);
}

/// <summary>The programs that <c>new</c> writes for models of sequences.</summary>
internal static class SequencePrograms
{
    public static AnsweringProgram Of(string does, string door, string answer) => new()
    {
        Does = does, Item = "path", Example = "sequences.csv", MorePackages = ["Recurant.Formats"],
        Usings = ["Recurant.Data", "Recurant.Formats", "Recurant.Tasks"],
        Load = $"{door} model = {door}.Load(ModelPath);", Answer = answer,
    };
}

/// <summary>The answers to sequences, a line each, or a line each step.</summary>
internal sealed class SequenceAnswers(SeriesModel model, Invocation call, int threads) : AnswerWriter
{
    private readonly TextWriter _to = call.Terminal.Out;

    public override bool ReadsTables => true;

    public override void Write(IReadOnlyList<string> texts)
    {
        TrainSettings settings = call.Apply(PredictCommand.TableSettings, new TrainSettings());
        foreach (string path in texts)
        {
            SeriesData data = SeriesData.Read(
                path, settings, SequenceTask<Evaluation>.Format(model, settings, mayBeMissing: true), call);
            CancellationToken cancellation = call.Interruption.Token;
            switch (model.Spec.Answer)
            {
                case SeriesAnswer.Label:
                    Write(data, new SequenceClassifier(model, threads).Predict(data.Table, cancellation));
                    break;
                case SeriesAnswer.StepLabels:
                    Write(data, new SequenceLabeller(model, threads).Predict(data.Table, cancellation));
                    break;
                default:
                    Write(data, new SequenceRegressor(model, threads).Predict(data.Table, cancellation));
                    break;
            }
        }

        _to.Flush();
    }

    private void Write(SeriesData data, IReadOnlyList<Prediction> answers)
    {
        for (int i = 0; i < answers.Count; i++)
        {
            Prediction answer = answers[i];
            string id = data.Table.Series[i].Id;
            _to.WriteLine(!call.Json
                ? Line(id, TextLayout.OneLine(answer.Label), Numbers.Four(answer.Probability))
                : JsonText.Object(writer =>
                {
                    writer.Write(("id", id), ("label", answer.Label), ("probability", answer.Probability));
                    writer.WriteObject("probabilities", members =>
                    {
                        foreach ((string label, float probability) in answer.Probabilities)
                        {
                            members.WriteNumber(label, probability);
                        }
                    });
                }));
        }
    }

    private void Write(SeriesData data, IReadOnlyList<IReadOnlyList<StepLabel>> answers)
    {
        for (int i = 0; i < answers.Count; i++)
        {
            for (int step = 0; step < answers[i].Count; step++)
            {
                StepLabel answer = answers[i][step];
                (string id, string time) = (data.Table.Series[i].Id, data.TimeOf(data.Table.Series[i].First + step, step));
                _to.WriteLine(!call.Json
                    ? Line(id, time, TextLayout.OneLine(answer.Label), Numbers.Four(answer.Probability))
                    : JsonText.Object(writer => writer.Write(
                        ("id", id), ("time", time), ("label", answer.Label), ("probability", answer.Probability))));
            }
        }
    }

    private void Write(SeriesData data, IReadOnlyList<float[]> answers)
    {
        bool isOfSteps = model.Spec.IsOfSteps;
        for (int i = 0; i < answers.Count; i++)
        {
            for (int step = 0; step < answers[i].Length; step++)
            {
                string id = data.Table.Series[i].Id, value = answers[i][step].ToString("G6", CultureInfo.InvariantCulture);
                string? time = isOfSteps ? data.TimeOf(data.Table.Series[i].First + step, step) : null;
                float number = answers[i][step];
                _to.WriteLine(!call.Json ? Line(id, time ?? "", value) : JsonText.Object(writer => writer.Write(
                    ("id", id), ("time", time), ("value", number))));
            }
        }
    }

    /// <summary>Cells with tabs between them; empty ones are left out.</summary>
    private static string Line(params ReadOnlySpan<string> cells)
    {
        var kept = new List<string>();
        foreach (string cell in cells)
        {
            if (cell.Length > 0) kept.Add(TextLayout.OneLine(cell));
        }

        return string.Join('\t', kept);
    }
}
