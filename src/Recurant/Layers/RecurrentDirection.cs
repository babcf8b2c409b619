using Recurant.Cells;
using Recurant.Data;
using Recurant.Numerics;

namespace Recurant.Layers;

/// <summary>
/// One cell unrolled over time in one direction, and back-propagation through time. The same weights serve every step.
/// The sequences are dealt out over the workers, and each worker runs its own through all steps: no worker ever waits
/// for another inside the loop over time.
/// </summary>
internal sealed class RecurrentDirection(RecurrentCell cell, bool reverse)
{
    public RecurrentCell Cell => cell;

    /// <summary>Runs all steps. memory.InitialHidden, InitialCell and RecurrentMask are set by the caller.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The layout of the rows; the tokens, if the cell reads one-hot input.</param>
    /// <param name="input">X [rows, I]; not read by a cell with one-hot input.</param>
    /// <param name="output">H [rows, H], written.</param>
    /// <param name="memory">Keeps what the way back needs.</param>
    /// <param name="hasInitialState">Whether an initial state was given; without one the first product is left out.</param>
    /// <param name="hasMask">Whether h_(t-1) is multiplied by memory.RecurrentMask before it enters the product.</param>
    public void Forward(
        Workers workers, SequenceBatch batch, Matrix input, Matrix output, CellMemory memory, bool hasInitialState, bool hasMask)
    {
        int rows = batch.Rows, hidden = cell.HiddenSize;
        memory.Gates.Reserve(rows, cell.Gates * hidden);
        memory.Previous.Reserve(rows, hidden);
        cell.Reserve(memory, rows);
        cell.PackForward(workers, memory.Packed);
        AddInputShare(workers, batch, input, memory);
        for (int b = 0; b < batch.Sequences; b++) cell.EnterInitialState(memory.InitialHidden.Row(b));

        var work = new ForwardWork
        {
            Direction = this, Batch = batch, Output = output, Memory = memory,
            HasInitialState = hasInitialState, HasMask = hasMask,
        };
        RunOverSequences(workers, ref work, batch);
    }

    /// <summary>
    /// Runs all steps back and adds the gradients of all weights. memory.DHidden and DCell [B, H] hold the gradients of
    /// the final states on entry (of a pre-activation cell that of its last output) and those of the initial states on
    /// return.
    /// </summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The same batch as in the forward pass.</param>
    /// <param name="input">The same X.</param>
    /// <param name="output">The same H.</param>
    /// <param name="dOutput">dH [rows, H]: the gradient of the loss with respect to the output.</param>
    /// <param name="dInput">dX [rows, I], added to; left out when nobody needs it.</param>
    /// <param name="memory">What the forward pass kept; the gates are overwritten by their gradients.</param>
    /// <param name="hasMask">As in the forward pass.</param>
    public void Backward(
        Workers workers, SequenceBatch batch, Matrix input, Matrix output, Matrix dOutput, Matrix? dInput, CellMemory memory,
        bool hasMask)
    {
        memory.Product.Reserve(batch.Sequences, cell.HiddenSize);
        cell.PackBackward(workers, memory.Packed);
        var work = new BackwardWork
        {
            Direction = this, Batch = batch, Output = output, DOutput = dOutput, Memory = memory, HasMask = hasMask,
        };
        RunOverSequences(workers, ref work, batch);

        for (int b = 0; b < batch.Sequences; b++) cell.LeaveInitialState(memory.InitialHidden.Row(b), memory.DHidden.Row(b));
        cell.AddHiddenGradients(workers, memory, batch.Rows);
        AddInputGradients(workers, batch, input, dInput, memory);
    }

    /// <summary>gates = b + W_ih x_t for all steps, in one product.</summary>
    private void AddInputShare(Workers workers, SequenceBatch batch, Matrix input, CellMemory memory)
    {
        Matrix gates = memory.Gates.Rows(batch.Rows);
        Span<float> bias = gates.Row(0);
        cell.InputBias.Value.CopyTo(bias);
        if (cell.AddsHiddenBiasToInput) Elementwise.Add(cell.HiddenBias.Value, bias);
        Elementwise.RepeatFirstRow(workers, gates);

        if (cell.OneHotInput)
        {
            // W_ih x for a one-hot x is a column of W_ih.
            Matrix columns = cell.InputWeights.Matrix;
            for (int row = 0; row < gates.Rows; row++) Elementwise.Add(columns.Row(batch.Tokens[row]), gates.Row(row));
            return;
        }

        memory.Packed.Input.Update(workers, cell.InputWeights, transposed: true);
        MatrixProduct.Multiply(workers, input, memory.Packed.Input.Matrix, gates, accumulate: true);
    }

    /// <summary>
    /// dW_ih = sum_t dz_t x_t^T,  db_ih = sum_t dz_t,  dx_t = W_ih^T dz_t: one product each over all rows. Where b_hh stands
    /// beside b_ih its gradient is the same.
    /// </summary>
    private void AddInputGradients(Workers workers, SequenceBatch batch, Matrix input, Matrix? dInput, CellMemory memory)
    {
        Matrix dGates = memory.Gates.Rows(batch.Rows);
        memory.BiasSums.Reserve(dGates.Columns).Clear();
        Reductions.AddColumnSums(workers, dGates, memory.BiasSums);
        Elementwise.Add(memory.BiasSums.Span, cell.InputBias.Gradient);
        if (cell.AddsHiddenBiasToInput) Elementwise.Add(memory.BiasSums.Span, cell.HiddenBias.Gradient);
        if (cell.OneHotInput)
        {
            Matrix dColumns = cell.InputWeights.GradientMatrix;
            for (int row = 0; row < dGates.Rows; row++)
            {
                int token = batch.Tokens[row];
                cell.InputWeights.Touched!.Add(token);
                Elementwise.Add(dGates.Row(row), dColumns.Row(token));
            }

            return;
        }

        PackedMatrix scratch = memory.Packed.Scratch;
        scratch.Pack(workers, input);
        MatrixProduct.MultiplyTransposed(workers, dGates, scratch, cell.InputWeights.GradientMatrix, accumulate: true);
        if (dInput is { } target)
        {
            memory.Packed.InputBackward.Update(workers, cell.InputWeights, transposed: false);
            MatrixProduct.Multiply(workers, dGates, memory.Packed.InputBackward.Matrix, target, accumulate: true);
        }
    }

    private void RunOverSequences<TWork>(Workers workers, ref TWork work, SequenceBatch batch) where TWork : struct, IParallelWork
    {
        long products = (long)batch.Rows * cell.Gates * cell.HiddenSize * cell.HiddenSize;
        if (batch.Sequences < 2 || products < 1 << 18)
        {
            work.Execute(0, 1);
        }
        else
        {
            workers.Run(ref work);
        }
    }

    private CellStep StepAt(
        SequenceBatch batch, int t, CellMemory memory, Matrix output, int part, int parts, bool hasInitialState)
    {
        int before = reverse ? t + 1 : t - 1;
        bool isFirst = before < 0 || before == batch.Steps;
        return new CellStep
        {
            Memory = memory,
            RowStart = batch.RowStart(t),
            PreviousRowStart = isFirst ? 0 : batch.RowStart(before),
            PreviousCount = isFirst ? 0 : Math.Min(batch.SequencesAt(before), batch.SequencesAt(t)),
            Count = batch.SequencesAt(t),
            First = part,
            Stride = parts,
            Output = output,
            StartsFromZero = isFirst && !hasInitialState && !cell.StartsFromNonZero,
        };
    }

    private struct ForwardWork : IParallelWork
    {
        public RecurrentDirection Direction;
        public SequenceBatch Batch;
        public Matrix Output;
        public CellMemory Memory;
        public bool HasInitialState, HasMask;

        public readonly void Execute(int part, int parts)
        {
            for (int i = 0; i < Batch.Steps; i++)
            {
                int t = Direction.IsReverse ? Batch.Steps - 1 - i : i;
                CellStep step = Direction.StepAt(Batch, t, Memory, Output, part, parts, HasInitialState);
                for (int b = part; b < step.Count; b += parts)
                {
                    Span<float> previous = Memory.Previous.Row(step.RowStart + b);
                    if (HasMask)
                    {
                        Elementwise.Multiply(step.PreviousHidden(b), Memory.RecurrentMask.Row(b), previous);
                    }
                    else
                    {
                        step.PreviousHidden(b).CopyTo(previous);
                    }
                }

                if (part < step.Count) Direction.Cell.StepForward(step);
            }
        }
    }

    private struct BackwardWork : IParallelWork
    {
        public RecurrentDirection Direction;
        public SequenceBatch Batch;
        public Matrix Output, DOutput;
        public CellMemory Memory;
        public bool HasMask;

        public readonly void Execute(int part, int parts)
        {
            for (int i = Batch.Steps - 1; i >= 0; i--)
            {
                int t = Direction.IsReverse ? Batch.Steps - 1 - i : i;
                CellStep step = Direction.StepAt(Batch, t, Memory, Output, part, parts, hasInitialState: true);
                if (part >= step.Count)
                {
                    continue;
                }

                for (int b = part; b < step.Count; b += parts)
                {
                    Elementwise.Add(DOutput.Row(step.RowStart + b), Memory.DHidden.Row(b));
                }

                Direction.Cell.StepBackward(step);
                for (int b = part; b < step.Count; b += parts)
                {
                    Span<float> product = Memory.Product.Row(b);
                    if (HasMask) Elementwise.Multiply(product, Memory.RecurrentMask.Row(b), product);
                    Elementwise.Add(product, Memory.DHidden.Row(b));
                }
            }
        }
    }

    private bool IsReverse => reverse;
}
