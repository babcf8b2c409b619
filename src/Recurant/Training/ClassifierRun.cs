using System.Diagnostics;
using System.Globalization;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Losses;
using Recurant.Models;
using Recurant.Numerics;
using Recurant.Optimizers;
using Recurant.Parameters;

namespace Recurant.Training;

/// <summary>One training run, from the first step to the last.</summary>
internal sealed class ClassifierRun
{
    private static readonly TimeSpan s_progressInterval = TimeSpan.FromMilliseconds(200);

    private readonly PreparedData _data;
    private readonly TrainingPlan _plan;
    private readonly Workers _workers;
    private readonly Stopwatch _clock;
    private readonly IProgress<TrainingProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly ClassifierNetwork _network;
    private readonly NetworkMemory _memory;
    private readonly SequenceBatch _batch = new();
    private readonly Optimizer _optimizer;
    private readonly WeightAverage _average;
    private readonly ClassifierScorer _scorer;
    private readonly int[] _order;
    private readonly int[] _labels;
    private readonly float[][] _best;
    private readonly RunCheckpoint? _checkpoint;
    private readonly RunTensors _tensors;
    private RunState _state = new();
    private double _secondsBefore, _epochBegun, _lastSaved;

    public ClassifierRun(
        PreparedData data, Workers workers, Stopwatch clock, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation, RunCheckpoint? checkpoint = null)
    {
        _data = data;
        _plan = data.Plan;
        _workers = workers;
        _clock = clock;
        _progress = progress;
        _cancellation = cancellation;
        _network = data.Model.Network;
        _memory = _network.CreateMemory();
        _memory.Recomputes = _plan.Options.Recompute;
        _optimizer = new Optimizer(_plan.Options.Optimizer, _network.Parameters);
        _average = new WeightAverage(_network.Parameters, horizon: 2.0 * StepsInEpoch);
        _scorer = new ClassifierScorer(_network, data.Model.Spec.Classes, workers, _memory);
        _order = [.. Enumerable.Range(0, data.Train.Length)];
        _labels = new int[_plan.Batch];
        _best = [.. _network.Parameters.Select(parameter => new float[parameter.Count])];
        _checkpoint = checkpoint;
        _tensors = new RunTensors(_network.Parameters, _best, _optimizer, _average);
    }

    /// <summary>The time the run has taken, in seconds, that before it was stopped and continued included.</summary>
    private double Seconds => _clock.Elapsed.TotalSeconds + _secondsBefore;

    private int StepsInEpoch => (_data.Train.Length + _plan.Batch - 1) / _plan.Batch;

    public TrainingResult Run()
    {
        Begin();
        WarmUp();
        TrainingEnd? end = null;
        while (_state.Epoch <= _plan.Epochs && end is null)
        {
            int epoch = _state.Epoch;
            _epochBegun = Seconds - _state.SecondsInEpoch;
            TrainingEnd? interrupted = RunEpoch();
            double trained = Seconds - _epochBegun;
            // Before validation: a run that is continued has not ended its epoch here.
            if (interrupted is not null) Save();
            if (interrupted == TrainingEnd.Cancelled && _state.Best is null) _cancellation.ThrowIfCancellationRequested();
            if (interrupted == TrainingEnd.Cancelled)
            {
                end = TrainingEnd.Cancelled;
                break;
            }

            Validate(trained);
            end = interrupted;
            if (end is null && epoch - _state.Best!.Number >= _plan.Patience && epoch < _plan.Epochs)
            {
                end = TrainingEnd.EarlyStopping;
            }

            _state.BeginNextEpoch();
        }

        RestoreBest();
        return new TrainingResult
        {
            Model = _data.Model,
            Validation = _state.Best!.Validation,
            Epochs = _state.Epochs,
            BestEpoch = _state.Best.Number,
            Seconds = Seconds,
            End = end ?? TrainingEnd.Completed,
            VectorsFound = _data.VectorsFound,
        };
    }

    /// <summary>Takes up the run where its checkpoint left it, if it has one.</summary>
    private void Begin()
    {
        if (_checkpoint?.Begin(_data, _tensors) is not { } state) return;
        _state = state;
        _secondsBefore = state.Seconds;
        _lastSaved = Seconds;
        if (state.Best is not null)
        {
            // Weights that are not trained are in no checkpoint: the best are those of the beginning.
            for (int i = 0; i < _best.Length; i++)
            {
                if (!_network.Parameters[i].IsTrainable) _network.Parameters[i].Value.CopyTo(_best[i]);
            }
        }

        for (int epoch = 1; epoch < state.Epoch; epoch++) Shuffle(epoch);
    }

    private void Save()
    {
        if (_checkpoint is null) return;
        (_state.Seconds, _state.SecondsInEpoch) = (Seconds, Seconds - _epochBegun);
        _checkpoint.Save(_state, _tensors);
        _lastSaved = Seconds;
    }

    /// <summary>Ends an epoch: scores the averaged weights on the validation texts and keeps them if they are best.</summary>
    private void Validate(double trained)
    {
        double loss = _state.Loss / _state.Seen, accuracy = (double)_state.Correct / _state.Seen;
        _average.Swap();
        Evaluation validation = Evaluate();
        // The last step of all has no next one that would notice what it did.
        if (!double.IsFinite(validation.Loss)) throw NonFiniteValidation(_state.Epoch, validation.Loss);
        var record = new EpochRecord(_state.Epoch, loss, accuracy, validation, Seconds - _epochBegun);
        _state.Epochs.Add(record);
        bool isBest = _state.Best is null || IsBetter(validation, _state.Best.Validation);
        if (isBest)
        {
            _state.Best = record;
            KeepAsBest();
        }
        else if (_plan.Schedule == ScheduleKind.Plateau)
        {
            _state.Plateau *= 0.5f;
        }

        _average.Swap();
        Report(loss, accuracy, trained, validation, isBest);
    }

    /// <summary>
    /// Runs the longest texts forward and back once, without learning from them: every workspace takes its final size at
    /// once, and no later step allocates or leaves outgrown memory behind.
    /// </summary>
    private void WarmUp()
    {
        IEnumerable<int> texts = Enumerable.Range(0, _data.Train.Length);
        int[] longest = [.. texts.OrderByDescending(i => _data.Train[i].Length).Take(_plan.Batch)];
        _batch.Fill(_data.Train, longest);
        Matrix logits = _network.Forward(_workers, _batch, _memory, _plan.Dropout);
        _network.Backward(_workers, _batch, _memory, logits, _plan.Dropout);
        foreach (Parameter parameter in _network.Parameters.Where(parameter => parameter.HasGradient)) parameter.ClearGradient();
    }

    /// <summary>Every epoch shuffles the list of the epoch before, with numbers that belong to the epoch alone.</summary>
    private void Shuffle(int epoch) =>
        new Philox(_plan.Options.Seed, RandomPurpose.Shuffling, (ulong)epoch).Shuffle(_order);

    /// <summary>Runs the steps of an epoch that are not done yet; returns why it ended early, or null.</summary>
    private TrainingEnd? RunEpoch()
    {
        Shuffle(_state.Epoch);
        double lastReport = Seconds;
        for (int start = _state.StepsInEpoch * _plan.Batch; start < _order.Length; start += _plan.Batch)
        {
            if (_cancellation.IsCancellationRequested) return TrainingEnd.Cancelled;
            int count = Math.Min(_plan.Batch, _order.Length - start);
            _state.Loss += Step(_order.AsSpan(start, count), _state.Epoch, out int correct);
            _state.Correct += correct;
            _state.Seen += count;
            _state.StepsInEpoch++;
            double now = Seconds;
            if (_checkpoint is not null && now - _lastSaved >= _checkpoint.Interval) Save();
            if (_progress is not null && now - lastReport > s_progressInterval.TotalSeconds)
            {
                lastReport = now;
                Report(
                    _state.Loss / _state.Seen, (double)_state.Correct / _state.Seen, now - _epochBegun, null, isBest: false);
            }

            if (_plan.Options.Budget is { } budget && now > budget.TotalSeconds) return TrainingEnd.Budget;
        }

        return null;
    }

    /// <summary>
    /// One step: forward, loss, back, clip, update. Returns the sum of the texts' losses. Allocates nothing once warm.
    /// </summary>
    internal double Step(ReadOnlySpan<int> chosen, int epoch, out int correct)
    {
        _batch.Fill(_data.Train, chosen);
        for (int b = 0; b < chosen.Length; b++) _labels[b] = _data.TrainLabels[chosen[_batch.Order[b]]];
        DropoutPlan dropout = _plan.Dropout with { Step = (ulong)_state.Step };

        Matrix logits = _network.Forward(_workers, _batch, _memory, dropout);
        double loss = CrossEntropy.Apply(logits, _labels.AsSpan(0, chosen.Length), _plan.LabelSmoothing, out correct);
        if (!double.IsFinite(loss)) throw NonFinite(epoch, "loss", loss);
        _network.Backward(_workers, _batch, _memory, logits, dropout);

        double norm = _optimizer.GradientNorm(_workers);
        if (!double.IsFinite(norm)) throw NonFinite(epoch, "norm of the gradient", norm);
        float clip = _plan.Options.Clip, scale = clip > 0 && norm > clip ? (float)(clip / (norm + 1e-6)) : 1f;
        double progress = (double)_state.Step / ((long)_plan.Epochs * StepsInEpoch);
        float rate = _plan.LearningRate * Schedule.Factor(_plan.Schedule, progress) * _state.Plateau;
        _optimizer.Step(_workers, rate, _plan.WeightDecay, scale);
        _average.Update(_workers);
        _state.Step++;
        return loss;
    }

    private Evaluation Evaluate()
    {
        var losses = new float[_data.Validation.Length];
        float[] probabilities = _scorer.Probabilities(_data.Validation, losses, _data.ValidationLabels);
        return Evaluation.Of(probabilities, losses, _data.ValidationLabels, _data.Model.Spec.Classes);
    }

    /// <summary>More right answers are better; with as many, the smaller loss decides.</summary>
    private static bool IsBetter(Evaluation candidate, Evaluation best) =>
        candidate.Accuracy != best.Accuracy ? candidate.Accuracy > best.Accuracy : candidate.Loss < best.Loss;

    private void KeepAsBest()
    {
        for (int i = 0; i < _best.Length; i++) _network.Parameters[i].Value.CopyTo(_best[i]);
    }

    private void RestoreBest()
    {
        for (int i = 0; i < _best.Length; i++)
        {
            Parameter parameter = _network.Parameters[i];
            _best[i].CopyTo(parameter.Value);
            parameter.MarkChanged();
            parameter.DropGradient();
        }
    }

    private void Report(double loss, double accuracy, double trained, Evaluation? validation, bool isBest)
    {
        if (_progress is null) return;
        int epoch = _state.Epoch, step = _state.StepsInEpoch;
        long tokens = 0;
        for (int i = 0; i < _state.Seen; i++) tokens += _data.Train[_order[i]].Length;
        double stepsLeft = (double)(_plan.Epochs - epoch + 1) * StepsInEpoch - step;
        var remaining = TimeSpan.FromSeconds(stepsLeft * (Seconds - _epochBegun) / Math.Max(1, step));
        if (_plan.Options.Budget is { } budget && budget.TotalSeconds - Seconds < remaining.TotalSeconds)
        {
            remaining = TimeSpan.FromSeconds(Math.Max(0, budget.TotalSeconds - Seconds));
        }

        _progress.Report(new TrainingProgress
        {
            Stage = _plan.Spec.Model == ModelKind.BagOfWords ? "bag of words" : "model",
            Epoch = epoch,
            Epochs = _plan.Epochs,
            Step = step,
            Steps = StepsInEpoch,
            Loss = loss,
            Accuracy = accuracy,
            TokensPerSecond = tokens / Math.Max(1e-9, trained),
            Remaining = remaining,
            Validation = validation,
            IsBest = isBest,
        });
    }

    private NonFiniteLossException NonFinite(int epoch, string what, double value) => NonFinite(string.Create(
        CultureInfo.InvariantCulture,
        $"In step {_state.Step + 1} (epoch {epoch}) the {what} is {value}: {NonFinitePlace.Find(_network, _memory, _batch)}"));

    private NonFiniteLossException NonFiniteValidation(int epoch, double loss) => NonFinite(string.Create(
        CultureInfo.InvariantCulture,
        $"After step {_state.Step} (epoch {epoch}) the validation loss is {loss}: "
        + $"{NonFinitePlace.InWeights(_network) ?? "the weights are still finite, but too large"}"));

    private NonFiniteLossException NonFinite(string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}. The steps are too large: lower the learning rate (now {_plan.LearningRate}) "
        + $"or clip the gradient (now {_plan.Options.Clip})."));
}
