namespace Recurant.Models;

/// <summary>The same network asked with vectors in the place of words, as its explanation needs it.</summary>
internal sealed partial class RecurrentNetwork
{
    int IVectorNetwork.VectorSize => _spec.InputSize;

    /// <summary>Where words and pairs are connected to the output directly.</summary>
    public DirectConnections? Direct => _direct;

    /// <summary>V and b.</summary>
    public Dense Output => _output;

    Matrix IVectorNetwork.ReadVectors(Workers workers, BatchLayout batch, NetworkMemory memory)
    {
        var own = (Memory)memory;
        WordReader words = _words ?? throw new InvalidOperationException("A network of one-hot input has no vectors.");
        if (_characters is not null)
        {
            words.FindForms(
                batch, own.Forms ?? throw new InvalidOperationException("The characters of words are missing."), own.Words);
        }

        Matrix input = own.Input.Reserve(batch.Rows, _spec.InputSize).Rows(batch.Rows);
        own.Words.KeepsHistory = false;
        words.Read(workers, batch, own.Words, dropout: null, input);
        return input;
    }

    Matrix IVectorNetwork.ForwardVectors(Workers workers, BatchLayout batch, Matrix vectors, NetworkMemory memory)
    {
        var own = (Memory)memory;
        own.Distinct.Clear();
        own.Recurrent.InputRows = default;
        Matrix pooled = own.Pooled.Reserve(batch.Sequences, _stack.Spec.OutputSize).Rows(batch.Sequences);
        Run(workers, batch, own, vectors, pooled, dropout: null);
        Matrix logits = memory.Logits.Reserve(batch.Sequences, _spec.Classes).Rows(batch.Sequences);
        _output.Forward(workers, pooled, logits, memory.Output);
        return logits;
    }

    void IVectorNetwork.BackwardVectors(
        Workers workers, BatchLayout batch, Matrix vectors, NetworkMemory memory, Matrix dLogits, Matrix dVectors)
    {
        var own = (Memory)memory;
        Matrix pooled = own.Pooled.Rows(batch.Sequences);
        Matrix dPooled = own.DPooled.Reserve(batch.Sequences, pooled.Columns).Rows(batch.Sequences);
        _output.Backward(workers, pooled, dLogits, dPooled, memory.Output);
        Matrix dh = BackThroughPooling(workers, batch, own, dPooled);
        _stack.Backward(workers, batch, vectors, dh, dVectors, own.Recurrent, dropout: null);
    }

    /// <summary>The pooled vectors [B, D H] of the last forward pass, in the batch's order.</summary>
    public Matrix PooledOf(NetworkMemory memory, BatchLayout batch) => ((Memory)memory).Pooled.Rows(batch.Sequences);

    /// <summary>
    /// A network of vectors that answers texts of a few words as this one of one-hot input does: its vectors are one-hot too, of
    /// those words alone.
    /// </summary>
    /// <param name="words">The distinct words; at least one.</param>
    public RecurrentNetwork ForVectorsOf(IReadOnlyList<int> words)
    {
        // As wide as the layers, some cells would carry their input past the recurrence.
        int width = words.Count == _spec.Recurrent.HiddenSize ? words.Count + 1 : words.Count;
        var network = new RecurrentNetwork(_spec with
        {
            EmbeddingSize = width, VocabularySize = width, DirectBuckets = 0, Models = 1,
        });
        RecurrentCell[] from = [.. _stack.Cells], to = [.. network._stack.Cells];
        for (int c = 0; c < from.Length; c++)
        {
            Parameters.Parameter[] source = [.. from[c].Parameters], target = [.. to[c].Parameters];
            for (int p = 0; p < source.Length; p++)
            {
                if (!ReferenceEquals(source[p], from[c].InputWeights) || !from[c].OneHotInput)
                {
                    source[p].Value.CopyTo(target[p].Value);
                }
                else
                {
                    Matrix columns = source[p].Matrix, dense = target[p].Matrix;
                    for (int word = 0; word < words.Count; word++)
                    {
                        for (int gate = 0; gate < dense.Rows; gate++) dense.Row(gate)[word] = columns.Row(words[word])[gate];
                    }
                }

                target[p].MarkChanged();
            }
        }

        Copy(_output.Parameters, network._output.Parameters);
        if (_attention is not null) Copy(_attention.Parameters, network._attention!.Parameters);
        return network;
    }

    private static void Copy(IEnumerable<Parameters.Parameter> source, IEnumerable<Parameters.Parameter> target)
    {
        foreach ((Parameters.Parameter from, Parameters.Parameter to) in source.Zip(target))
        {
            from.Value.CopyTo(to.Value);
            to.MarkChanged();
        }
    }
}
