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
    private float _plateau = 1f;
    private long _step;

    public ClassifierRun(
        PreparedData data, Workers workers, Stopwatch clock, IProgress<TrainingProgress>? progress,
        CancellationToken cancellation)
    {
        _data = data;
        _plan = data.Plan;
        _workers = workers;
        _clock = clock;
        _progress = progress;
        _cancellation = cancellation;
        _network = data.Model.Network;
        _memory = _network.CreateMemory();
        _optimizer = new Optimizer(_plan.Options.Optimizer, _network.Parameters);
        _average = new WeightAverage(_network.Parameters, horizon: 2.0 * StepsInEpoch);
        _scorer = new ClassifierScorer(_network, data.Model.Spec.Classes, workers, _memory);
        _order = [.. Enumerable.Range(0, data.Train.Length)];
        _labels = new int[_plan.Batch];
        _best = [.. _network.Parameters.Select(parameter => new float[parameter.Count])];
    }

    private int StepsInEpoch => (_data.Train.Length + _plan.Batch - 1) / _plan.Batch;

    public TrainingResult Run()
    {
        var epochs = new List<EpochRecord>();
        EpochRecord? best = null;
        TrainingEnd end = TrainingEnd.Completed;
        WarmUp();
        for (int epoch = 1; epoch <= _plan.Epochs; epoch++)
        {
            double begun = _clock.Elapsed.TotalSeconds;
            (double loss, double accuracy, int steps, TrainingEnd? interrupted) = RunEpoch(epoch);
            double trained = _clock.Elapsed.TotalSeconds - begun;
            if (interrupted == TrainingEnd.Cancelled && best is null) _cancellation.ThrowIfCancellationRequested();
            if (interrupted == TrainingEnd.Cancelled)
            {
                end = TrainingEnd.Cancelled;
                break;
            }

            _average.Swap();
            Evaluation validation = Evaluate();
            // The last step of all has no next one that would notice what it did.
            if (!double.IsFinite(validation.Loss)) throw NonFiniteValidation(epoch, validation.Loss);
            var record = new EpochRecord(epoch, loss, accuracy, validation, _clock.Elapsed.TotalSeconds - begun);
            epochs.Add(record);
            bool isBest = best is null || IsBetter(validation, best.Validation);
            if (isBest)
            {
                best = record;
                Keep();
            }
            else if (_plan.Schedule == ScheduleKind.Plateau)
            {
                _plateau *= 0.5f;
            }

            _average.Swap();
            Report(epoch, steps, loss, accuracy, begun, trained, validation, isBest);
            if (interrupted is { } reason)
            {
                end = reason;
                break;
            }

            if (epoch - best!.Number >= _plan.Patience && epoch < _plan.Epochs)
            {
                end = TrainingEnd.EarlyStopping;
                break;
            }
        }

        Restore();
        return new TrainingResult
        {
            Model = _data.Model,
            Validation = best!.Validation,
            Epochs = epochs,
            BestEpoch = best.Number,
            Seconds = _clock.Elapsed.TotalSeconds,
            End = end,
            VectorsFound = _data.VectorsFound,
        };
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

    private (double Loss, double Accuracy, int Steps, TrainingEnd? Interrupted) RunEpoch(int epoch)
    {
        // Every epoch shuffles the list of the epoch before, with numbers that belong to the epoch alone.
        new Philox(_plan.Options.Seed, RandomPurpose.Shuffling, (ulong)epoch).Shuffle(_order);
        double loss = 0, begun = _clock.Elapsed.TotalSeconds, lastReport = begun;
        int correct = 0, seen = 0, steps = 0;
        for (int start = 0; start < _order.Length; start += _plan.Batch)
        {
            if (_cancellation.IsCancellationRequested) return (0, 0, steps, TrainingEnd.Cancelled);
            int count = Math.Min(_plan.Batch, _order.Length - start);
            loss += Step(_order.AsSpan(start, count), epoch, out int correctNow);
            correct += correctNow;
            seen += count;
            steps++;
            double now = _clock.Elapsed.TotalSeconds;
            if (_progress is not null && now - lastReport > s_progressInterval.TotalSeconds)
            {
                lastReport = now;
                Report(epoch, steps, loss / seen, (double)correct / seen, begun, now - begun, null, isBest: false);
            }

            if (_plan.Options.Budget is { } budget && now > budget.TotalSeconds)
            {
                return (loss / seen, (double)correct / seen, steps, TrainingEnd.Budget);
            }
        }

        return (loss / seen, (double)correct / seen, steps, null);
    }

    /// <summary>
    /// One step: forward, loss, back, clip, update. Returns the sum of the texts' losses. Allocates nothing once warm.
    /// </summary>
    internal double Step(ReadOnlySpan<int> chosen, int epoch, out int correct)
    {
        _batch.Fill(_data.Train, chosen);
        for (int b = 0; b < chosen.Length; b++) _labels[b] = _data.TrainLabels[chosen[_batch.Order[b]]];
        DropoutPlan dropout = _plan.Dropout with { Step = (ulong)_step };

        Matrix logits = _network.Forward(_workers, _batch, _memory, dropout);
        double loss = CrossEntropy.Apply(logits, _labels.AsSpan(0, chosen.Length), _plan.LabelSmoothing, out correct);
        if (!double.IsFinite(loss)) throw NonFinite(epoch, "loss", loss);
        _network.Backward(_workers, _batch, _memory, logits, dropout);

        double norm = _optimizer.GradientNorm();
        if (!double.IsFinite(norm)) throw NonFinite(epoch, "norm of the gradient", norm);
        float clip = _plan.Options.Clip, scale = clip > 0 && norm > clip ? (float)(clip / (norm + 1e-6)) : 1f;
        double progress = (double)_step / ((long)_plan.Epochs * StepsInEpoch);
        float rate = _plan.LearningRate * Schedule.Factor(_plan.Schedule, progress) * _plateau;
        _optimizer.Step(_workers, rate, _plan.WeightDecay, scale);
        _average.Update(_workers);
        _step++;
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

    private void Keep()
    {
        for (int i = 0; i < _best.Length; i++) _network.Parameters[i].Value.CopyTo(_best[i]);
    }

    private void Restore()
    {
        for (int i = 0; i < _best.Length; i++)
        {
            Parameter parameter = _network.Parameters[i];
            _best[i].CopyTo(parameter.Value);
            parameter.MarkChanged();
            parameter.DropGradient();
        }
    }

    private void Report(
        int epoch, int step, double loss, double accuracy, double begun, double trained, Evaluation? validation, bool isBest)
    {
        if (_progress is null) return;
        double elapsed = _clock.Elapsed.TotalSeconds - begun;
        long tokens = 0;
        int texts = Math.Min(_order.Length, step * _plan.Batch);
        for (int i = 0; i < texts; i++) tokens += _data.Train[_order[i]].Length;
        double stepsLeft = (double)(_plan.Epochs - epoch + 1) * StepsInEpoch - step;
        var remaining = TimeSpan.FromSeconds(stepsLeft * elapsed / Math.Max(1, step));
        if (_plan.Options.Budget is { } budget && budget - _clock.Elapsed < remaining)
        {
            remaining = budget > _clock.Elapsed ? budget - _clock.Elapsed : TimeSpan.Zero;
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
        $"In step {_step + 1} (epoch {epoch}) the {what} is {value}: {NonFinitePlace.Find(_network, _memory, _batch)}"));

    private NonFiniteLossException NonFiniteValidation(int epoch, double loss) => NonFinite(string.Create(
        CultureInfo.InvariantCulture,
        $"After step {_step} (epoch {epoch}) the validation loss is {loss}: "
        + $"{NonFinitePlace.InWeights(_network) ?? "the weights are still finite, but too large"}"));

    private NonFiniteLossException NonFinite(string what) => new(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}. The steps are too large: lower the learning rate (now {_plan.LearningRate}) "
        + $"or clip the gradient (now {_plan.Options.Clip})."));
}
