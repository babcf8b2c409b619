using System.Diagnostics;

namespace Recurant.Telemetry;

/// <summary>
/// A training run as listeners hear of it. One who begins to listen in the middle hears the rest; a step costs a look at two
/// flags while nobody does, and takes no memory either way.
/// </summary>
internal sealed class WatchedRun
{
    private readonly KeyValuePair<string, object?> _task, _stage;
    private readonly Activity? _activity;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private bool _isOver;

    /// <summary>A run begins.</summary>
    /// <param name="task">One of the tasks' names.</param>
    /// <param name="stage">What is being trained.</param>
    public WatchedRun(string task, string stage)
    {
        (_task, _stage) = (new(TelemetryNames.Task, task), new(TelemetryNames.Stage, stage));
        _activity = Instruments.Activities.StartActivity(TelemetryNames.TrainActivity);
        _activity?.SetTag(_task.Key, task).SetTag(_stage.Key, stage);
    }

    /// <summary>A step is made.</summary>
    /// <param name="tokens">The tokens it read.</param>
    public void Step(int tokens)
    {
        if (Instruments.TrainSteps.Enabled) Instruments.TrainSteps.Add(1, _task, _stage);
        if (Instruments.TrainTokens.Enabled) Instruments.TrainTokens.Add(tokens, _task, _stage);
    }

    /// <summary>An epoch is over and validated.</summary>
    /// <param name="loss">The mean training loss, in nats.</param>
    /// <param name="validationLoss">The same of the validation data.</param>
    /// <param name="tokensPerSecond">The training speed.</param>
    public void Epoch(double loss, double validationLoss, double tokensPerSecond)
    {
        if (Instruments.TrainEpochs.Enabled) Instruments.TrainEpochs.Add(1, _task, _stage);
        if (Instruments.TrainLoss.Enabled) Instruments.TrainLoss.Record(loss, _task, _stage);
        if (Instruments.TrainValidationLoss.Enabled) Instruments.TrainValidationLoss.Record(validationLoss, _task, _stage);
        if (Instruments.TrainSpeed.Enabled) Instruments.TrainSpeed.Record(tokensPerSecond, _task, _stage);
    }

    /// <summary>The run is over.</summary>
    /// <param name="outcome">Why: see <see cref="TelemetryNames.Outcome"/>.</param>
    public void End(string outcome) => End(new KeyValuePair<string, object?>(TelemetryNames.Outcome, outcome));

    /// <summary>The run threw; always false, so that an exception filter can tell of it without catching it.</summary>
    public bool Fails(Exception fault)
    {
        if (_isOver) return false;
        _activity?.SetStatus(ActivityStatusCode.Error, fault.Message);
        End(new KeyValuePair<string, object?>(TelemetryNames.ErrorType, fault.GetType().FullName));
        return false;
    }

    private void End(KeyValuePair<string, object?> how)
    {
        _isOver = true;
        if (Instruments.TrainDuration.Enabled)
        {
            Instruments.TrainDuration.Record(Stopwatch.GetElapsedTime(_begun).TotalSeconds, _task, _stage, how);
        }

        _activity?.SetTag(how.Key, how.Value);
        _activity?.Dispose();
    }
}
