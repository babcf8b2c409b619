using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>train</c> for labelled texts, beside a bag of words.</summary>
internal sealed class ClassifierTraining : TaskTraining<ClassifierModel, Evaluation>
{
    private const int RowsShown = 5;

    private TextDataset _train = null!, _test = null!;
    private TextDataset? _validation, _validationOfBaseline, _forBaseline;
    private int _trainRows;
    private DetectedFormat? _format;

    // Training lets go of the data, which the result still shows a part of.
    private TextExample[] _rowsShown = [];

    protected override string MeasureHeading => "acc.";

    protected override string TaskName => TaskNames.Classify;

    protected override (string Text, string Json) BaselineName => ("bag of words", "bag-of-words");

    protected override IReadOnlyList<string> Headings => ["rows", "loss", "accuracy", "macro F1"];

    protected override IReadOnlyList<string> Cells(Evaluation score) =>
        [Numbers.Count(score.Rows), Numbers.Four(score.Loss), Numbers.Four(score.Accuracy), Numbers.Four(score.MacroF1)];

    protected override string Knows(TrainingResult<ClassifierModel, Evaluation> result)
    {
        string vectors = result.VectorsFound is { } found ? $", {Numbers.Count(found)} pretrained word vectors" : "";
        string characters = result.Model.Spec.CharacterSize > 0
            ? $", {Numbers.Count(result.Model.Characters.Count)} characters"
            : "";
        return $"{Numbers.Count(result.Model.Vocabulary.Count)} words{vectors}{characters}";
    }

    protected override int ValidationRows(Evaluation validation) => validation.Rows;

    protected override string Next(string path) => $"predict {path} \"...\"";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        if (SdkParts.Languages(settings.Data!, call) is { } parts)
        {
            (_train, _validation, _test) = (parts.Train, parts.Valid, parts.Test);
            if (settings.TestFile is { } test) _test = LabelledData.Read(test, settings, call);
        }
        else
        {
            TextDataset all = LabelledData.Read(settings.Data!, settings, call, out DetectedFormat format);
            _format = format;
            (_train, _test) = TrainAndTest(all, settings, call);
        }

        _rowsShown = [.. _train.Examples.Take(RowsShown)];
        if (settings.ValidationFile is { } file) _validation = LabelledData.Read(file, SettingsFor(file, settings), call);
        if (settings.VectorsFile is { } vectors)
        {
            settings = settings with { Training = settings.Training with { Vectors = VectorData.Read(vectors, settings, call) } };
            settings.Training.Validate();
        }

        if (settings.Characters is { } characters)
        {
            settings = settings with { Training = settings.Training with { Characters = characters } };
            settings.Training.Validate();
        }

        settings = PretrainingData.Read(settings, _test, call);
        return _train.Count;
    }

    protected override TrainingResult<ClassifierModel, Evaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        ClassifierTrainer.Train(_train, settings.Training, _validation, progress, cancellation);

    /// <summary>
    /// Of large data, or where time is short, the bag of words learns from a part: all its pairs of words would need more memory
    /// than anything else.
    /// </summary>
    protected override TrainSettings Prepare(Invocation call, TrainSettings settings)
    {
        const long LargeCharacters = 40_000_000, BaselineCharacters = 15_000_000, BaselineCharactersInSecond = 60_000;
        int tested = _test.Count;
        if (Time.TestCharacters is { } most) _test = Sample(_test, most);
        TellLeftOut(call, "test", _test.Count, tested, "rows will be scored, for want of time");
        _test = Copy(_test);
        _trainRows = _train.Count;
        long all = _train.Examples.Sum(example => (long)example.Text.Length);
        long forBaseline = Math.Min(
            all > LargeCharacters ? BaselineCharacters : all,
            Time.IsLimited ? (long)Math.Min(1e15, BaselineCharactersInSecond * Time.Left) : all);
        bool hasBaseline = settings.Training.Model != ModelKind.BagOfWords;
        if (hasBaseline) _forBaseline = forBaseline < all ? Learnable(Copy(Sample(_train, forBaseline))) : Copy(_train);
        if (hasBaseline && _validation is { } given) _validationOfBaseline = Copy(Sample(given, Math.Max(forBaseline / 5, 100_000)));
        return WithTime(settings, Time.ForTraining(_test.Count, _forBaseline?.Count ?? 0), releases: true);

        static TextDataset Sample(TextDataset data, long characters) =>
            data.Subset(DatasetSample.Rows(data.Count, row => data.Examples[row].Text.Length, characters));
    }

    /// <summary>The texts on their own, apart from the list of which they were a part.</summary>
    private static TextDataset Copy(TextDataset data)
    {
        var copies = new ExampleList();
        foreach (TextExample example in data.Examples) copies.Add(example.Text, example.Label, example.Line, example.File);
        return new TextDataset(data.Name, copies);
    }

    /// <summary>The texts whose labels come at least twice: of a part of the data not all do.</summary>
    private static TextDataset Learnable(TextDataset data)
    {
        Dictionary<string, int> counts = data.Examples.CountBy(example => example.Label).ToDictionary();
        return data.Subset([.. Enumerable.Range(0, data.Count).Where(row => counts[data.Examples[row].Label] > 1)]);
    }

    protected override void WriteColumns(Utf8JsonWriter writer)
    {
        // Numbers of columns say nothing of other files.
        bool hasNames = _format is { HasHeader: true } or { Format: "jsonl" };
        if (hasNames && _format is { Text: { } text, Label: { } label }) TrainedColumns.Write(writer, text, label);
    }

    protected override Evaluation Test(
        Invocation call, TrainingResult<ClassifierModel, Evaluation> result, TrainSettings settings)
    {
        int rows = Time.TestRows(result.Validation.Rows, _test.Count, _forBaseline is not null);
        TellLeftOut(call, "test", rows, _test.Count, "rows scored, for want of time");
        if (rows < _test.Count) _test = _test.Subset(DatasetSample.Rows(_test.Count, _ => 0, rows));
        return Test(result.Model, settings);
    }

    private Evaluation Test(ClassifierModel model, TrainSettings settings) =>
        new TextClassifier(model, settings.Training.Threads).Evaluate(_test, Interrupted, Phases);

    /// <summary>The bag of words, trained and scored on the same texts.</summary>
    protected override Evaluation? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<ClassifierModel, Evaluation> result, Evaluation? test,
        CancellationToken cancellation)
    {
        if (result.Model.Spec.Model == ModelKind.BagOfWords) return test;
        if (_forBaseline is null || Time.IsOver)
        {
            if (!call.Quiet) call.Terminal.WriteNote("no time was left for the bag of words, for comparison");
            return null;
        }

        // Labels that a part of the data lacks cannot be answered; a comparison would not be fair.
        if (_test.Labels.Except(_forBaseline.Labels, StringComparer.Ordinal).Any()) return null;
        TrainingOptions chosen = settings.Training;
        var options = new TrainingOptions
        {
            Model = ModelKind.BagOfWords,
            Seed = chosen.Seed,
            Threads = chosen.Threads,
            ValidationFraction = chosen.ValidationFraction,
            Unit = chosen.Unit,
            Lowercase = chosen.Lowercase,
            Budget = Time.IsLimited ? TimeSpan.FromSeconds(Time.Left) : null,
            ReleasesData = true,
        };
        HeapMemory.GiveBack(); // gradients, moments and averages of the training
        if (!call.Quiet) call.Terminal.Error.WriteLine("training the bag of words, for comparison");
        TellLeftOut(call, "bag of words", _forBaseline.Count, _trainRows, "rows are learnt from");
        return TrainingDisplay.Show(call.Terminal, call.Quiet, measure: null, progress =>
        {
            bool fits = _validationOfBaseline?.Labels.Except(_forBaseline.Labels, StringComparer.Ordinal).Any() == false;
            Phases.Report(new PhaseProgress("training the baseline", 0, 1));
            TrainingResult<ClassifierModel, Evaluation> baseline =
                ClassifierTrainer.Train(
                    _forBaseline, options, fits ? _validationOfBaseline : null, progress, cancellation);
            Phases.Report(new PhaseProgress("training the baseline", 1, 1));
            cancellation.ThrowIfCancellationRequested();
            return Test(baseline.Model, settings);
        });
    }

    protected override void WriteScore(Utf8JsonWriter writer, Evaluation score)
    {
        writer.WriteNumber("rows", score.Rows);
        writer.WriteNumber("loss", score.Loss);
        writer.WriteNumber("accuracy", score.Accuracy);
        writer.WriteNumber("macro_f1", score.MacroF1);
    }

    protected override void WriteResult(Utf8JsonWriter writer, Evaluation score, ScoredOn place)
    {
        if (place != ScoredOn.Baseline)
        {
            writer.WriteNumber("rows", score.Rows);
            writer.WriteNumber("loss", score.Loss);
        }

        writer.WriteNumber("accuracy", score.Accuracy);
        if (place == ScoredOn.Test) writer.WriteNumber("macro_f1", score.MacroF1);
    }

    protected override void WriteReview(Utf8JsonWriter writer, ClassifierModel model, Evaluation? test, TrainSettings settings)
    {
        if (test is not null) ClassifierRecord.WriteReview(writer, model, test, _test, settings.Training.Threads);
    }

    protected override void WriteData(Utf8JsonWriter writer)
    {
        if (_format is null) return;
        writer.WriteString("format", _format.Name);
        if (_format.Text is not null) writer.WriteString("text", _format.Text);
        if (_format.Label is not null) writer.WriteString("label", _format.Label);
        writer.WriteStrings("other_texts", _format.OtherTexts);
        writer.WriteStrings("other_labels", _format.OtherLabels);
        writer.WriteObjects("rows", _rowsShown, row =>
        {
            writer.WriteString("label", row.Label);
            writer.WriteString("text", ReviewRecord.Shorten(row.Text));
        });
        (string label, double share) = MostFrequent();
        writer.WriteObject("majority", members =>
        {
            members.WriteString("label", label);
            members.WriteNumber("accuracy", share);
        });
    }

    protected override void WriteDetails(UserTerminal terminal, Evaluation test)
    {
        (string label, double share) = MostFrequent();
        if (test.Accuracy > share) return;
        string comparison = test.Accuracy < share ? "is below" : "is only";
        string text = $"Warning: the accuracy on the test {comparison} that of always answering \"{TextLayout.OneLine(label)}\" "
            + $"({Numbers.Four(share)}). The model has learnt nothing of use: check that text and label are in the right columns, "
            + "give more rows, or train longer.";
        terminal.Out.WriteLine();
        foreach (string line in TextLayout.Wrap(text, terminal.Width)) terminal.Out.WriteLine(line);
    }

    /// <summary>The most frequent label of the test, and the accuracy of always answering with it.</summary>
    private (string Label, double Share) MostFrequent()
    {
        KeyValuePair<string, int> most = _test.Examples.CountBy(example => example.Label, StringComparer.Ordinal)
            .MaxBy(count => count.Value);
        return (most.Key, (double)most.Value / _test.Count);
    }

    private TrainSettings SettingsFor(string file, TrainSettings settings) =>
        _format is null ? settings : LabelledData.Like(_format, settings, file);

    private (TextDataset Train, TextDataset Test) TrainAndTest(TextDataset all, TrainSettings settings, Invocation call)
    {
        if (settings.TestFile is { } file)
        {
            TextDataset given = LabelledData.Read(file, SettingsFor(file, settings), call);
            DatasetChecks.TestLabelsKnown(all, given);
            return (all, given);
        }

        (TextDataset train, TextDataset test) = LabelledData.SetTestAside(all);
        if (!call.Quiet)
        {
            string rows = test.Count == 1 ? "1 row is" : $"{Numbers.Count(test.Count)} rows are";
            call.Terminal.WriteNote($"{rows} set aside for the test (--test gives a file of its own)");
        }

        return (train, test);
    }
}
