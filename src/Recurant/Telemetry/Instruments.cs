using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recurant.Telemetry;

/// <summary>The meter, its instruments and the source of activities; there is one of each in a process.</summary>
internal static class Instruments
{
    private const string Seconds = "s", Nats = "{nat}", Tokens = "{token}";

    private static readonly string s_version = typeof(Instruments).Assembly.GetName().Version!.ToString(3);
    private static readonly Meter s_meter = new(TelemetryNames.Source, s_version);

    /// <summary>Bounds of buckets in seconds: a call takes from some microseconds to minutes.</summary>
    private static readonly InstrumentAdvice<double> s_shortTimes = new()
    {
        HistogramBucketBoundaries = [1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private static readonly InstrumentAdvice<double> s_longTimes = new()
    {
        HistogramBucketBoundaries = [1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400],
    };

    public static ActivitySource Activities { get; } = new(TelemetryNames.Source, s_version);

    public static Histogram<double> PredictDuration { get; } = s_meter.CreateHistogram(
        TelemetryNames.PredictDuration, Seconds, "Duration of a call of a predictor.", null, s_shortTimes);

    public static Counter<long> PredictItems { get; } = s_meter.CreateCounter<long>(
        TelemetryNames.PredictItems, "{item}", "Texts, sentences or images that were answered.");

    public static Counter<long> PredictTokens { get; } = s_meter.CreateCounter<long>(
        TelemetryNames.PredictTokens, Tokens, "Tokens that were read and written.");

    public static UpDownCounter<long> PredictActive { get; } = s_meter.CreateUpDownCounter<long>(
        TelemetryNames.PredictActive, "{call}", "Calls of predictors that are under way.");

    public static Histogram<double> TrainDuration { get; } = s_meter.CreateHistogram(
        TelemetryNames.TrainDuration, Seconds, "Duration of a training run.", null, s_longTimes);

    public static Counter<long> TrainSteps { get; } = s_meter.CreateCounter<long>(
        TelemetryNames.TrainSteps, "{step}", "Training steps.");

    public static Counter<long> TrainTokens { get; } = s_meter.CreateCounter<long>(
        TelemetryNames.TrainTokens, Tokens, "Tokens that training steps read.");

    public static Counter<long> TrainEpochs { get; } = s_meter.CreateCounter<long>(
        TelemetryNames.TrainEpochs, "{epoch}", "Epochs that are over.");

    public static Gauge<double> TrainLoss { get; } = s_meter.CreateGauge<double>(
        TelemetryNames.TrainLoss, Nats, "Mean training loss of the last epoch.");

    public static Gauge<double> TrainValidationLoss { get; } = s_meter.CreateGauge<double>(
        TelemetryNames.TrainValidationLoss, Nats, "Validation loss after the last epoch.");

    public static Gauge<double> TrainSpeed { get; } = s_meter.CreateGauge<double>(
        TelemetryNames.TrainSpeed, Tokens + "/s", "Training speed of the last epoch.");

    public static Histogram<double> LoadDuration { get; } = s_meter.CreateHistogram(
        TelemetryNames.LoadDuration, Seconds, "Duration of reading a model file.", null, s_shortTimes);
}
