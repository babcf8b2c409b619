using System.Globalization;

namespace Recurant.Cli;

/// <summary><c>recurant anomalies</c>: which values a forecaster did not expect.</summary>
internal sealed class AnomaliesCommand() : CliCommand("anomalies", "MODEL DATA",
    "Hold every value of DATA against the forecast made one step before, and list those that surprise more than the threshold.")
{
    private const string FalseAlarms = "--false-alarms", AllOption = "--all", ReportTop = "--top";

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(FalseAlarms, "X", "The expected share of usual values above the threshold, to 0.1. Default: 0.001."),
        new(ReportTop, "N", "List the N values with the highest scores instead, whatever the threshold."),
        new(AllOption, null, "List the score of every value."),
        .. PredictCommand.TableSettings.Select(CommandOption.Of),
        SharedOptions.Threads,
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "anomalies sensor.safetensors today.csv", "anomalies sensor.safetensors today.csv --false-alarms 0.0001 --json",
        "anomalies sensor.safetensors today.csv --top 10",
    ];

    public override int Run(Invocation call)
    {
        double share = call.Value(FalseAlarms) is { } value
            ? double.TryParse(value, CultureInfo.InvariantCulture, out double given) && given is > 0 and <= 0.1 ? given
                : throw new UsageException($"{FalseAlarms}: \"{value}\" is not a share above 0 and at most 0.1.")
            : 0.001;
        int? top = call.Whole(ReportTop, 1);
        bool all = call.Has(AllOption);
        if (all && top is not null) throw new UsageException($"Give either {AllOption} or {ReportTop}, not both.");
        call.RequireModelAt(0);
        if (call.Arguments.Count < 2)
        {
            throw new UsageException($"DATA is missing. Usage: {ShellCommand.Name} anomalies MODEL DATA");
        }

        TrainedModel model = ModelFile.Load(call.Arguments[0]);
        CliTask task = CliTasks.Of(model);
        if (task is not ForecastTask) throw CliTasks.Unfit(call, model);
        Forecaster forecaster = ForecastTask.DoorOf(model, call.Threads);
        TrainSettings settings = call.Apply(PredictCommand.TableSettings, new TrainSettings());
        SeriesData data = SeriesData.Read(call.Arguments[1], settings, ForecastTask.Format(forecaster.Model, settings), call);
        IReadOnlyList<Surprise> surprises = forecaster.Surprises(data.Table, cancellation: call.Interruption.Token);
        float? threshold = all || top is not null ? null : ThresholdOf(forecaster, share);
        Surprise[] chosen = all ? [.. surprises]
            : top is { } most ? [.. surprises.OrderByDescending(each => each.Score).Take(most)]
            : [.. surprises.Where(each => each.Score > threshold)];
        if (threshold is { } limit)
        {
            call.Tell(
                $"{Numbers.Of(chosen.Length, "value")} of {Numbers.Count(surprises.Count)} with a score above "
                    + $"{Numbers.Four(limit)}, "
                + $"where about {Numbers.Count(share * surprises.Count)} of usual ones are expected");
        }

        foreach (Surprise surprise in chosen) Write(call, data, surprise);
        return ExitCode.Done;
    }

    private static float ThresholdOf(Forecaster forecaster, double share)
    {
        try
        {
            return forecaster.AnomalyThreshold(share);
        }
        catch (InvalidOperationException fault)
        {
            throw new InvalidDataException($"{fault.Message} Here: train with --valid-rows, or ask for --top N or --all.", fault);
        }
    }

    private static void Write(Invocation call, SeriesData data, Surprise surprise)
    {
        SeriesSpan series = data.Table.Series[surprise.Series];
        string time = data.TimeOf(series.First + surprise.Step, surprise.Step);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer => writer.Write(
                ("id", series.Id), ("time", time), ("row", surprise.Step + 1),
                ("value", float.IsNaN(surprise.Value) ? (double?)null : surprise.Value), ("expected", surprise.Expected),
                ("low", surprise.Low), ("high", surprise.High), ("score", surprise.Score))));
            return;
        }

        string[] cells =
        [
            .. data.Table.Series.Count > 1 ? [series.Id] : Array.Empty<string>(), time,
            surprise.Value.ToString("G6", CultureInfo.InvariantCulture), surprise.Expected.ToString("G6",
                CultureInfo.InvariantCulture),
            Numbers.Four(surprise.Score),
        ];
        call.Terminal.Out.WriteLine(string.Join('\t', cells));
    }
}
