namespace Recurant.Cells;

/// <summary>
/// The part of one time step that one worker does: some sequences and some hidden units.
/// <para>Where the sequences are divided, a worker has the sequences <c>First</c> to <c>Count - 1</c> and all units, and nobody
/// waits for anybody. Neighbours stay together: rows dealt out in turn would lie twice as far apart, and of rows 4 KB apart a
/// first-level cache holds few. Where the units are divided, it has all sequences and the units <c>FirstUnit .. FirstUnit +
/// Units</c> of every gate, and the workers meet after each step.</para>
/// </summary>
internal readonly struct CellStep
{
    public required CellMemory Memory { get; init; }

    /// <summary>The first row of the step in matrices of all rows.</summary>
    public required int RowStart { get; init; }

    /// <summary>The first row of the step in memory.Gates: RowStart, or less where only a few steps are kept.</summary>
    public required int GateRowStart { get; init; }

    /// <summary>The first row of the step before in processing order.</summary>
    public required int PreviousRowStart { get; init; }

    /// <summary>Sequences below Count that had a step before; the others start here from the initial state.</summary>
    public required int PreviousCount { get; init; }

    /// <summary>B_t, the sequences of this step, or where those of this worker end.</summary>
    public required int Count { get; init; }

    /// <summary>This worker's first sequence.</summary>
    public required int First { get; init; }

    public required int FirstUnit { get; init; }

    public required int Units { get; init; }

    /// <summary>M, the width of a gate.</summary>
    public required int CellSize { get; init; }

    /// <summary>Row 0 of the layer's input [rows, I]; none with one-hot input.</summary>
    public Address InputStart { get; init; }

    /// <summary>The distance between rows of the input, in floats.</summary>
    public int InputStep { get; init; }

    /// <summary>If not empty, row r of the step reads row InputRows[r] of the input.</summary>
    public ReadOnlyMemory<int> InputRows { get; init; }

    /// <summary>The layer's output [rows, H].</summary>
    public required Matrix Output { get; init; }

    /// <summary>The gradient of the loss with respect to the output [rows, H]; only in the backward pass.</summary>
    public Matrix DOutput { get; init; }

    /// <summary>Whether the initial state is zero, so that products with it can be left out.</summary>
    public required bool StartsFromZero { get; init; }

    /// <summary>Whether no sequence has anything to add to this step's product.</summary>
    public bool AllStartFromZero => StartsFromZero && PreviousCount == 0;

    /// <summary>Whether h_(t-1) enters the product through memory.Previous, where a dropout mask may have been applied.</summary>
    public required bool HasMask { get; init; }

    /// <summary>The number of this worker's rows.</summary>
    public int OwnRows => Math.Max(0, Count - First);

    /// <summary>The row of a sequence in stores that keep every step for the backward pass, or only the last one.</summary>
    public int HistoryRow(int sequence) => (Memory.KeepsHistory ? RowStart : 0) + sequence;

    /// <summary>x_t of a sequence, at this worker's first unit; for cells that let the input pass by the recurrence.</summary>
    public Address Input(int sequence)
    {
        int row = RowStart + sequence;
        return InputStart + (nint)(InputRows.IsEmpty ? row : InputRows.Span[row]) * InputStep + FirstUnit;
    }

    /// <summary>The gates of a sequence, at this worker's first unit.</summary>
    public Address Gates(int sequence) => Memory.Gates.At(GateRowStart + sequence) + FirstUnit;

    /// <summary>h_t of a sequence.</summary>
    public Address Hidden(int sequence) => Output.At(RowStart + sequence) + FirstUnit;

    /// <summary>The gradient of the loss with respect to h_t of a sequence, as the layer above gives it.</summary>
    public Address DHiddenFromAbove(int sequence) => DOutput.At(RowStart + sequence) + FirstUnit;

    /// <summary>h_(t-1) of a sequence, as the cell put it out, without any mask.</summary>
    public Address PreviousHidden(int sequence) => sequence < PreviousCount
        ? Output.At(PreviousRowStart + sequence) + FirstUnit
        : Memory.InitialHidden.At(sequence) + FirstUnit;

    /// <summary>c_(t-1) of a sequence.</summary>
    public Address PreviousCell(int sequence) => sequence < PreviousCount
        ? Memory.Cells.At((Memory.KeepsHistory ? PreviousRowStart : 0) + sequence) + FirstUnit
        : Memory.InitialCell.At(sequence) + FirstUnit;

    /// <summary>This worker's rows of a matrix of all rows.</summary>
    public Matrix Rows(RowStore store) => store.Rows(RowStart, Count).Slice(First, Count - First);

    /// <summary>This worker's rows of a matrix with one row a sequence.</summary>
    public Matrix Sequences(RowStore store) => store.Rows(Count).Slice(First, Count - First);

    /// <summary>Runs a kernel over this worker's rows and units.</summary>
    public void Run<TKernel>(scoped TKernel kernel) where TKernel : IUnitKernel, allows ref struct =>
        UnitLoop.Run(ref kernel, First, Count, Units);

    /// <summary>The same for a kernel in two passes.</summary>
    public void RunTwice<TKernel>(scoped TKernel kernel) where TKernel : ITwoPassKernel, allows ref struct =>
        UnitLoop.RunTwice(ref kernel, First, Count, Units);

    /// <summary>
    /// target += W h_(t-1), or target = start + W h_(t-1), for this worker's rows and units. Sequences that start here from
    /// zero add nothing.
    /// </summary>
    /// <param name="weights">W^T, packed; in one group a gate if the units are divided.</param>
    /// <param name="start">What every row starts from; none to start from what stands in the target.</param>
    /// <param name="target">The target row of sequence 0.</param>
    /// <param name="targetStep">Distance between rows of the target, in floats.</param>
    public void AddHiddenShare(PackedMatrix weights, Address start, Address target, nint targetStep)
    {
        int inside = Math.Max(0, PreviousCount - First);
        int hidden = weights.Depth;
        if (HasMask && !AllStartFromZero)
        {
            Address previous = Memory.Previous.At(RowStart + First);
            AddHiddenShare(weights, previous, hidden, 0, OwnRows, start, target, targetStep);
            return;
        }

        if (inside > 0)
        {
            Address previous = Output.At(PreviousRowStart + First);
            AddHiddenShare(weights, previous, Output.RowStep, 0, inside, start, target, targetStep);
        }

        int starting = OwnRows - inside;
        if (starting > 0 && !StartsFromZero)
        {
            Address initial = Memory.InitialHidden.At(First + inside);
            AddHiddenShare(weights, initial, hidden, inside, starting, start, target, targetStep);
        }
        else if (starting > 0 && !start.IsNone)
        {
            for (int row = inside; row < OwnRows; row++)
            {
                Address destination = target + (First + row) * targetStep;
                for (int gate = 0; gate < weights.Columns / CellSize; gate++)
                {
                    int column = gate * CellSize + FirstUnit;
                    (start + column).Span(Units).CopyTo((destination + column).Span(Units));
                }
            }
        }
    }

    private void AddHiddenShare(
        PackedMatrix weights, Address left, nint leftStep, int firstRow, int rows, Address start, Address target, nint targetStep)
    {
        target += (First + firstRow) * targetStep;
        var block = new RowBlock { Left = left, Initial = start.IsNone ? target : start, Target = target, Rows = rows };
        var steps = new RowSteps(leftStep, start.IsNone ? targetStep : 0, targetStep);
        MultiplyUnits(new ReadOnlySpan<RowBlock>(ref block), steps, weights, CellSize, FirstUnit, Units);
    }

    /// <summary>The product for some hidden units of every group of columns.</summary>
    /// <param name="blocks">The rows.</param>
    /// <param name="steps">The distances between them.</param>
    /// <param name="weights">The weights; in one group a gate, if not all units are wanted.</param>
    /// <param name="hidden">H, the columns of a group where there is one a gate.</param>
    /// <param name="firstUnit">The first unit, at the beginning of a panel.</param>
    /// <param name="units">The number of units.</param>
    public static void MultiplyUnits(
        ReadOnlySpan<RowBlock> blocks, RowSteps steps, PackedMatrix weights, int hidden, int firstUnit, int units)
    {
        if (units == hidden)
        {
            MatrixProduct.Multiply(blocks, steps, weights, 0, weights.Panels);
            return;
        }

        int first = firstUnit / PackedMatrix.PanelWidth;
        int last = (firstUnit + units + PackedMatrix.PanelWidth - 1) / PackedMatrix.PanelWidth;
        for (int group = 0; group < weights.Groups; group++)
        {
            int panel = group * weights.GroupPanels;
            MatrixProduct.Multiply(blocks, steps, weights, panel + first, panel + last);
        }
    }
}
