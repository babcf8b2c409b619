using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Numerics;

namespace Recurant.Models;

/// <summary>What the reading of words keeps of a batch.</summary>
internal sealed class WordMemory
{
    /// <summary>The words as they were read last; -1 for one whose vector is hidden.</summary>
    public int[] Tokens { get; set; } = [];

    /// <summary>[B, E]: the dropout of the vectors' columns.</summary>
    public RowStore InputMask { get; } = new();
}

/// <summary>
/// x_t = E[w_t], with the dropouts of word types and of the vectors' columns, and the way back. A batch may be read in
/// segments: what is drawn once a text is drawn for the whole batch.
/// </summary>
internal sealed class WordReader(Embedding embedding)
{
    /// <summary>Whether the table of vectors is trained.</summary>
    public bool NeedsGradient => embedding.Table.IsTrainable;

    /// <summary>Draws the dropout of the columns, one row a text.</summary>
    public void DrawMask(SequenceBatch batch, WordMemory memory, DropoutPlan? dropout)
    {
        if (dropout is not { Input: > 0 } plan) return;
        Dropout.MakeMask(memory.InputMask, batch, embedding.Size, plan.Input, plan.Stream(RandomPurpose.InputDropout));
    }

    /// <summary>Writes X [rows, E] of a batch or of a segment of it.</summary>
    public void Read(Workers workers, SequenceBatch batch, WordMemory memory, DropoutPlan? dropout, Matrix input)
    {
        if (memory.Tokens.Length < batch.Rows) memory.Tokens = new int[batch.Rows + batch.Rows / 4];
        Span<int> tokens = memory.Tokens.AsSpan(0, batch.Rows);
        batch.Tokens.CopyTo(tokens);
        if (dropout is { Embedding: > 0 } types) WordDropout.HideTypes(tokens, types);
        embedding.Forward(workers, memory.Tokens.AsMemory(0, batch.Rows), input);
        if (dropout is { Embedding: > 0 } scaled) Elementwise.Scale(input.Span, 1f / (1f - scaled.Embedding));
        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, memory.InputMask, input, input);
    }

    /// <summary>dE += the share of the batch or segment that was read last; dX [rows, E] is changed.</summary>
    public void AddGradient(Workers workers, SequenceBatch batch, WordMemory memory, DropoutPlan? dropout, Matrix dInput)
    {
        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, memory.InputMask, dInput, dInput);
        if (dropout is { Embedding: > 0 } plan) Elementwise.Scale(dInput.Span, 1f / (1f - plan.Embedding));
        embedding.Backward(workers, memory.Tokens.AsMemory(0, batch.Rows), dInput);
    }
}
