using System.Runtime.Intrinsics;

namespace Recurant.Numerics;

/// <summary>
/// The weights [W_ih | W_hh] of a layer in the order in which one step of one sequence reads them: strips of hidden units, in
/// each strip the rows k of W_ih^T and then those of W_hh^T, in each row up to four panels of 32 columns side by side. The
/// panels of a strip are the same 32 units of every gate, or four times 32 units where there is one gate. A step is then one
/// stream of reading from the first float to the last, and every gate of a strip is done before the next strip begins.
/// </summary>
/// <remarks>
/// Strips may be taken in any order. Taken forward and backward in turn, what a core's second-level cache holds at the end of
/// a step is what the next step begins with, so weights somewhat larger than that cache are read from it in part. Taken
/// forward each time, a cache that drops what was used longest ago would hold none of them.
/// </remarks>
internal sealed unsafe class UnitStrips
{
    private readonly FloatBuffer _buffer = new();
    private int _inputs, _hidden;

    /// <summary>Panels side by side.</summary>
    public int Panels { get; private set; }

    /// <summary>Hidden units in a strip.</summary>
    public int Units { get; private set; }

    /// <summary>The number of strips.</summary>
    public int Count { get; private set; }

    /// <summary>Distance between the panels of a strip in a row of gates [G H], in floats.</summary>
    public int PanelStep { get; private set; }

    private int RowLength => Panels * PackedMatrix.PanelWidth;

    /// <summary>Whether a layer can be cut into strips: panels must be full, and three or four of them side by side.</summary>
    public static bool Fits(int gates, int hidden) => gates switch
    {
        1 => hidden % (PackedMatrix.Quad * PackedMatrix.PanelWidth) == 0,
        3 or 4 => hidden % PackedMatrix.PanelWidth == 0,
        _ => false,
    };

    /// <summary>The units of a strip.</summary>
    public static int UnitsOf(int gates) => gates == 1 ? PackedMatrix.Quad * PackedMatrix.PanelWidth : PackedMatrix.PanelWidth;

    /// <summary>Lays out the weights.</summary>
    /// <param name="inputWeights">W_ih [G H, I]; without columns where the input's share is no product.</param>
    /// <param name="hiddenWeights">W_hh [G H, H].</param>
    public void Pack(Matrix inputWeights, Matrix hiddenWeights)
    {
        _hidden = hiddenWeights.Columns;
        _inputs = inputWeights.Columns;
        int gates = hiddenWeights.Rows / _hidden;
        if (!Fits(gates, _hidden)) throw new ArgumentException($"{gates} gates of {_hidden} units cannot be cut into strips.");
        Panels = gates == 1 ? PackedMatrix.Quad : gates;
        Units = UnitsOf(gates);
        PanelStep = gates == 1 ? PackedMatrix.PanelWidth : _hidden;
        Count = _hidden / Units;
        _buffer.Reserve(Workspace.RequireLength(_inputs + _hidden, (long)Count * RowLength));
        for (int strip = 0; strip < Count; strip++)
        {
            float* start = InputRows(strip);
            for (int panel = 0; panel < Panels; panel++)
            {
                int row = strip * Units + panel * PanelStep;
                float* target = start + panel * PackedMatrix.PanelWidth;
                PackedMatrix.TransposeBlock(
                    inputWeights.Start + row * inputWeights.RowStep, inputWeights.RowStep, PackedMatrix.PanelWidth, _inputs,
                    target, RowLength);
                PackedMatrix.TransposeBlock(
                    hiddenWeights.Start + row * hiddenWeights.RowStep, hiddenWeights.RowStep, PackedMatrix.PanelWidth, _hidden,
                    target + _inputs * RowLength, RowLength);
            }
        }

        inputWeights.KeepAlive();
        hiddenWeights.KeepAlive();
    }

    private float* InputRows(int strip) => _buffer.Pointer + (nint)strip * (_inputs + _hidden) * RowLength;

    /// <summary>target = initial + W_ih x + W_hh h for the units of a strip; one running sum an element.</summary>
    /// <param name="strip">The strip.</param>
    /// <param name="initial">What the sums start from [G H].</param>
    /// <param name="input">x [I]; not read where the strips have no inputs.</param>
    /// <param name="hidden">h [H]; none for zero.</param>
    /// <param name="target">The sums [G H].</param>
    public void Multiply(int strip, Address initial, Address input, Address hidden, Address target)
    {
        var run = new StripRun
        {
            Weights = InputRows(strip), First = input.Pointer, FirstDepth = _inputs, Second = hidden.Pointer,
            SecondDepth = hidden.IsNone ? 0 : _hidden,
        };
        Multiply(ref run, strip, initial, target);
    }

    /// <summary>target = initial + W_ih x for the units of a strip.</summary>
    public void MultiplyInput(int strip, Address initial, Address input, Address target) =>
        Multiply(strip, initial, input, Address.None, target);

    /// <summary>target = initial + W_hh h for the units of a strip; h none for zero.</summary>
    public void MultiplyHidden(int strip, Address initial, Address hidden, Address target)
    {
        var run = new StripRun
        {
            Weights = InputRows(strip) + _inputs * RowLength, First = hidden.Pointer,
            FirstDepth = hidden.IsNone ? 0 : _hidden,
        };
        Multiply(ref run, strip, initial, target);
    }

    private void Multiply(ref StripRun run, int strip, Address initial, Address target)
    {
        int unit = strip * Units;
        run.Initial = initial.Pointer + unit;
        run.Target = target.Pointer + unit;
        run.PanelStep = PanelStep;
        if (Panels == 4) Multiply<FourPanels>(ref run); else Multiply<ThreePanels>(ref run);
    }

    private static void Multiply<TPanels>(ref StripRun run) where TPanels : struct, IPanelCount
    {
        if (Width.Is512)
        {
            StripTile<Width512, Vector512<float>, TPanels>.Multiply(ref run);
        }
        else if (Width.Is256)
        {
            StripTile<Width256, Vector256<float>, TPanels>.Multiply(ref run);
        }
        else
        {
            StripTile<Width128, Vector128<float>, TPanels>.Multiply(ref run);
        }
    }
}
