namespace Recurant.Inputs;

/// <summary>What the reading of words keeps of a batch.</summary>
internal sealed class WordMemory
{
    /// <summary>The words as they were read last; -1 for one whose vector is hidden.</summary>
    public int[] Tokens { get; set; } = [];

    /// <summary>[B, X]: the dropout of the columns of what is read.</summary>
    public RowStore InputMask { get; } = new();

    /// <summary>Of a reader of characters.</summary>
    public CharacterMemory? Characters { get; init; }

    public WordForms? Forms { get; set; }

    /// <summary>The forms of the batch, each once.</summary>
    public DistinctWords DistinctForms { get; } = new();

    /// <summary>Whether a way back will follow. Default: yes.</summary>
    public bool KeepsHistory { get; set; } = true;
}

/// <summary>
/// x_t = E[w_t], or with characters x_t = [E[w_t]; characters(w_t)]; with the dropouts of word types and of columns, and the way
/// back. A batch may be read in segments, if there are no characters: what is drawn once a text is drawn for the whole batch.
/// </summary>
internal sealed class WordReader(Embedding embedding, CharacterEncoder? characters = null)
{
    /// <summary>X, the width of what is read of a word.</summary>
    private int Size => embedding.Size + (characters?.Size ?? 0);

    /// <summary>Whether anything that is read is trained.</summary>
    public bool NeedsGradient => embedding.Table.IsTrainable || characters is not null;

    /// <summary>
    /// Takes note of the forms of a batch whose numbers are theirs, and puts the numbers of their words in their places: word
    /// dropout, word vectors and direct connections go by words, characters by forms.
    /// </summary>
    public void FindForms(BatchLayout batch, WordForms forms, WordMemory memory)
    {
        memory.Forms = forms;
        memory.DistinctForms.FindAll(batch, forms.Count);
        Span<int> tokens = batch.Tokens;
        for (int row = 0; row < tokens.Length; row++) tokens[row] = forms.WordOf(tokens[row]);
    }

    /// <summary>Draws the dropout of the columns, one row a text.</summary>
    public void DrawMask(BatchLayout batch, WordMemory memory, DropoutPlan? dropout)
    {
        if (dropout is not { Input: > 0 } plan) return;
        Dropout.MakeMask(memory.InputMask, batch, Size, plan.Input, plan.Stream(RandomPurpose.InputDropout));
    }

    /// <summary>Writes X [rows, X] of a batch or of a segment of it.</summary>
    public void Read(Workers workers, BatchLayout batch, WordMemory memory, DropoutPlan? dropout, Matrix input)
    {
        memory.Tokens = Workspace.Reserve(memory.Tokens, batch.Rows);
        Span<int> tokens = memory.Tokens.AsSpan(0, batch.Rows);
        batch.Tokens.CopyTo(tokens);
        if (dropout is { Embedding: > 0 } types) WordDropout.HideTypes(tokens, types);
        Matrix words = characters is null ? input : input.Column(0, embedding.Size);
        embedding.Forward(workers, memory.Tokens.AsMemory(0, batch.Rows), words);
        if (dropout is { Embedding: > 0 } scaled) Scale(words, 1f / (1f - scaled.Embedding));
        if (characters is not null)
        {
            ReadOnlyMemory<int> forms = memory.DistinctForms.Words, rows = memory.DistinctForms.Rows;
            characters.Forward(
                workers, memory.Forms!.Characters, forms.Span, rows.Span, input.Column(embedding.Size, characters.Size),
                memory.Characters!, memory.KeepsHistory, CharacterEncoder.PlanFor(dropout));
        }

        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, memory.InputMask, input, input);
    }

    /// <summary>
    /// dE, and the characters' gradients, += the share of the batch or segment that was read last; dX is changed.
    /// </summary>
    public void AddGradient(Workers workers, BatchLayout batch, WordMemory memory, DropoutPlan? dropout, Matrix dInput)
    {
        if (dropout is { Input: > 0 }) Dropout.Apply(workers, batch, memory.InputMask, dInput, dInput);
        Matrix dWords = characters is null ? dInput : dInput.Column(0, embedding.Size);
        if (dropout is { Embedding: > 0 } plan) Scale(dWords, 1f / (1f - plan.Embedding));
        embedding.Backward(workers, memory.Tokens.AsMemory(0, batch.Rows), dWords);
        characters?.Backward(
            workers, dInput.Column(embedding.Size, characters.Size), memory.Characters!, CharacterEncoder.PlanFor(dropout));
    }

    private static void Scale(Matrix matrix, float factor)
    {
        for (int row = 0; row < matrix.Rows; row++) Elementwise.Scale(matrix.Row(row), factor);
    }
}
