namespace Recurant.Layers;

/// <summary>
/// Has a pass read one sequence a step at a time (<see cref="Pass.BeginStep"/>). Each use of a layer keeps in its memory what
/// later steps need of the steps before, so the outputs have the bits of a pass over the whole sequence:
/// <code>
/// convolution    the last K - 1 inputs        recurrent    h_(t-1), c_(t-1)
/// mean           the sum so far               max          the largest so far
/// </code>
/// Every step must call the same layers in the same order.
/// </summary>
/// <param name="stepperOf">Makes what runs recurrent layers step by step.</param>
internal sealed class StepByStep(Func<RecurrentStack, IRecurrentStepper> stepperOf)
{
    /// <summary>How many steps came before the present one; those that were not kept do not count.</summary>
    public long Before { get; private set; }

    /// <summary>Whether later steps follow on the present one; otherwise it leaves no trace.</summary>
    public bool IsKept { get; private set; }

    /// <summary>Begins the next step.</summary>
    public void Begin(bool isKept)
    {
        if (IsKept) Before++;
        IsKept = isKept;
    }

    /// <summary>Starts anew: the next step is the first.</summary>
    public void Reset() => (Before, IsKept) = (0, false);

    /// <summary>Makes what runs recurrent layers step by step, from zero states.</summary>
    public IRecurrentStepper StepperOf(RecurrentStack stack) => stepperOf(stack);
}

/// <summary>Recurrent layers that read one sequence step by step, and keep their state between the steps.</summary>
internal interface IRecurrentStepper
{
    /// <summary>The floats of a state.</summary>
    int StateSize { get; }

    /// <summary>h_t of the topmost layer [H], given x_t [I]; valid until the next step.</summary>
    ReadOnlySpan<float> Step(ReadOnlySpan<float> input);

    /// <summary>Starts anew from zero states.</summary>
    void Reset();

    /// <summary>Copies the state out.</summary>
    void SaveState(Span<float> state);

    /// <summary>Goes on from a state.</summary>
    void LoadState(ReadOnlySpan<float> state);
}
