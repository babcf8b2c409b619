using System.Globalization;

namespace Recurant.Insight;

/// <summary>
/// The Jacobians of a layer's states over one sequence, in double precision, row by row through the step back of the reference's
/// cell equations, with the weights and inputs of the engine.
/// <code>
/// dS_t/dS_k = dS_t/dS_(t-1) dS_(t-1)/dS_(t-2) ... dS_(k+1)/dS_k,  S = h, or (h, c) of a cell with a memory cell
/// </code>
/// </summary>
public static class StateJacobians
{
    /// <summary>The multiplications that are spent where the number of steps is not given, all layers together: 1e9.</summary>
    public const double Budget = 1e9;

    /// <summary>
    /// The most numbers of a state whose Jacobians are followed where the number of steps is not given, 512: the time that
    /// singular values take grows with the cube.
    /// </summary>
    public const int MostNumbers = 512;

    /// <summary>The reference's name of a cell; null for one whose state it keeps otherwise.</summary>
    internal static ReferenceCell? CellOf(CellKind cell) => cell switch
    {
        CellKind.Elman => ReferenceCell.Elman,
        CellKind.Lstm => ReferenceCell.Lstm,
        CellKind.Gru => ReferenceCell.Gru,
        CellKind.PeepholeLstm => ReferenceCell.PeepholeLstm,
        _ => null,
    };

    /// <summary>Why the Jacobians of a layer and direction are not followed; null if they are.</summary>
    /// <param name="part">The layers.</param>
    /// <param name="row">The layer and direction.</param>
    /// <param name="steps">The most steps back; null where none are given.</param>
    internal static string? Note(LensPart part, LensRow row, int? steps)
    {
        if (row.JacobianNote is { } note) return note;
        if (CellOf(part.Spec.Cell) is null) return $"they are not computed for {CellCatalogue.TitleOf(part.Spec)} cells";
        int size = SizeOf(row);
        return steps is null && size > MostNumbers
            ? string.Create(
                CultureInfo.InvariantCulture,
                    $"a state of {size:N0} numbers takes too long; --jacobians N computes them for N steps")
            : null;
    }

    /// <summary>The numbers in a state: h, or h and c.</summary>
    private static int SizeOf(LensRow row) => row.Cell.HiddenSize + (row.Cell.HasCellState ? row.Cell.CellSize : 0);

    /// <summary>After a forward pass: the Jacobians of one layer and direction for the lags 1, 2, 4, ... and the last.</summary>
    /// <param name="part">The layers and their batch.</param>
    /// <param name="row">The layer and direction.</param>
    /// <param name="sequence">The sequence's place in the batch.</param>
    /// <param name="steps">The most steps back; null for what the budget allows.</param>
    /// <param name="rows">The layers and directions that share the budget.</param>
    internal static IReadOnlyList<JacobianSize> Of(LensPart part, LensRow row, int sequence, int? steps, int rows)
    {
        StackSpec spec = part.Spec;
        if (Note(part, row, steps) is not null || CellOf(spec.Cell) is not { } cell) return [];
        var reference = new ReferenceSpec
        {
            Cell = cell, InputSize = 1, HiddenSize = spec.HiddenSize,
            Activation = ReferenceSubject.ActivationOf(spec.Activation), Reset = ReferenceSubject.ResetOf(spec.GruReset),
        };
        int length = part.Batch.Lengths[sequence], size = SizeOf(row);
        double work = 2.0 * size * row.Cell.GateWidth * spec.HiddenSize * rows;
        int most = Math.Min(length - 1, steps ?? (int)Math.Clamp(Budget / work, 1, 1e6));
        return most < 1 ? [] : new Follower(reference, part, row, sequence).Follow(most, size);
    }

    private sealed class Follower
    {
        private const string Suffix = "_l0";
        private readonly CellEquations _cell;
        private readonly ReferenceStep[] _steps;
        private readonly CellTensors[] _weights;
        private readonly ReferenceSpec _spec;

        /// <summary>The steps in the order in which the direction takes them, from the states before the first.</summary>
        public Follower(ReferenceSpec spec, LensPart part, LensRow row, int sequence)
        {
            _spec = spec;
            _cell = CellEquations.For(spec);
            int length = part.Batch.Lengths[sequence];
            (string Name, double[] Values)[] shared =
            [
                .. row.Cell.Parameters.Where(parameter => parameter != row.Cell.InputWeights).Select(parameter =>
                    (Kind(parameter.Name), Doubles(parameter.Value))),
            ];
            _steps = new ReferenceStep[length];
            _weights = new CellTensors[length];
            bool isGiven = row.HasInitialState();
            double[] state = isGiven ? Doubles(row.Memory.InitialHidden.Row(sequence)) : new double[spec.HiddenSize];
            double[] cell = new double[spec.HasCell ? spec.HiddenSize : 0];
            if (isGiven && spec.HasCell) cell = Doubles(row.Memory.InitialCell.Row(sequence));
            for (int n = 0; n < length; n++)
            {
                int t = row.IsReverse ? length - 1 - n : n;
                // The input's share W_ih x_t stands in for W_ih, and x_t is 1: the Jacobians ask for states alone.
                var tensors = new ReferenceTensors();
                tensors["weight_ih" + Suffix] = InputShare(part, row, part.Batch.RowStart(t) + sequence);
                foreach ((string name, double[] values) in shared) tensors[name + Suffix] = values;
                _weights[n] = new CellTensors(tensors, Suffix);
                _steps[n] = _cell.Forward(_weights[n], [1], state, cell, null);
                (state, cell) = (_steps[n].State, _steps[n].Cell);
            }
        }

        public List<JacobianSize> Follow(int most, int size)
        {
            int hidden = _spec.HiddenSize;
            double[][] dState = new double[size][], dCell = new double[size][];
            for (int i = 0; i < size; i++)
            {
                dState[i] = new double[hidden];
                dCell[i] = new double[size - hidden];
                if (i < hidden) dState[i][i] = 1; else dCell[i][i - hidden] = 1;
            }

            var results = new List<JacobianSize>();
            double[] none = new double[hidden];
            var unused = new ThreadLocal<CellTensors>(() => new CellTensors(
                ReferenceTensors.Zeros(_cell.Shapes(1, hidden, false, Suffix)), Suffix));
            for (int lag = 1, wanted = 1; lag <= most; lag++)
            {
                int n = _steps.Length - lag;
                Parallel.For(0, size, i =>
                {
                    StepGradients back = _cell.Backward(_weights[n], unused.Value!, _steps[n], none, dState[i], dCell[i]);
                    (dState[i], dCell[i]) = (back.PreviousState, back.PreviousCell);
                });
                if (lag != wanted && lag != most) continue;
                wanted *= 2;
                results.Add(SizeOf(lag, dState, dCell));
            }

            return results;
        }

        private static JacobianSize SizeOf(int lag, double[][] dState, double[][] dCell)
        {
            int size = dState.Length, hidden = dState[0].Length;
            double[] matrix = new double[size * size];
            for (int i = 0; i < size; i++)
            {
                dState[i].CopyTo(matrix, i * size);
                dCell[i].CopyTo(matrix, i * size + hidden);
            }

            double[] values = Spectrum.SingularValues(matrix, size);
            double largest = values[0], norm = 0;
            foreach (double value in values) norm += largest > 0 ? value / largest * (value / largest) : 0;
            return new JacobianSize(lag, largest * Math.Sqrt(norm), largest, values[^1]);
        }

        /// <summary>"weight_hh" of "decoder.upper.weight_hh_l0".</summary>
        private static string Kind(string name)
        {
            int first = name.LastIndexOf('.') + 1;
            return name[first..name.IndexOf("_l", first, StringComparison.Ordinal)];
        }

        private static double[] InputShare(LensPart part, LensRow row, int place)
        {
            double[] share = new double[row.Cell.GateWidth];
            if (row.Cell.OneHotInput)
            {
                ReadOnlySpan<float> column = row.Cell.InputWeights.Matrix.Row(part.Batch.Tokens[place]);
                for (int g = 0; g < share.Length; g++) share[g] = column[g];
                return share;
            }

            ReadOnlySpan<float> x = row.Input().Row(place);
            for (int g = 0; g < share.Length; g++)
            {
                ReadOnlySpan<float> weights = row.Cell.InputWeights.Matrix.Row(g);
                for (int j = 0; j < weights.Length; j++) share[g] += (double)weights[j] * x[j];
            }

            return share;
        }

        private static double[] Doubles(ReadOnlySpan<float> values)
        {
            double[] all = new double[values.Length];
            for (int i = 0; i < all.Length; i++) all[i] = values[i];
            return all;
        }
    }
}
