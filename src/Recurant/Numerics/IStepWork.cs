namespace Recurant.Numerics;

/// <summary>What changes from step to step of <see cref="IStepWork"/>.</summary>
/// <param name="Input">Where the input of the step stands.</param>
/// <param name="Number">The number of the input where it is a word's.</param>
/// <param name="Step">The step.</param>
internal readonly record struct StepCall(Address Input, int Number, int Step);

/// <summary>
/// Work that is called again and again: one that stays where it is, so that only a <see cref="StepCall"/> has to get from core
/// to core. Its parts may wait for one another.
/// </summary>
internal interface IStepWork
{
    /// <summary>What the threads know it by between two steps: they must not keep it alive. The same each time.</summary>
    WeakReference<IStepWork> Reference { get; }

    /// <summary>Does part number <paramref name="part"/> of <paramref name="parts"/>.</summary>
    void Execute(int part, int parts, StepCall call);
}
