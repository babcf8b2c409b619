namespace Recurant.Insight;

/// <summary>
/// Looks on while a model is trained, keeps the sizes of the last steps, and when a number is no longer finite says where, when
/// and probably why, and writes a file that replays the step. Give it to <see cref="LearningOptions.Observers"/>; one recorder
/// may look on at several runs, one after another; two at once get an <see cref="InvalidOperationException"/>. It costs one
/// reading of the weights a step.
/// </summary>
public sealed class NonFiniteRecorder : TrainingObserver
{
    /// <summary>Who looks.</summary>
    private readonly SoleUse _use = new($"A {nameof(NonFiniteRecorder)}", "Give each run a recorder of its own.");

    private readonly string? _bundle;
    private readonly StepSizes[] _steps;
    private readonly Dictionary<Parameter, float> _largest = new(ReferenceEqualityComparer.Instance);
    private TrainingTask? _task;
    private NumberPlace? _atStart;
    private UpdateCapture? _update;
    private float _largestWeight;
    private double _largestNorm;
    private long _count;

    /// <summary>Makes a recorder.</summary>
    /// <param name="bundle">The file to write when a number is not finite; null for none. An older one is replaced.</param>
    /// <param name="steps">How many steps are remembered. Default: 20.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number of steps is below 1.</exception>
    public NonFiniteRecorder(string? bundle = null, int steps = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        _bundle = bundle;
        _steps = new StepSizes[steps];
    }

    /// <summary>What was met; null while all numbers are finite.</summary>
    public NonFiniteReport? Report { get; private set; }

    /// <summary>Why the file could not be written; null if it was, or was not asked for.</summary>
    public string? BundleFault { get; private set; }

    /// <inheritdoc/>
    public override void OnStep(in TrainingStep step)
    {
        using SoleUse.Call call = _use.Enter();
        _steps[_count++ % _steps.Length] = new StepSizes(
            step.Number, step.Loss, step.GradientNorm, step.IsClipped, step.LearningRate, _largestWeight);
    }

    internal override void OnGradients(TrainingTask task, LearningPlan plan, long step)
    {
        using SoleUse.Call call = _use.Enter();
        if (!ReferenceEquals(task, _task)) Begin(task);
        _largestWeight = 0;
        foreach (Parameter parameter in task.Parameters)
        {
            float largest;
            if (parameter.Touched is { } touched)
            {
                largest = _largest.GetValueOrDefault(parameter);
                foreach (int row in touched.Rows) largest = Math.Max(largest, LargestMagnitude.Of(parameter.Matrix.Row(row)));
                _largest[parameter] = largest;
            }
            else
            {
                largest = LargestMagnitude.Of(parameter.Value);
            }

            _largestWeight = Math.Max(_largestWeight, largest);
        }
    }

    internal override void OnUpdate(TrainingTask task, Optimizer optimizer, in WeightUpdate update)
    {
        _largestNorm = Math.Max(_largestNorm, update.GradientNorm);
        _update = _bundle is null || UpdateCapture.IsSafe(optimizer.Kind, update, _largestWeight, _largestNorm)
            ? null
            : UpdateCapture.Of(task, optimizer, update);
    }

    internal override void OnNonFinite(TrainingTask task, LearningPlan plan, in NonFiniteEvent fault)
    {
        if (!ReferenceEquals(task, _task)) Begin(task);
        bool isStep = fault.Index >= 0;
        StepCapture? capture = isStep ? task.Capture(fault.Index, (ulong)fault.Step) : null;
        long kept = Math.Min(_count, _steps.Length);
        StepSizes[] last = new StepSizes[kept];
        for (int i = 0; i < last.Length; i++) last[i] = _steps[(_count - kept + i) % _steps.Length];
        NumberPlace place = StepWords.Describe(PlaceFinder.Find(task, fault.What), capture);
        bool wasThereBefore = _atStart is not null;
        // What an update wrote is replayed with that update: this step would only read it.
        UpdateCapture? update = place.What == "weights" && !wasThereBefore && _update?.Update.Step == fault.Step - 1 ? _update
            : null;
        Report = new NonFiniteReport
        {
            Stage = plan.Stage, Epoch = fault.Epoch, Step = isStep ? fault.Step + 1 : fault.Step, What = fault.What,
            Value = fault.Value, Place = place, LastSteps = last,
            Tokens = capture is null ? [] : StepWords.Of(capture, place.Sample),
            Fingerprint = !isStep ? "" : update is not null ? PlaceFinder.Fingerprint(task.Parameters)
                : PlaceFinder.Fingerprint(task, fault.Value, fault.What == "norm of the gradient"),
            IsFromUpdate = update is not null,
            Cause = CauseFinder.Find(task, plan, place, fault, last, wasThereBefore),
        };
        if (_bundle is null || capture is null) return;
        try
        {
            Report = Report with { Bundle = _bundle };
            if (update is null) StepBundle.Write(_bundle, Report, capture);
            else update.WithWeights(task.Parameters, () => StepBundle.Write(_bundle, Report, update.Step, update));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The run has ended for another reason, which must be told.
            BundleFault = failure.Message;
            Report = Report with { Bundle = null };
        }
    }

    /// <summary>A run begins: weights that are not finite now were not made so by training.</summary>
    private void Begin(TrainingTask task)
    {
        _task = task;
        _count = 0;
        (_largestWeight, _largestNorm, _update) = (0, 0, null);
        _largest.Clear();
        _atStart = PlaceFinder.InTensors(task.Parameters, gradients: false);
    }
}
