using System.Globalization;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary><c>recurant lens</c>: how far back in time the gradient reaches.</summary>
internal sealed class LensCommand() : CliCommand("lens", "[MODEL] DATA",
    "Show how far back in time the gradient reaches: for every state, for the recurrent weights by lag, and through the "
    + "Jacobians; with advice. With DATA only, it examines the network that training would start from.")
{
    private const string Report = "--report";

    private static readonly string[] s_ofData =
    [
        "task", "unit", "lowercase", "min-count", "max-words", "max-tokens", "forget-bias", "chrono", "recurrent-start",
        "characters", "crf", "tied", "subwords", "attention", "tied-vectors",
    ];

    /// <summary>What a fresh network is made of.</summary>
    private static readonly Setting[] s_fresh =
    [
        .. SettingTable.Architecture, .. SettingTable.All.Where(setting => s_ofData.Contains(setting.Name)), SettingTable.Seed,
    ];

    /// <summary>Where the data is.</summary>
    private static readonly Setting[] s_columns =
        [.. SettingTable.Columns, .. SettingTable.PairColumns, .. SettingTable.SeriesColumns];

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new("--sequences", "N", "Use the first N texts, sentences or pairs, or N windows of running text. Default: 32."),
        new("--bptt", "N",
            "Language models: the number of tokens of a window, read from zero states. Default: 35 words or 100 characters."),
        new("--exact", null,
            "Split the weights' gradient by t - k where the loss depends on many steps (pooling max, mean or attention, "
            + "copying, words or tags): T passes, so O(T^2) time. If it depends on the last step only, the split is exact "
            + "anyway."),
        new("--jacobians", "N", "Follow the Jacobians N steps back; 0 for none. Default: as far as 1e9 multiplications reach."),
        new("--gain", "X", "Without MODEL: multiply the fresh W_hh by X. Default: 1."),
        new(Report, "FILE.html", "Also write a self-contained HTML page."),
        .. s_columns.Select(CommandOption.Of),
        .. s_fresh.Select(CommandOption.Of),
        SharedOptions.Threads with { Group = "The run" },
    ];

    public override IReadOnlyList<string> FirstOptions =>
    [
        "--sequences", "--exact", "--jacobians", "--gain", Report, "--text", "--label", "--task", "--cell", "--hidden",
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "lens reviews.safetensors reviews.tsv",
        "lens --cell elman adding:600",
        "lens --cell elman --activation relu --gain 1.1 adding:200",
        "lens reviews.tsv --cell gru --pooling last --json",
        "lens book.safetensors book.txt --exact --sequences 4",
        "lens train.conll --task tag",
    ];

    public override int Run(Invocation call)
    {
        var options = new LensOptions
        {
            Sequences = call.Whole("--sequences", 1) ?? 32,
            Window = call.Whole("--bptt", 1),
            IsExact = call.Has("--exact"),
            JacobianSteps = call.Whole("--jacobians", 0),
            Gain = Real(call, "--gain") ?? 1,
            Threads = call.Threads,
        };
        call.RequireModelAt(0);
        PageFile.Check(Report, call.Value(Report), call.Arguments);
        TrainSettings settings = call.Apply([.. s_columns, .. s_fresh], new TrainSettings());
        LensResult result = call.Arguments.Count == 1
            ? Fresh(call, settings, options)
            : Trained(call, settings, options);
        if (call.Value(Report) is { } page) PageFile.Write(page, LensReport.Html(result, call.Arguments[^1]));
        if (call.Json) call.Terminal.Out.WriteLine(LensText.Json(result));
        else call.Terminal.WriteLines(LensText.Lines(result, call.Terminal.Width));
        return ExitCode.Done;
    }

    private static LensResult Trained(Invocation call, TrainSettings settings, LensOptions options)
    {
        (string path, string data) = (call.Arguments[0], call.Arguments[1]);
        string? given = s_fresh.Select(setting => "--" + setting.Name).Append("--gain").FirstOrDefault(call.Has);
        if (given is not null)
        {
            throw new UsageException($"{given} is for fresh weights, and {path} has its own. Omit {given}, or the model.");
        }

        TrainedModel model = ModelFile.Load(path);
        return CliTasks.Of(model).Look(call, model, data, settings, options);
    }

    private static LensResult Fresh(Invocation call, TrainSettings settings, LensOptions options)
    {
        string data = call.Arguments[0];
        if (File.Exists(data) && data.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException(
                $"DATA is missing: the texts to run the model on. Usage: {ShellCommand.Name} lens [MODEL] DATA");
        }

        return CliTasks.Of(settings with { Data = data }).LookBefore(call, data, settings, options);
    }

    private static float? Real(Invocation call, string name)
    {
        if (call.Value(name) is not { } text) return null;
        bool isNumber = float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value);
        return isNumber && value > 0 && float.IsFinite(value)
            ? value
            : throw new UsageException($"{name}: \"{text}\" is not a number above 0.");
    }
}
