using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>train</c> for labelled texts, beside a bag of words.</summary>
internal sealed class ClassifyTraining(ClassifyTask task) : TaskTraining<ClassifierModel, TextDataset, Evaluation>(task)
{
    private const int RowsShown = 5;

    private TextDataset? _validationOfBaseline, _forBaseline;
    private int _trainRows;
    private DetectedFormat? _format;

    // Training lets go of the data, which the result still shows a part of.
    private TextExample[] _rowsShown = [];

    protected override string MeasureHeading => "acc.";

    protected override string BaselineName => "bag of words";

    protected override string Knows(TrainingResult<ClassifierModel, Evaluation> result) =>
        VectorData.Known(result.Model.Vocabulary.Count, result.VectorsFound, result.Model.Spec.CharacterSize > 0
            ? result.Model.Characters.Count : 0);

    protected override int ValidationRows(Evaluation validation) => validation.Rows;

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        TrainSettings given = settings;
        DataParts<TextDataset>? parts = SdkParts.Languages(settings.Data!, call);
        ReadParts(
            call, settings with { ValidationFile = null }, parts, file => parts is null && _format is null
                ? LabelledData.Read(file, given, call, out _format)
                : ReadOther(file, given, call));
        if (Tested is { } test && parts is null)
        {
            DatasetChecks.TestLabelsKnown(Train, test);
        }
        else if (Tested is null)
        {
            (Train, Tested) = LabelledData.SetTestAside(Train);
            string rows = Tested.Count == 1 ? "1 row is" : $"{Numbers.Count(Tested.Count)} rows are";
            call.Tell($"{rows} set aside for the test (--test gives a file of its own)");
        }

        _rowsShown = [.. Train.Examples.Take(RowsShown)];
        if (settings.ValidationFile is { } valid) Validation = ReadOther(valid, settings, call);
        settings = VectorData.Read(settings, call);
        if (settings.Characters is { } characters)
        {
            settings = settings with { Training = settings.Training with { Characters = characters } };
        }

        settings.Training.Validate();
        settings = PretrainingData.Read(settings, Tested, call);
        return Train.Count;
    }

    protected override TrainingResult<ClassifierModel, Evaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        ClassifierTrainer.Train(Train, settings.Training, Validation, progress, cancellation);

    /// <summary>
    /// Of large data, or where time is short, the bag of words learns from a part: all its pairs of words would need more memory
    /// than anything else.
    /// </summary>
    protected override TrainSettings Prepare(Invocation call, TrainSettings settings)
    {
        const long LargeCharacters = 40_000_000, BaselineCharacters = 15_000_000, BaselineCharactersInSecond = 60_000;
        int tested = Tested!.Count;
        if (Time.TestCharacters is { } most) Tested = Sample(Tested, most);
        TellLeftOut(call, "test", Tested.Count, tested, "rows will be scored, for want of time");
        Tested = Copy(Tested);
        _trainRows = Train.Count;
        long all = Train.Examples.Sum(example => (long)example.Text.Length);
        long forBaseline = Math.Min(
            all > LargeCharacters ? BaselineCharacters : all,
            Time.IsLimited ? (long)Math.Min(1e15, BaselineCharactersInSecond * Time.Left) : all);
        bool hasBaseline = settings.Training.Model != ModelKind.BagOfWords;
        if (hasBaseline) _forBaseline = forBaseline < all ? Learnable(Copy(Sample(Train, forBaseline))) : Copy(Train);
        if (hasBaseline && Validation is { } given)
        {
            _validationOfBaseline = Copy(Sample(given, Math.Max(forBaseline / 5, 100_000)));
        }

        return WithTime(settings, Tested.Count, _forBaseline?.Count ?? 0, releases: true);

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
        if (RowsToTest(call, result.Validation.Rows, Tested!.Count, "rows", _forBaseline is not null) is { } rows)
        {
            Tested = Tested.Subset(rows);
        }

        return Score(result.Model, call, settings);
    }

    private Evaluation Score(ClassifierModel model, Invocation call, TrainSettings settings) =>
        task.Score(model, Tested!, call, settings.Training.Threads, Interrupted, Phases);

    /// <summary>The bag of words, trained and scored on the same texts.</summary>
    protected override Evaluation? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<ClassifierModel, Evaluation> result, Evaluation? test,
        CancellationToken cancellation)
    {
        if (result.Model.Spec.Model == ModelKind.BagOfWords) return test;
        if (_forBaseline is null || Time.IsOver)
        {
            call.Tell("no time was left for the bag of words, for comparison");
            return null;
        }

        // Labels that a part of the data lacks cannot be answered; a comparison would not be fair.
        if (Tested!.Labels.Except(_forBaseline.Labels, StringComparer.Ordinal).Any()) return null;
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
                ClassifierTrainer.Train(_forBaseline, options, fits ? _validationOfBaseline : null, progress, cancellation);
            Phases.Report(new PhaseProgress("training the baseline", 1, 1));
            cancellation.ThrowIfCancellationRequested();
            return Score(baseline.Model, call, settings);
        });
    }

    protected override void WriteReview(Utf8JsonWriter writer, ClassifierModel model, Evaluation? test, TrainSettings settings)
    {
        if (test is not null) ClassifierRecord.WriteReview(writer, model, test, Tested!, settings.Training.Threads);
    }

    protected override void WriteData(Utf8JsonWriter writer)
    {
        if (_format is null) return;
        writer.Write(("format", _format.Name), ("text", _format.Text), ("label", _format.Label));
        writer.WriteStrings("other_texts", _format.OtherTexts);
        writer.WriteStrings("other_labels", _format.OtherLabels);
        writer.WriteObjects(
            "rows", _rowsShown, row => writer.Write(("label", row.Label), ("text", ReviewRecord.Shorten(row.Text))));
        (string label, double share) = MostFrequent();
        writer.WriteObject("majority", members => members.Write(("label", label), ("accuracy", share)));
    }

    protected override void WriteDetails(UserTerminal terminal, Evaluation test)
    {
        (string label, double share) = MostFrequent();
        if (test.Accuracy > share) return;
        string comparison = test.Accuracy < share ? "is below" : "is only";
        string text = $"Warning: the accuracy on the test {comparison} that of always answering \"{TextLayout.OneLine(label)}\" "
            + $"({Numbers.Four(share)}). The model has learnt nothing of use: check that text and label are in the right "
            + $"columns, "
            + "give more rows, or train longer.";
        terminal.Out.WriteLine();
        foreach (string line in TextLayout.Wrap(text, terminal.Width)) terminal.Out.WriteLine(line);
    }

    /// <summary>The most frequent label of the test, and the accuracy of always answering with it.</summary>
    private (string Label, double Share) MostFrequent()
    {
        KeyValuePair<string, int> most = Tested!.Examples.CountBy(example => example.Label, StringComparer.Ordinal)
            .MaxBy(count => count.Value);
        return (most.Key, (double)most.Value / Tested.Count);
    }

    /// <summary>Reads validation or test texts, by the columns of the training data where they have these.</summary>
    private TextDataset ReadOther(string file, TrainSettings settings, Invocation call) =>
        LabelledData.Read(file, _format is null ? settings : LabelledData.Like(_format, settings, file), call);
}
