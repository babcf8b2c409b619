using System.Globalization;

namespace Recurant.Training;

/// <summary>
/// Is told what happens in a training run, on the thread that trains. An observer looks on: the weights are the same bits with
/// it and without. What it throws ends the run.
/// </summary>
public abstract class TrainingObserver
{
    /// <summary>Called after every step.</summary>
    /// <param name="step">What the step did.</param>
    public virtual void OnStep(in TrainingStep step)
    {
    }

    /// <summary>Called after every epoch, when the validation data have been scored.</summary>
    /// <param name="stage">What is being trained, as in <see cref="TrainingProgress.Stage"/>.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="isBest">Whether its weights are the best so far.</param>
    public virtual void OnEpoch(string stage, EpochRecord epoch, bool isBest)
    {
    }

    /// <summary>
    /// Called in every step after the backward pass and before the update, when the gradients lie in the parameters, the batch
    /// and all states in the task's memory, and the weights are still those that gave them.
    /// </summary>
    internal virtual void OnGradients(TrainingTask task, LearningPlan plan, long step)
    {
    }

    /// <summary>Called after <see cref="OnGradients"/> with the update that follows at once, nothing of it done yet.</summary>
    internal virtual void OnUpdate(TrainingTask task, Optimizer optimizer, in WeightUpdate update)
    {
    }

    /// <summary>
    /// Called instead when the loss or the gradient's norm is not a finite number, before the run ends with
    /// <see cref="NonFiniteLossException"/>; the weights are still those of this step's beginning. Also called when the loss of
    /// the validation data after the last step of an epoch is not finite.
    /// </summary>
    internal virtual void OnNonFinite(TrainingTask task, LearningPlan plan, in NonFiniteEvent fault)
    {
    }
}

/// <summary>One step of a training run.</summary>
/// <param name="Stage">What is being trained, as in <see cref="TrainingProgress.Stage"/>.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Number">The step's number in the stage, from 1.</param>
/// <param name="Loss">The mean loss of the step's units, in nats.</param>
/// <param name="GradientNorm">The norm of the gradient of all weights together, before clipping.</param>
/// <param name="IsClipped">Whether the gradient was shortened to the greatest norm allowed.</param>
/// <param name="LearningRate">The learning rate of the step, the schedule included.</param>
/// <param name="Tokens">How many tokens the step read.</param>
/// <param name="Seconds">The time since the run began, that before it was continued included.</param>
public readonly record struct TrainingStep(
    string Stage, int Epoch, long Number, double Loss, double GradientNorm, bool IsClipped, double LearningRate, int Tokens,
    double Seconds)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(TrainingStep), PrintMembers);
}

/// <summary>How a step changes the weights.</summary>
/// <param name="Index">The step's number in the epoch, from 0.</param>
/// <param name="Step">The step's number in the run, from 0.</param>
/// <param name="GradientNorm">The norm of the gradient before it is scaled.</param>
/// <param name="LearningRate">The learning rate.</param>
/// <param name="WeightDecay">The weight decay.</param>
/// <param name="Scale">What the gradient is multiplied by; below 1 when clipped.</param>
internal readonly record struct WeightUpdate(
    int Index, long Step, double GradientNorm, float LearningRate, float WeightDecay, float Scale);
