namespace Recurant.Layers;

/// <summary>
/// A layer of two inputs, row by row. Where the first has a row for each step and the second one for each sequence, that row
/// stands beside every step.
/// </summary>
internal abstract class JoiningLayer : Layer
{
    public override int OutputSize(int inputSize) => inputSize;

    /// <summary>Whether the rows of both must be equally wide. Default: yes.</summary>
    protected virtual bool NeedsEqualWidths => true;

    public virtual int JoinedSize(SequenceBatch a, SequenceBatch b)
    {
        if (b is null) throw new ArgumentNullException(nameof(b));
        if (b.IsTokens) throw new ArgumentException("The second input has tokens. Put an Embedding before it.", nameof(b));
        bool fits = a.Sequences == b.Sequences;
        // All sequences alike: where some of b have one step by chance, the others must not hide that it does not fit.
        for (int i = 0; i < a.Sequences && fits; i++) fits = b.Steps == 1 || b.LengthOf(i) == a.LengthOf(i);
        if (!fits)
        {
            throw new ArgumentException(
                $"The two inputs do not fit together: {a}, and {b}. The second needs the steps of the first, or one row for each "
                + "sequence.", nameof(b));
        }

        if (NeedsEqualWidths && a.Size != b.Size)
        {
            throw new ArgumentException(
                $"The rows of the two inputs have {a.Size} and {b.Size} numbers; equal widths are expected.");
        }

        return a.Size;
    }

    /// <summary>The row of b that stands beside a row of a.</summary>
    protected static int RowBeside(SequenceBatch a, SequenceBatch b, int sequence, int step) =>
        a.HasRowsOf(b) ? a.RowOf(sequence, step) : b.RowOf(sequence, b.LengthOf(sequence) == 1 ? 0 : step);

    protected abstract void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y);

    /// <summary>Adds to the gradients that are wanted; the others are empty.</summary>
    protected abstract void Backward(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> da, Span<float> db);

    protected internal sealed override void Forward(in LayerCall call)
    {
        (SequenceBatch a, SequenceBatch b) = (call.Input, call.Second!);
        for (int i = 0; i < a.Sequences; i++)
        {
            for (int t = 0; t < a.LengthOf(i); t++)
            {
                int row = a.RowOf(i, t);
                Forward(a.Row(row), b.Row(RowBeside(a, b, i, t)), call.Output.Row(row));
            }
        }
    }

    protected internal sealed override void Backward(in LayerCall call)
    {
        (SequenceBatch a, SequenceBatch b) = (call.Input, call.Second!);
        for (int i = 0; i < a.Sequences; i++)
        {
            for (int t = 0; t < a.LengthOf(i); t++)
            {
                int row = a.RowOf(i, t), beside = RowBeside(a, b, i, t);
                Backward(
                    a.Row(row), b.Row(beside), call.Output.GradientRow(row),
                    a.WantsGradient ? a.GradientRow(row) : default, b.WantsGradient ? b.GradientRow(beside) : default);
            }
        }
    }
}

/// <summary>y = a + b.</summary>
internal sealed class SumLayer : JoiningLayer
{
    public static SumLayer Instance { get; } = new();

    protected override void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        a.CopyTo(y);
        Elementwise.Add(b, y);
    }

    protected override void Backward(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> da, Span<float> db)
    {
        if (!da.IsEmpty) Elementwise.Add(dy, da);
        if (!db.IsEmpty) Elementwise.Add(dy, db);
    }
}

/// <summary>y = a * b.</summary>
internal sealed class ProductLayer : JoiningLayer
{
    public static ProductLayer Instance { get; } = new();

    protected override void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y) => Elementwise.Multiply(a, b, y);

    protected override void Backward(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> da, Span<float> db)
    {
        if (!da.IsEmpty) Elementwise.AddProduct(dy, b, da);
        if (!db.IsEmpty) Elementwise.AddProduct(dy, a, db);
    }
}

/// <summary>y = [a, b].</summary>
internal sealed class ConcatenationLayer : JoiningLayer
{
    public static ConcatenationLayer Instance { get; } = new();

    protected override bool NeedsEqualWidths => false;

    public override int JoinedSize(SequenceBatch a, SequenceBatch b) => base.JoinedSize(a, b) + b.Size;

    protected override void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        a.CopyTo(y);
        b.CopyTo(y[a.Length..]);
    }

    protected override void Backward(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dy, Span<float> da, Span<float> db)
    {
        if (!da.IsEmpty) Elementwise.Add(dy[..a.Length], da);
        if (!db.IsEmpty) Elementwise.Add(dy[a.Length..], db);
    }
}

/// <summary>y = x, and no gradient goes back.</summary>
internal sealed class DetachLayer : Layer
{
    public static DetachLayer Instance { get; } = new();

    public override int OutputSize(int inputSize) => inputSize;

    protected internal override void Forward(in LayerCall call)
    {
        for (int row = 0; row < call.Input.RowCount; row++) call.Input.Row(row).CopyTo(call.Output.Row(row));
    }

    protected internal override void Backward(in LayerCall call)
    {
    }
}
