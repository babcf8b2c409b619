using System.Globalization;

namespace Recurant.Training;

/// <summary>Several steps that follow one another, as one line of a run record has them.</summary>
/// <param name="Stage">What is being trained, as in <see cref="TrainingProgress.Stage"/>.</param>
/// <param name="Epoch">Their epoch.</param>
/// <param name="First">The number of the first of them in the stage, from 1.</param>
/// <param name="Last">The number of the last.</param>
/// <param name="Loss">The mean of their losses, in nats.</param>
/// <param name="GradientNorm">The mean of the gradient's norms before clipping.</param>
/// <param name="LargestNorm">The greatest of these norms.</param>
/// <param name="Clipped">How many of them were clipped.</param>
/// <param name="LearningRate">The learning rate of the last.</param>
/// <param name="Tokens">How many tokens they read together.</param>
/// <param name="Seconds">The time since the run began, at their end.</param>
public sealed record RecordedSteps(
    string Stage, int Epoch, long First, long Last, double Loss, double GradientNorm, double LargestNorm, int Clipped,
    double LearningRate, long Tokens, double Seconds)
{
    /// <summary>How many steps there are.</summary>
    public long Count => Last - First + 1;

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(RecordedSteps), PrintMembers);
}

/// <summary>
/// Gathers steps, so that what is kept of a long run stays small: the first 256 steps of a stage one by one, then windows whose
/// width is 1/256 of the steps so far (rounded down, and one more), and none that reaches over the end of an epoch. A hundred
/// thousand steps in one epoch are about 1,800 windows. It serves one thread at a time; two at once get an
/// <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class StepWindow
{
    private const int FineSteps = 256;

    /// <summary>Who gathers.</summary>
    private readonly SoleUse _use = new($"A {nameof(StepWindow)}", "Give each run a window of its own.");

    private TrainingStep _last;
    private long _first, _count, _tokens;
    private double _loss, _norm, _largestNorm;
    private int _clipped;

    /// <summary>Adds a step; returns the steps gathered if the window is full with it, else null.</summary>
    public RecordedSteps? Add(in TrainingStep step)
    {
        using SoleUse.Call call = _use.Enter();
        if (_count == 0)
        {
            (_first, _tokens, _clipped) = (step.Number, 0, 0);
            (_loss, _norm, _largestNorm) = (0, 0, 0);
        }

        _count++;
        _loss += step.Loss;
        _norm += step.GradientNorm;
        _largestNorm = Math.Max(_largestNorm, step.GradientNorm);
        _tokens += step.Tokens;
        if (step.IsClipped) _clipped++;
        _last = step;
        return _count >= 1 + (_first - 1) / FineSteps ? Take() : null;
    }

    /// <summary>The steps gathered, of which the window is then empty; null if there are none.</summary>
    public RecordedSteps? Take()
    {
        using SoleUse.Call call = _use.Enter();
        if (_count == 0) return null;
        var steps = new RecordedSteps(
            _last.Stage, _last.Epoch, _first, _last.Number, _loss / _count, _norm / _count, _largestNorm, _clipped,
            _last.LearningRate, _tokens, _last.Seconds);
        _count = 0;
        return steps;
    }
}
