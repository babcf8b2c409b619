namespace Recurant.Layers;

/// <summary>
/// A layer of a network: from a batch of sequences of vectors to another, and the gradients of its input and its parameters from
/// that of its output. The layers of this library derive from it, and so can a layer of one's own.
/// </summary>
/// <remarks>
/// A layer holds its parameters and nothing else: what a batch leaves behind lies in the <see cref="Pass"/>. So several passes,
/// one a thread, may predict with the same layer at once, and one pass may use a layer several times (shared weights).
/// </remarks>
/// <example>
/// A layer of one's own, y = w * x with one weight a column:
/// <code>
/// public sealed class Gain(int size) : Layer
/// {
///     private readonly Parameter _gain = new("gain", size);
///
///     public override IReadOnlyList&lt;Parameter&gt; Parameters => [_gain];
///     public override int InputSize => size;
///     public override int OutputSize(int inputSize) => size;
///
///     protected internal override void Forward(in LayerCall call)
///     {
///         for (int row = 0; row &lt; call.Input.RowCount; row++)
///             for (int j = 0; j &lt; size; j++)
///                 call.Output.Row(row)[j] = _gain.Values[j] * call.Input.Row(row)[j];
///     }
///
///     protected internal override void Backward(in LayerCall call)
///     {
///         for (int row = 0; row &lt; call.Input.RowCount; row++)
///             for (int j = 0; j &lt; size; j++)
///             {
///                 _gain.Gradient[j] += call.Output.GradientRow(row)[j] * call.Input.Row(row)[j];
///                 call.Input.GradientRow(row)[j] += call.Output.GradientRow(row)[j] * _gain.Values[j];
///             }
///     }
/// }
/// </code>
/// </example>
public abstract class Layer
{
    /// <summary>The learnt tensors, in a fixed order. Default: none.</summary>
    public virtual IReadOnlyList<Parameter> Parameters => [];

    /// <summary>
    /// The learnt tensors with the names that files give them: PyTorch's, with the path to a layer inside others before them,
    /// such as <c>0.weight_ih_l0</c> in a <see cref="Sequential"/>.
    /// </summary>
    public virtual IEnumerable<NamedParameter> NamedParameters =>
        Parameters.Select(parameter => new NamedParameter(parameter.Name, parameter));

    /// <summary>The width that the input must have; 0 for any, <see cref="TokenInput"/> for a layer that reads tokens.</summary>
    public virtual int InputSize => 0;

    /// <summary>What <see cref="InputSize"/> is of a layer that reads tokens instead of vectors: -1.</summary>
    public const int TokenInput = -1;

    /// <summary>The width of the output.</summary>
    /// <param name="inputSize">The width of the input.</param>
    public abstract int OutputSize(int inputSize);

    /// <summary>Whether the output has one row for each sequence instead of one for each step. Default: no.</summary>
    public virtual bool JoinsSteps => false;

    /// <summary>
    /// Whether the input must have a row for each step, unlike what a layer that joins the steps has returned. Default: as
    /// <see cref="JoinsSteps"/>.
    /// </summary>
    public virtual bool ReadsSteps => JoinsSteps;

    /// <summary>
    /// Whether a step of the output depends on no later step of the input, so that a pass may go <see cref="StepByStep"/>.
    /// Default: if the layer reads each row by itself.
    /// </summary>
    internal virtual bool CanStep => !ReadsSteps;

    /// <summary>Computes the output of a batch.</summary>
    /// <param name="pass">The pass, which keeps what the backward pass needs.</param>
    /// <param name="input">The input, of the width <see cref="InputSize"/>.</param>
    /// <returns>The output; it belongs to the pass and is valid until the pass begins anew.</returns>
    /// <exception cref="ArgumentException">The input has another width, or one row a sequence where steps are needed.</exception>
    /// <exception cref="InvalidOperationException">The pass has not begun.</exception>
    public virtual SequenceBatch Forward(Pass pass, SequenceBatch input)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return pass.Run(this, input, null);
    }

    /// <summary>
    /// Fills the parameters with random numbers, by the rule that suits the layer. Default: leaves them at zero.
    /// </summary>
    /// <param name="seed">The same seed gives the same numbers.</param>
    /// <param name="ordinal">
    /// Which numbers of the seed's: layers of one network take different ones, else they would begin with equal weights. A layer
    /// uses at most <see cref="OrdinalsOf"/> of them.
    /// </param>
    public virtual void Initialise(ulong seed, uint ordinal = 0)
    {
    }

    /// <summary>How many ordinals <see cref="Initialise"/> uses: 16 for each parameter, at least 16.</summary>
    protected internal virtual uint OrdinalsOf => 16 * (uint)Math.Max(1, Parameters.Count);

    /// <summary>
    /// Makes what the layer keeps of one batch from the forward to the backward pass; it is reused for the batches after.
    /// Default: nothing.
    /// </summary>
    protected internal virtual object? CreateMemory() => null;

    /// <summary>Writes every row of <c>call.Output</c> from <c>call.Input</c>.</summary>
    protected internal abstract void Forward(in LayerCall call);

    /// <summary>
    /// Adds the gradients of the parameters, from <c>call.Output.GradientRow</c>, and that of the input to
    /// <c>call.Input.GradientRow</c> if <c>call.Input.WantsGradient</c>. Values and outputs are those of the forward pass.
    /// </summary>
    protected internal abstract void Backward(in LayerCall call);
}

/// <summary>A parameter and the name by which files know it.</summary>
/// <param name="Name">The name, unique among those of a file.</param>
/// <param name="Parameter">The tensor.</param>
public readonly record struct NamedParameter(string Name, Parameter Parameter);

/// <summary>One use of a layer in a pass: what goes in, what comes out, and what lasts until the backward pass.</summary>
public readonly ref struct LayerCall
{
    private readonly object? _memory;

    internal LayerCall(Pass pass, SequenceBatch input, SequenceBatch? second, SequenceBatch output, object? memory, int index)
    {
        (Pass, Input, Second, Output, _memory, Index) = (pass, input, second, output, memory, index);
    }

    /// <summary>The pass.</summary>
    public Pass Pass { get; }

    /// <summary>The input.</summary>
    public SequenceBatch Input { get; }

    /// <summary>The output.</summary>
    public SequenceBatch Output { get; }

    /// <summary>The second input, of a layer that has two.</summary>
    internal SequenceBatch? Second { get; }

    /// <summary>Which use of a layer this is in the pass, counted from 0.</summary>
    internal int Index { get; }

    /// <summary>What <see cref="Layer.CreateMemory"/> made for this use.</summary>
    /// <typeparam name="TMemory">Its type.</typeparam>
    /// <exception cref="InvalidOperationException">It made nothing, or something else.</exception>
    public TMemory Memory<TMemory>() where TMemory : class => _memory as TMemory ?? throw new InvalidOperationException(
        $"CreateMemory of the layer made {_memory?.GetType().Name ?? "nothing"}, but {typeof(TMemory).Name} was asked for.");
}
