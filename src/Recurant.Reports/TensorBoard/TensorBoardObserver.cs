namespace Recurant.Reports;

/// <summary>
/// Writes the curves of a training run into a directory for TensorBoard while the run goes on: loss, learning rate, norm of the
/// gradient, share of clipped steps and tokens read against the step, and the validation scores at the end of every epoch. Steps
/// are thinned as in a run record, <see cref="StepWindow"/>.
/// </summary>
public sealed class TensorBoardObserver : TrainingObserver, IDisposable
{
    private readonly EventFile _file;
    private readonly TimeProvider _clock;
    private readonly StepWindow _window = new();
    private long _offset, _lastStep;
    private string? _stage;

    /// <summary>Begins a file.</summary>
    /// <param name="directory">The directory, which is made where it is missing; its name is the run's in TensorBoard.</param>
    /// <param name="clock">Where the times come from. Default: the system's clock.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public TensorBoardObserver(string directory, TimeProvider? clock = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _clock = clock ?? TimeProvider.System;
        _file = new EventFile(directory, _clock.GetUtcNow());
    }

    /// <inheritdoc/>
    public override void OnStep(in TrainingStep step)
    {
        if (_stage != step.Stage)
        {
            // TensorBoard knows steps and no stages: those of a later stage follow the earlier ones.
            if (_stage is not null) _offset = _lastStep;
            _stage = step.Stage;
        }

        _lastStep = _offset + step.Number;
        if (_window.Add(step) is { } steps) Write(steps);
    }

    /// <inheritdoc/>
    public override void OnEpoch(string stage, EpochRecord epoch, bool isBest)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        if (_window.Take() is { } steps) Write(steps);
        _file.Write(_clock.GetUtcNow(), _lastStep, ("validation/loss", epoch.Validation.Loss),
            ($"validation/{epoch.Validation.Measure}", epoch.Validation.Value), ("train/epoch_loss", epoch.TrainLoss),
            ("time/epoch_seconds", epoch.Seconds));
    }

    /// <summary>Writes what is still gathered, and closes the file.</summary>
    public void Dispose()
    {
        if (_window.Take() is { } steps) Write(steps);
        _file.Dispose();
    }

    private void Write(RecordedSteps steps) => _file.Write(
        _clock.GetUtcNow(), _offset + steps.Last, ("train/loss", steps.Loss), ("train/learning_rate", steps.LearningRate),
        ("train/gradient_norm", steps.GradientNorm), ("train/clipped", (double)steps.Clipped / steps.Count),
        ("train/tokens", steps.Tokens));
}
