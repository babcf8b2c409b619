using System.Globalization;

namespace Recurant.Training;

/// <summary>
/// One training run of any task, from the first step to the last: step after step forward, loss, back, clip, update; after every
/// epoch a look at the validation data; the best weights are kept.
/// </summary>
internal sealed class TaskRun
{
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly TrainingTask _task;
    private readonly LearningPlan _plan;
    private readonly Workers _workers;
    private readonly RunClock _clock;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly Optimizer _optimizer;
    private readonly WeightAverage? _average;
    private readonly float[][] _best;
    private readonly RunCheckpoint? _checkpoint;
    private readonly RunTensors _tensors;
    private readonly TrainingObserver[] _observers;
    private RunState _state = new();
    private readonly PhaseWork _work;
    private WatchedRun? _watched;
    private double _secondsBefore, _epochBegun, _lastSaved, _lastValidation;

    public TaskRun(
        TrainingTask task, LearningPlan plan, Workers workers, RunClock clock, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default, RunCheckpoint? checkpoint = null)
    {
        _task = task;
        _plan = plan;
        _workers = workers;
        _clock = clock;
        _progress = progress;
        _cancellation = cancellation;
        _work = new PhaseWork(progress as IProgress<PhaseProgress>,
            cancellation) { Late = () => Seconds > plan.Budget?.TotalSeconds };
        _observers = [.. plan.Observers];
        _parameters = task.Parameters;
        _optimizer = new Optimizer(plan.Optimizer, _parameters);
        _average = plan.AveragedEpochs > 0 ? new WeightAverage(_parameters, plan.AveragedEpochs * task.Feed.StepsInEpoch) : null;
        _best = [.. _parameters.Select(parameter => new float[parameter.Count])];
        _checkpoint = checkpoint;
        _tensors = new RunTensors(_parameters, _best, _optimizer, _average, [.. task.CarriedState]);
    }

    /// <summary>The time that runs before this one took in processes before this one, in seconds.</summary>
    public double SecondsBefore { get => _secondsBefore; init => _secondsBefore = value; }

    /// <summary>The name of the task, for telemetry. Default: none.</summary>
    public string TaskName { get; init; } = "";

    /// <summary>Of several models that are trained one after another: the runs of those before this one.</summary>
    public IReadOnlyList<FinishedRun> Finished { init => _state.Finished = value; }

    /// <summary>The time the run has taken, in seconds, that before it was stopped and continued included.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds + _secondsBefore;

    /// <summary>The epochs that are over.</summary>
    public IReadOnlyList<EpochRecord> Epochs => _state.Epochs;

    /// <summary>The best of them, whose weights the model has when the run is over.</summary>
    public EpochRecord Best => _state.Best!;

    /// <summary>How many validation rows are not in the best score.</summary>
    public long ValidationLeftOut => Math.Max(0, _task.ValidationGiven - Best.Validation.Count);

    /// <summary>What is learnt.</summary>
    public TrainingTask Task => _task;

    private int LastEpoch => _plan.LastEpoch > 0 ? Math.Min(_plan.LastEpoch, _plan.Epochs) : _plan.Epochs;

    /// <summary>Trains, and leaves the best weights in the parameters.</summary>
    public TrainingEnd Run()
    {
        _watched = new WatchedRun(TaskName, _plan.Stage);
        try
        {
            TrainingEnd end = RunEpochs();
            _watched.End(OutcomeOf(end));
            return end;
        }
        catch (Exception fault) when (_watched.Fails(fault))
        {
            throw;
        }
    }

    private static string OutcomeOf(TrainingEnd end) => end switch
    {
        TrainingEnd.Completed => "completed",
        TrainingEnd.EarlyStopping => "early_stopping",
        TrainingEnd.Budget => "budget",
        _ => "cancelled",
    };

    private TrainingEnd RunEpochs()
    {
        // Before the state of a continued run comes back: what a task carries from step to step is part of it.
        _task.WarmUp();
        foreach (Parameter parameter in _parameters.Where(parameter => parameter.HasGradient)) parameter.ClearGradient();
        Begin();
        _work.Report("training", 0, 1);
        TrainingEnd? end = null;
        while (_state.Epoch <= LastEpoch && end is null)
        {
            int epoch = _state.Epoch;
            _epochBegun = Seconds - _state.SecondsInEpoch;
            TrainingEnd? interrupted = RunEpoch();
            double trained = Seconds - _epochBegun;
            // Before validation: a run that is continued has not ended its epoch here.
            if (interrupted is not null) Save();
            if (interrupted != TrainingEnd.Cancelled && !Validate(trained))
            {
                interrupted = TrainingEnd.Cancelled;
                Save();
            }

            if (interrupted == TrainingEnd.Cancelled && _state.Best is null) _cancellation.ThrowIfCancellationRequested();
            if (interrupted == TrainingEnd.Cancelled)
            {
                end = TrainingEnd.Cancelled;
                break;
            }

            end = interrupted;
            if (end is null && epoch - _state.Best!.Number >= _plan.Patience && epoch < LastEpoch)
            {
                end = TrainingEnd.EarlyStopping;
            }

            _state.BeginNextEpoch();
        }

        RestoreBest();
        _work.Report("training", 1, 1);
        return end ?? TrainingEnd.Completed;
    }

    /// <summary>
    /// One step: forward, loss, back, clip, update. Allocates nothing once warm.
    /// </summary>
    /// <param name="index">The step's number in the epoch, from 0.</param>
    internal StepLoss Step(int index)
    {
        StepLoss loss = _task.Step(index, (ulong)_state.Step);
        if (!double.IsFinite(loss.Loss)) throw NonFinite("loss", loss.Loss, index);
        double norm = _optimizer.GradientNorm(_workers);
        if (!double.IsFinite(norm)) throw NonFinite("norm of the gradient", norm, index);
        foreach (TrainingObserver observer in _observers) observer.OnGradients(_task, _plan, _state.Step);
        float clip = _plan.Clip;
        bool isClipped = clip > 0 && norm > clip;
        float scale = isClipped ? (float)(clip / (norm + 1e-6)) : 1f;
        double progress = (double)_state.Step / ((long)_plan.Epochs * _task.Feed.StepsInEpoch);
        float rate = _plan.LearningRate * Schedule.Factor(_plan.Schedule, progress) * _state.Plateau;
        if (_observers.Length > 0)
        {
            var update = new WeightUpdate(index, _state.Step, norm, rate, _plan.WeightDecay, scale);
            foreach (TrainingObserver observer in _observers) observer.OnUpdate(_task, _optimizer, update);
        }

        _optimizer.Step(_workers, rate, _plan.WeightDecay, scale);
        _average?.Update(_workers);
        _state.Step++;
        _watched?.Step(loss.Tokens);
        if (_observers.Length == 0) return loss;
        var observed = new TrainingStep(
            _plan.Stage, _state.Epoch, _state.Step, loss.Loss / Math
                .Max(1, loss.Units), norm, isClipped, rate, loss.Tokens, Seconds);
        foreach (TrainingObserver observer in _observers) observer.OnStep(observed);
        return loss;
    }

    /// <summary>Takes up the run where its checkpoint left it, if it has one.</summary>
    private void Begin()
    {
        if (_checkpoint?.Begin(_task, _tensors, _plan.Stage) is not { } state) return;
        _state = state;
        _secondsBefore = state.Seconds;
        _lastSaved = Seconds;
        if (state.Best is not null)
        {
            // Weights that are not trained are in no checkpoint: the best are those of the beginning.
            for (int i = 0; i < _best.Length; i++)
            {
                if (!_parameters[i].IsTrainable) _parameters[i].Value.CopyTo(_best[i]);
            }
        }

        for (int epoch = 1; epoch < state.Epoch; epoch++) _task.Feed.BeginEpoch(epoch);
    }

    private void Save()
    {
        if (_checkpoint is null) return;
        (_state.Seconds, _state.SecondsInEpoch) = (Seconds, Seconds - _epochBegun);
        _checkpoint.Save(_state, _tensors);
        _lastSaved = Seconds;
    }

    /// <summary>
    /// Ends an epoch: scores the averaged weights on the validation data and keeps them if they are best. False, and nothing is
    /// changed, if the run was cancelled meanwhile.
    /// </summary>
    private bool Validate(double trained)
    {
        double begun = Seconds;
        Score validation;
        _average?.Swap();
        try
        {
            validation = _task.Validate(_work);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            _average?.Swap();
            return false;
        }

        _lastValidation = Seconds - begun;
        // The last step of all has no next one that would notice what it did.
        if (!double.IsFinite(validation.Loss)) throw NonFiniteValidation(validation.Loss);
        var record = new EpochRecord(_state.Epoch, _state.MeanLoss, _state.Accuracy, validation, Seconds - _epochBegun)
        {
            Steps = _state.StepsInEpoch, StepsInEpoch = _task.Feed.StepsInEpoch,
        };
        _state.Epochs.Add(record);
        bool isBest = _state.Best is null || (_plan.LastEpoch > 0
            ? _plan.LastTolerance is not { } share
                || validation.Loss <= (1 + share) * _state.Epochs.Min(each => each.Validation.Loss)
            : validation.IsBetterThan(_state.Best.Validation));
        if (isBest)
        {
            _state.Best = record;
            for (int i = 0; i < _best.Length; i++) _parameters[i].Value.CopyTo(_best[i]);
        }
        else if (_plan.Schedule == ScheduleKind.Plateau)
        {
            _state.Plateau *= _plan.PlateauFactor;
        }

        _average?.Swap();
        _watched?.Epoch(_state.MeanLoss, validation.Loss, _state.Tokens / Math.Max(1e-9, trained));
        foreach (TrainingObserver observer in _observers) observer.OnEpoch(_plan.Stage, record, isBest);
        Report(trained, validation, isBest);
        return true;
    }

    /// <summary>Runs the steps of an epoch that are not done yet; returns why it ended early, or null.</summary>
    private TrainingEnd? RunEpoch()
    {
        _task.Feed.BeginEpoch(_state.Epoch);
        double lastReport = Seconds;
        while (_state.StepsInEpoch < _task.Feed.StepsInEpoch)
        {
            if (_cancellation.IsCancellationRequested) return TrainingEnd.Cancelled;
            _state.Add(Step(_state.StepsInEpoch));
            double now = Seconds;
            if (_checkpoint is not null && now - _lastSaved >= _checkpoint.Interval) Save();
            if (_progress is not null && now - lastReport > s_progressInterval.TotalSeconds)
            {
                lastReport = now;
                Report(now - _epochBegun, null, isBest: false);
            }

            if (_plan.Budget is { } budget && TimeShare.IsOver(
                budget, now, _lastValidation, _task.ValidationTokens, _state.Tokens / Math.Max(1e-9, now - _epochBegun)))
            {
                return TrainingEnd.Budget;
            }
        }

        return null;
    }

    private void RestoreBest()
    {
        for (int i = 0; i < _best.Length; i++)
        {
            Parameter parameter = _parameters[i];
            _best[i].CopyTo(parameter.Value);
            parameter.MarkChanged();
            parameter.DropGradient();
        }
    }

    private void Report(double trained, Score? validation, bool isBest)
    {
        if (_progress is null) return;
        int epoch = _state.Epoch, step = _state.StepsInEpoch;
        double stepsLeft = (double)(LastEpoch - epoch + 1) * _task.Feed.StepsInEpoch - step;
        var remaining = TimeSpan.FromSeconds(stepsLeft * (Seconds - _epochBegun) / Math.Max(1, step));
        if (_plan.Budget is { } budget && budget.TotalSeconds - Seconds < remaining.TotalSeconds)
        {
            remaining = TimeSpan.FromSeconds(Math.Max(0, budget.TotalSeconds - Seconds));
        }

        _progress.Report(new TrainingProgress
        {
            Stage = _plan.Stage,
            Epoch = epoch,
            Epochs = LastEpoch,
            Step = step,
            Steps = _task.Feed.StepsInEpoch,
            Loss = _state.MeanLoss,
            Accuracy = _state.Accuracy,
            TokensPerSecond = _state.Tokens / Math.Max(1e-9, trained),
            Remaining = remaining,
            Validation = validation,
            IsBest = isBest,
        });
    }

    private NonFiniteLossException NonFinite(string what, double value, int index)
    {
        NonFiniteLossException fault = NonFinite(string.Create(
            CultureInfo.InvariantCulture,
            $"In step {_state.Step + 1} (epoch {_state.Epoch}) the {what} is {value}: {NonFinitePlace.Find(_task)}"));
        Tell(new NonFiniteEvent(what, value, _state.Epoch, index, _state.Step));
        return fault;
    }

    private NonFiniteLossException NonFiniteValidation(double loss)
    {
        Tell(new NonFiniteEvent("validation loss", loss, _state.Epoch, Index: -1, _state.Step));
        return NonFinite(string.Create(
            CultureInfo.InvariantCulture,
            $"After step {_state.Step} (epoch {_state.Epoch}) the validation loss is {loss}: "
            + $"{NonFinitePlace.InWeights(_parameters) ?? "the weights are still finite, but too large"}"));
    }

    private void Tell(NonFiniteEvent fault)
    {
        foreach (TrainingObserver observer in _observers) observer.OnNonFinite(_task, _plan, fault);
    }

    private NonFiniteLossException NonFinite(string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}. The steps are too large: lower the learning rate (now {_plan.LearningRate}) "
        + $"or clip the gradient (now {_plan.Clip})."));
}
