namespace Recurant.Layers;

/// <summary>What a <see cref="CharacterEncoder"/> keeps of a batch.</summary>
internal sealed class CharacterMemory
{
    public required RecurrentMemory Recurrent { get; init; }

    /// <summary>The characters of the batch's distinct words, a sequence a word.</summary>
    public BatchLayout Batch { get; } = new();

    /// <summary>For each sequence its rank by length; <see cref="BatchLayout.Order"/> tells the sequence of a rank.</summary>
    public int[] Ranks { get; set; } = [];

    /// <summary>For each row of the sentences the row of <see cref="Final"/> it reads.</summary>
    public int[] Rows { get; set; } = [];

    public RowStore Input { get; } = new();

    public RowStore DInput { get; } = new();

    /// <summary>[distinct words, 2 C].</summary>
    public RowStore Final { get; } = new();

    public RowStore DFinal { get; } = new();

    public RowStore DHidden { get; } = new();

    public PoolingMemory Pooling { get; } = new();
}

/// <summary>
/// Words spelt out: recurrent layers read the characters of a word in both directions, and their final states are its vector
/// (Ling et al., EMNLP 2015). So a word that was never seen has a vector too, by its prefix, its ending and its capitals.
/// <code>
/// (1) x_i = E[character i of the word]
/// (2) h_1 .. h_n = recurrent(x_1 .. x_n)
/// (3) v = [h_n forward, h_1 backward]
/// </code>
/// Each distinct word of a batch is read once, and its vector copied to every place where the word stands.
/// </summary>
internal sealed class CharacterEncoder
{
    private readonly Embedding _embedding;
    private readonly RecurrentStack _stack;

    /// <param name="characters">The number of characters known, the unknown one included.</param>
    /// <param name="recurrent">The recurrent layers; InputSize is the width of a character's vector, HiddenSize C.</param>
    public CharacterEncoder(int characters, StackSpec recurrent)
    {
        _embedding = new Embedding("embedding", characters, recurrent.InputSize);
        _stack = new RecurrentStack(recurrent);
        Parameters = [_embedding.Table, .. _stack.Parameters];
        foreach (Parameter parameter in Parameters) parameter.Name = "characters." + parameter.Name;
    }

    public IReadOnlyList<Parameter> Parameters { get; }

    public RecurrentStack Stack => _stack;

    /// <summary>The width of a word's vector, 2 C.</summary>
    public int Size => _stack.Spec.OutputSize;

    public CharacterMemory CreateMemory() => new() { Recurrent = _stack.CreateMemory() };

    public void Initialise(ulong seed, uint ordinal)
    {
        _embedding.Initialise(seed, ordinal, deviation: 0.2f);
        _stack.Initialise(seed, ordinal + 1);
    }

    /// <summary>
    /// The dropout of the layer that belongs to a network's: it has one place, the way from step to step, and its own random
    /// numbers.
    /// </summary>
    public static DropoutPlan? PlanFor(DropoutPlan? dropout) => dropout is { Recurrent: > 0 } plan
        ? new DropoutPlan { Recurrent = plan.Recurrent, Seed = plan.Seed ^ 0x9E3779B97F4A7C15, Step = plan.Step }
        : null;

    /// <summary>Writes the vector of every row's word.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="characters">The characters of every word there is, by number.</param>
    /// <param name="words">The numbers of the batch's distinct words.</param>
    /// <param name="rows">For each row of the sentences the place of its word in <paramref name="words"/>.</param>
    /// <param name="output">[rows, 2 C], written.</param>
    /// <param name="memory">Keeps what the backward pass needs.</param>
    /// <param name="keepsHistory">Whether a backward pass will follow.</param>
    /// <param name="dropout">The dropouts of the recurrent layers, if any.</param>
    public void Forward(
        Workers workers, IReadOnlyList<int[]> characters, ReadOnlySpan<int> words, ReadOnlySpan<int> rows, Matrix output,
        CharacterMemory memory, bool keepsHistory, DropoutPlan? dropout)
    {
        BatchLayout batch = memory.Batch;
        batch.Fill(characters, words);
        ListRows(memory, rows);
        Matrix input = memory.Input.Reserve(batch.Rows, _embedding.Size).Rows(batch.Rows);
        _embedding.Forward(workers, batch.TokenMemory, input);
        memory.Recurrent.KeepsHistory = keepsHistory;
        _stack.ResetInitialState(memory.Recurrent, batch.Sequences);
        Matrix h = _stack.Forward(workers, batch, input, memory.Recurrent, dropout);
        Matrix final = memory.Final.Reserve(batch.Sequences, Size).Rows(batch.Sequences);
        FixedPooling.Forward(workers, Pooling.Last, batch, _stack.Spec.Directions, h, final, memory.Pooling);
        var copy = new CopyWork { Source = final, Target = output, Rows = memory.Rows.AsMemory(0, rows.Length) };
        workers.Run(ref copy);
    }

    /// <summary>Adds the gradients of all parameters, given those [rows, 2 C] of the words' vectors.</summary>
    public void Backward(Workers workers, Matrix dOutput, CharacterMemory memory, DropoutPlan? dropout)
    {
        BatchLayout batch = memory.Batch;
        memory.DFinal.Reserve(batch.Sequences, Size).Clear();
        Matrix dFinal = memory.DFinal.Rows(batch.Sequences);
        var add = new AddWork { Source = dOutput, Target = dFinal, Rows = memory.Rows.AsMemory(0, dOutput.Rows) };
        workers.Run(ref add);

        memory.DHidden.Reserve(batch.Rows, Size).Clear();
        Matrix dh = memory.DHidden.Rows(batch.Rows);
        FixedPooling.Backward(workers, Pooling.Last, batch, _stack.Spec.Directions, dFinal, dh, memory.Pooling);
        _stack.ResetFinalGradient(memory.Recurrent, batch.Sequences);
        memory.DInput.Reserve(batch.Rows, _embedding.Size).Clear();
        Matrix dInput = memory.DInput.Rows(batch.Rows);
        _stack.Backward(workers, batch, memory.Input.Rows(batch.Rows), dh, dInput, memory.Recurrent, dropout);
        _embedding.Backward(workers, batch.TokenMemory, dInput);
    }

    private static void ListRows(CharacterMemory memory, ReadOnlySpan<int> rows)
    {
        BatchLayout batch = memory.Batch;
        memory.Ranks = Workspace.Reserve(memory.Ranks, batch.Sequences);
        memory.Rows = Workspace.Reserve(memory.Rows, rows.Length);
        for (int b = 0; b < batch.Sequences; b++) memory.Ranks[batch.Order[b]] = b;
        for (int row = 0; row < rows.Length; row++) memory.Rows[row] = memory.Ranks[rows[row]];
    }

    /// <summary>Rows are dealt out.</summary>
    private struct CopyWork : IParallelWork
    {
        public Matrix Source, Target;
        public ReadOnlyMemory<int> Rows;

        public readonly void Execute(int part, int parts)
        {
            ReadOnlySpan<int> rows = Rows.Span;
            (int first, int last) = Partition.Range(rows.Length, part, parts);
            for (int row = first; row < last; row++) Source.Row(rows[row]).CopyTo(Target.Row(row));
        }
    }

    /// <summary>Columns are dealt out, in cache lines: the gradients of a word are added in the order of the rows.</summary>
    private struct AddWork : IParallelWork
    {
        public Matrix Source, Target;
        public ReadOnlyMemory<int> Rows;

        public readonly void Execute(int part, int parts)
        {
            ReadOnlySpan<int> rows = Rows.Span;
            (int first, int last) = Partition.Range((Source.Columns + 15) / 16, part, parts);
            int begin = Math.Min(16 * first, Source.Columns), count = Math.Min(16 * last, Source.Columns) - begin;
            for (int row = 0; row < rows.Length && count > 0; row++)
            {
                Elementwise.Add(Source.Row(row).Slice(begin, count), Target.Row(rows[row]).Slice(begin, count));
            }
        }
    }
}
