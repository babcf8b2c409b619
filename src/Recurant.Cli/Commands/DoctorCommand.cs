using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>recurant doctor</c>: what is wrong with data, and with a model.</summary>
internal sealed class DoctorCommand : CliCommand
{
    public override string Name => "doctor";

    public override string Summary =>
        "Check data: label balance, duplicates, contradictions, leakage into the test data, unknown words, damaged characters, "
        + "words that give the label away. With MODEL, also check the model: its answers must not depend on batching, order or "
        + "threads, its gradients must match its loss, and it must beat simple baselines. Exit code 0 if there is no fault, else 1.";

    public override string Arguments => "DATA [MODEL]";

    public override (int Least, int Most) ArgumentCount => (1, 2);

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new("--test", "FILE", "Test data: checked for overlap with DATA. With MODEL, the model is scored on them."),
        new("--task", "NAME", "The task: classify, tag, translate or lm. Default: that of the model, or detected from the data."),
        .. SettingTable.Columns.Select(CommandOption.Of),
        .. TranslatorSettings.Columns.Select(CommandOption.Of),
        SharedOptions.Threads with { Group = "The run" },
    ];

    public override IReadOnlyList<string> Examples =>
        ["doctor reviews.tsv", "doctor train.tsv --test test.tsv", "doctor train.tsv reviews.safetensors --test test.tsv --json"];

    public override int Run(Invocation call)
    {
        call.RequireModelAt(1);
        var settings = new TrainSettings { Data = call.Arguments[0], Task = call.Value("--task"),
            TestFile = call.Value("--test") };
        settings = call.Apply(TranslatorSettings.Columns, call.Apply(SettingTable.Columns, settings));
        TrainedModel? model = call.Arguments.Count > 1 ? ModelFile.Load(call.Arguments[1]) : null;
        DoctorReport report = model is SequenceModel sequence
            ? ModelDoctor.Examine(sequence, call.Threads)
            : Examine(call, settings, model, KindOf(settings, model));
        if (model is null) report = report.With(new DoctorReport([Training(call, settings)]));
        if (call.Json) WriteJson(call, report); else WriteText(call, report);
        return report.Worst == FindingLevel.Fault ? ExitCode.Failed : ExitCode.Done;
    }

    private static string KindOf(TrainSettings settings, TrainedModel? model) => model?.Task switch
    {
        null => TaskChoice.Of(settings).Name,
        TaskNames.Caption or TaskNames.Problem =>
            throw new UsageException($"doctor: a {model!.Noun} model cannot be checked with data."),
        string task => task,
    };

    /// <summary>Whether <c>train</c> would take the data: its own way is gone, up to the first step.</summary>
    private static Finding Training(Invocation call, TrainSettings settings)
    {
        HeapMemory.GiveBack(); // the data that were examined: they are read once more, as train reads them
        string? refusal = TaskChoice.Of(settings).Make().Rehearse(call.Silently(), settings);
        return refusal is null ? new Finding("training", FindingLevel.Ok, "'recurant train' can learn from these data.")
            : new Finding("training", FindingLevel.Fault, refusal) { Means = "'recurant train' refuses these data." };
    }

    private static DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model, string kind)
    {
        string data = settings.Data!;
        switch (kind)
        {
            case TaskNames.Tag:
                TaggedDataset tagged = TaggedData.Read(data, settings, call);
                TaggedDataset? taggedTest = settings.TestFile is { } tags ? TaggedData.Read(tags, settings, call) : null;
                DoctorReport ofTags = DataDoctor.Examine(tagged, taggedTest);
                return model is not TaggerModel tagger ? ofTags
                    : ofTags.With(ModelDoctor.Examine(tagger, taggedTest ?? tagged, taggedTest is null ? null : tagged,
                        call.Threads));
            case TaskNames.Translate:
                PairDataset pairs = PairData.Read(data, settings, call);
                PairDataset? pairTest = settings.TestFile is { } others ? PairData.Read(others, settings, call) : null;
                DoctorReport ofPairs = DataDoctor.Examine(pairs, pairTest);
                return model is not TranslatorModel translator ? ofPairs
                    : ofPairs.With(ModelDoctor.Examine(translator, pairTest ?? pairs, call.Threads));
            case TaskNames.LanguageModel:
                PlainText text = LanguageModelReport.Read(data, settings, call);
                PlainText? textTest = settings.TestFile is { } more ? LanguageModelReport.Read(more, settings, call) : null;
                DoctorReport ofText = DataDoctor.Examine(text, textTest);
                return model is not LanguageModel language ? ofText
                    : ofText.With(ModelDoctor.Examine(language, textTest ?? text));
            case TaskNames.Classify:
                (TextDataset texts, TextDataset? test, DetectedFormat? format) = ReadTexts(call, settings);
                DoctorReport ofTexts = DataDoctor.Examine(texts, test);
                if (format is not null) ofTexts = new DoctorReport([Columns(format, settings)]).With(ofTexts);
                return model is not ClassifierModel classifier || ofTexts.Worst == FindingLevel.Fault && texts.Count == 0
                    ? ofTexts
                    : ofTexts.With(ModelDoctor.Examine(classifier, test ?? texts, test is null ? null : texts, call.Threads));
            default:
                throw new UsageException(
                    $"doctor: there are no checks for data of the task \"{kind}\". Give labelled or tagged texts, "
                        + $"pairs or running text.");
        }
    }

    private static (TextDataset Train, TextDataset? Test, DetectedFormat? Format) ReadTexts(
        Invocation call, TrainSettings settings)
    {
        string? file = settings.TestFile;
        if (SdkParts.Languages(settings.Data!, call) is { } parts)
        {
            return (parts.Train, file is null ? parts.Test : LabelledData.Read(file, settings, call), null);
        }

        TextDataset train = LabelledData.Read(settings.Data!, settings, call, out DetectedFormat format);
        return (train, file is null ? null : LabelledData.Read(file, LabelledData.Like(format, settings, file), call), format);
    }

    /// <summary>Which columns were taken, and whether others could have been.</summary>
    private static Finding Columns(DetectedFormat format, TrainSettings settings)
    {
        string? others = LabelledData.Alternatives(format, settings);
        return new Finding("columns", others is null ? FindingLevel.Ok : FindingLevel.Note, $"{format}.")
        {
            Values =
            [
                new("other_labels", format.OtherLabels.Count), new("other_texts", format.OtherTexts.Count),
            ],
            Means = others is null ? "" : "This was guessed from the names and the values.",
            Advice = others ?? "",
        };
    }

    private static void WriteText(Invocation call, DoctorReport report)
    {
        const int Indent = 9, PlacesShown = 5;
        TextWriter to = call.Terminal.Out;
        int width = Math.Max(20, call.Terminal.Width - Indent);
        foreach (Finding finding in report.Findings)
        {
            string tag = Word(finding.Level).PadRight(Indent);
            foreach (string line in TextLayout.Wrap(TextLayout.OneLine($"{finding.Check}: {finding.What}"), width))
            {
                to.WriteLine(tag + line);
                tag = new string(' ', Indent);
            }

            if (finding.Level == FindingLevel.Ok) continue;
            var more = new List<string>();
            if (finding.Where.Count > 0)
            {
                string others = finding.Where.Count > PlacesShown
                    ? $"; and {(finding.Where.Count == 100 ? "more" : $"{finding.Where.Count - PlacesShown} more")} (--json)"
                        : "";
                more.Add($"where: {Places([.. finding.Where.Take(PlacesShown)])}{others}");
            }

            if (finding.Means.Length > 0) more.Add(finding.Means);
            if (finding.Advice.Length > 0) more.Add($"do: {finding.Advice}");
            foreach (string text in more)
            {
                foreach (string line in TextLayout.Wrap(TextLayout.OneLine(text), width)) to.WriteLine(tag + line);
            }
        }

        to.WriteLine();
        to.WriteLine(string.Join(", ", Enum.GetValues<FindingLevel>().Reverse()
            .Select(level => $"{report.Count(level)} {Plural(level, report.Count(level))}")));
    }

    /// <summary>The places; the name of a file that all of them share is said once.</summary>
    private static string Places(string[] places)
    {
        const string Line = ", line ";
        int end = places[0].IndexOf(Line, StringComparison.Ordinal) + Line.Length;
        string start = end < Line.Length ? "" : places[0][..end];
        bool isShared = places.Length > 1 && start.Length > 0
            && Array.TrueForAll(places, place => place.StartsWith(start, StringComparison.Ordinal)
                && place[start.Length..].All(char.IsAsciiDigit));
        return isShared
            ? $"{start[..^Line.Length]}, lines {string.Join(", ", places.Select(place => place[start.Length..]))}"
            : string.Join("; ", places);
    }

    private static void WriteJson(Invocation call, DoctorReport report) => call.Terminal.Out.WriteLine(JsonText.Object(writer =>
    {
        writer.WriteString("worst", Word(report.Worst));
        writer.WriteStartArray("findings");
        foreach (Finding finding in report.Findings)
        {
            writer.WriteStartObject();
            writer.WriteString("check", finding.Check);
            writer.WriteString("level", Word(finding.Level));
            writer.WriteString("what", finding.What);
            writer.WriteStrings("where", finding.Where);
            if (finding.Means.Length > 0) writer.WriteString("means", finding.Means);
            if (finding.Advice.Length > 0) writer.WriteString("do", finding.Advice);
            writer.WriteObject("values", values =>
            {
                foreach ((string name, double value) in finding.Values) values.WriteFinite(name, value);
            });
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }));

    private static string Word(FindingLevel level) => level.ToString().ToLowerInvariant();

    private static string Plural(FindingLevel level, int count) =>
        level == FindingLevel.Ok || count == 1 ? Word(level) : Word(level) + "s";
}
