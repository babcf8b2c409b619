namespace Recurant.Tests.Layers;

/// <summary>
/// A layer of H units inside one of 48, whose other units are connected to nothing that comes back, gives the same bits:
/// there every unit stands in a whole vector and every column in a whole panel, here the last ones do not.
/// </summary>
public class EveryHiddenSizeTests
{
    private const int InputSize = 5, Wide = 48, Most = 40;
    private static readonly int[] s_lengths = [2, 4, 1];

    /// <summary>
    /// The cells of which a smaller layer is part of a larger one: not where a sum or mean of all units counts.
    /// </summary>
    public static TheoryData<CellKind, Activation, ElmanForm, GruReset> Cells =>
    [
        .. CellVariant.All.Where(row =>
            row.Data.Item1 is not (CellKind.Lru or CellKind.LayerNormLstm or CellKind.ProjectedLstm)),
    ];

    [Theory]
    [MemberData(nameof(Cells))]
    public void ForwardAndBackward_AnyHiddenSize_SameBitsAsInsideALargerLayer(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        for (int hidden = 1; hidden <= Most; hidden++)
        {
            // An SRU of the width of its input has a highway of another kind.
            if (cell == CellKind.Sru && hidden == InputSize) continue;
            StackSpec spec = CellVariant.Spec(cell, activation, form, reset, InputSize, hidden);
            StackCase small = CellVariant.Case(spec, s_lengths, initialState: true);
            RecurrentStack wide = new(spec with { HiddenSize = Wide });
            StackCase.FillWeights(wide, scale: 0.3f, seed: 80);
            foreach ((Parameter part, Parameter whole) in small.Stack.Parameters.Zip(wide.Parameters)) Embed(part, whole, hidden);
            StackCase large = new()
            {
                Stack = wide,
                Lengths = s_lengths,
                Inputs = small.Inputs,
                DOutputs = [.. small.DOutputs.Select(values => Widen(values, hidden)!)],
                InitialHidden = Widen(small.InitialHidden, hidden),
                InitialCell = Widen(small.InitialCell, hidden),
                DFinalHidden = Widen(small.DFinalHidden, hidden),
                DFinalCell = Widen(small.DFinalCell, hidden),
            };
            StackResult inside = large.Run(threads: 1), alone = small.Run(threads: 1);
            StackResult expected = inside with
            {
                Outputs = [.. inside.Outputs.Select(values => Narrow(values, hidden))],
                FinalHidden = Narrow(inside.FinalHidden, hidden),
                FinalCell = Narrow(inside.FinalCell, hidden),
                DInitialHidden = Narrow(inside.DInitialHidden, hidden),
                DInitialCell = Narrow(inside.DInitialCell, hidden),
                Gradients = inside.Gradients.ToDictionary(pair => pair.Key, pair => Part(pair.Key, pair.Value, hidden)),
            };
            CellVariant.AssertSame(expected, alone, $"{hidden} units");
        }
    }

    /// <summary>Puts the weights of each gate into those of the wide layer, and cuts the other units off.</summary>
    private static void Embed(Parameter part, Parameter whole, int hidden)
    {
        int gates = whole.Shape[0] / Wide, columns = part.Shape.Count == 1 ? 1 : part.Shape[1];
        int wideColumns = whole.Shape.Count == 1 ? 1 : whole.Shape[1];
        for (int row = 0; row < gates * Wide; row++)
        {
            int gate = row / Wide, unit = row % Wide;
            Span<float> target = whole.Value.Slice(row * wideColumns, wideColumns);
            // A weight of zero adds a zero to a running sum, which changes no bit of it.
            if (unit < hidden) part.Value.Slice((gate * hidden + unit) * columns, columns).CopyTo(target);
            if (whole.Name.StartsWith("weight_hh", StringComparison.Ordinal) && whole.Shape.Count == 2)
            {
                if (unit < hidden) target[hidden..].Clear(); else target[..hidden].Clear();
            }
            else if (whole.Name.StartsWith("weight_ih", StringComparison.Ordinal) && unit >= hidden)
            {
                target.Clear();
            }
        }
    }

    /// <summary>The units of the small layer's rows and columns of a gradient.</summary>
    private static float[] Part(string name, float[] gradient, int hidden)
    {
        bool square = name.StartsWith("weight_hh", StringComparison.Ordinal) && gradient.Length >= Wide * Wide;
        int wideColumns = square ? Wide : name.StartsWith("weight_ih", StringComparison.Ordinal) ? InputSize : 1;
        int columns = square ? hidden : wideColumns;
        return
        [
            .. Enumerable.Range(0, gradient.Length / wideColumns).Where(row => row % Wide < hidden)
                .SelectMany(row => gradient[(row * wideColumns)..(row * wideColumns + columns)]),
        ];
    }

    private static float[]? Widen(float[]? values, int hidden)
    {
        if (values is null) return null;
        float[] wide = new float[values.Length / hidden * Wide];
        for (int i = 0; i < values.Length; i++) wide[i / hidden * Wide + i % hidden] = values[i];
        return wide;
    }

    private static float[] Narrow(float[] values, int hidden) => [.. values.Where((_, i) => i % Wide < hidden)];
}
