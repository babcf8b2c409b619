using System.Globalization;
using System.Text.Json;

namespace Recurant.Reports;

/// <summary>What can be said of a recorded run in a line; what the record does not tell is empty, NaN or 0.</summary>
public sealed record RunSummary
{
    /// <summary>The record's name without its ending.</summary>
    public required string Name { get; init; }

    /// <summary>The task: "classification".</summary>
    public required string Task { get; init; }

    /// <summary>The training data, as it was named.</summary>
    public required string Data { get; init; }

    /// <summary>The number of training rows.</summary>
    public required long Rows { get; init; }

    /// <summary>The options that the user set, by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    /// <summary>The model in one line.</summary>
    public required string Model { get; init; }

    /// <summary>The number of parameters.</summary>
    public required long Parameters { get; init; }

    /// <summary>The epochs, of several stages those of all.</summary>
    public required int Epochs { get; init; }

    /// <summary>The number of the best epoch of the last stage; 0 if none is over.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>The name of the measure that decides.</summary>
    public required string Measure { get; init; }

    /// <summary>Its value for the model on the validation data.</summary>
    public required double Validation { get; init; }

    /// <summary>Its value on the test data.</summary>
    public required double Test { get; init; }

    /// <summary>The time in seconds, as far as it is recorded.</summary>
    public required double Seconds { get; init; }

    /// <summary>Training tokens per second of the whole run, over all epochs.</summary>
    public required double TokensPerSecond { get; init; }

    /// <summary>How it ended; "not finished" where the record does not say.</summary>
    public required string End { get; init; }

    /// <summary>Looks through a record.</summary>
    public static RunSummary Of(RunRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        RecordedEpoch? last = record.Epochs.LastOrDefault();
        RecordedEpoch? best = record.Epochs.LastOrDefault(epoch => epoch.IsBest && epoch.Stage == last?.Stage);
        double seconds = Number(record.Result, "seconds");
        if (double.IsNaN(seconds)) seconds = record.Steps.LastOrDefault()?.Seconds ?? double.NaN;
        double validation = Number(Member(record.Result, "valid_score"), "value");
        return new RunSummary
        {
            Name = NameOf(record.Path),
            Task = Text(record.Run, "task"),
            Data = Text(record.Run, "data"),
            Rows = Whole(record.Result, "rows_learnt") is > 0 and var learnt ? learnt : Whole(record.Run, "rows"),
            Settings = Member(record.Run, "settings") is { ValueKind: JsonValueKind.Object } settings
                ? [.. settings.EnumerateObject().Select(each => KeyValuePair.Create(each.Name, each.Value.ToString()))]
                : [],
            Model = Text(record.Result, "summary"),
            Parameters = Whole(record.Result, "parameters"),
            Epochs = record.Epochs.Count,
            BestEpoch = best?.Number ?? 0,
            Measure = last?.Measure ?? "",
            Validation = double.IsNaN(validation) ? best?.Value ?? double.NaN : validation,
            Test = Number(Member(record.Result, "test_score"), "value"),
            Seconds = seconds,
            TokensPerSecond = seconds > 0 ? record.Steps.Sum(steps => (double)steps.Tokens) / seconds : double.NaN,
            End = Text(record.Result, "end") is { Length: > 0 } end ? end : "not finished",
        };
    }

    /// <summary>The settings in which some of the runs differ, in the order of the first run that has them.</summary>
    public static IReadOnlyList<string> DifferingSettings(IReadOnlyList<RunSummary> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        return [.. runs.SelectMany(run => run.Settings.Select(setting => setting.Key)).Distinct()
            .Where(name => runs.Select(run => run.Setting(name)).Distinct().Count() > 1)];
    }

    /// <summary>The value of a setting; empty where the user left it open.</summary>
    public string Setting(string name) => Settings.FirstOrDefault(setting => setting.Key == name).Value ?? "";

    internal static JsonElement? Member(JsonElement? line, string name) =>
        line is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty(name, out JsonElement value) ? value : null;

    internal static JsonElement[] List(JsonElement? line, string name) =>
        Member(line, name) is { ValueKind: JsonValueKind.Array } list ? [.. list.EnumerateArray()] : [];

    internal static string Text(JsonElement? line, string name) =>
        Member(line, name) is { ValueKind: JsonValueKind.String } value ? value.GetString()! : "";

    internal static double Number(JsonElement? line, string name) =>
        Member(line, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : double.NaN;

    /// <summary>A column of a member that is a text.</summary>
    internal static Column<JsonElement> Words(string heading, string member) =>
        new(heading, line => Text(line, member), IsText: true);

    /// <summary>A column of a member that is a number.</summary>
    internal static Column<JsonElement> Value(string heading, string member) => new(heading, line => Number(line, member));

    private static long Whole(JsonElement? line, string name) =>
        Member(line, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long whole) ? whole : 0;

    private static string NameOf(string path)
    {
        const string Ending = ".run.jsonl";
        string name = Path.GetFileName(path);
        return name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)
            ? name[..^Ending.Length]
            : Path.GetFileNameWithoutExtension(name);
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(RunSummary), PrintMembers);
}
