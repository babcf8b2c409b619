namespace Recurant.Tasks;

/// <summary>
/// Runs a network, or several whose probabilities are averaged, forward over many encoded texts, in batches of similar length.
/// </summary>
/// <param name="networks">The networks, at least one.</param>
/// <param name="classes">C, the number of classes.</param>
/// <param name="workers">The threads.</param>
/// <param name="memory">Memory for the first network to work in, such as that of a training run; made when left out.</param>
internal sealed class ClassifierScorer(
    IReadOnlyList<ClassifierNetwork> networks, int classes, Workers workers, ClassifierMemory? memory = null)
{
    private const string FewerTexts = "Give fewer texts at once.";

    /// <summary>A batch has at most so many texts, and not many more tokens than this, so that its memory stays small.</summary>
    private const int MostTexts = 128, MostTokens = 8192;

    private readonly ClassifierMemory[] _memories =
        [memory ?? networks[0].CreateMemory(), .. networks.Skip(1).Select(network => network.CreateMemory())];
    private readonly BatchLayout _batch = new();
    private readonly float[] _probabilities = new float[classes];
    // [texts of a batch, N]
    private readonly float[] _logProbabilities = networks.Count > 1 ? new float[MostTexts * networks.Count] : [];

    /// <summary>Forward without the history that only a backward pass needs.</summary>
    private Matrix Forward(int network, WordForms? forms)
    {
        ClassifierMemory memory = _memories[network];
        memory.KeepsHistory = false;
        memory.Forms = forms;
        try
        {
            return networks[network].Forward(workers, _batch, memory, dropout: null);
        }
        finally
        {
            memory.KeepsHistory = true;
        }
    }

    /// <summary>
    /// The class probabilities of every text: element [i * C + j] belongs to text i and class j. The batching does not
    /// change them: each row of a product is a sum of its own.
    /// </summary>
    /// <param name="sequences">Encoded texts.</param>
    /// <param name="forms">What the numbers of the texts speak of, where networks read characters.</param>
    /// <param name="logLosses">If given, gets -ln of the probability of <paramref name="labels"/>[i] for each text.</param>
    /// <param name="labels">The right classes, if the losses are wanted.</param>
    /// <param name="cancellation">Looked at before each network reads a batch.</param>
    public float[] Probabilities(
        IReadOnlyList<int[]> sequences, WordForms? forms = null, float[]? logLosses = null, int[]? labels = null,
        CancellationToken cancellation = default)
    {
        var probabilities = new float[Workspace.RequireLength(sequences.Count, classes, FewerTexts)];
        foreach (ArraySegment<int> chosen in LengthBatches.Of(sequences, MostTexts, MostTokens))
        {
            for (int n = 0; n < networks.Count; n++)
            {
                cancellation.ThrowIfCancellationRequested();
                // Again for every network: one that reads characters leaves the numbers of words in the batch.
                _batch.Fill(sequences, chosen);
                Add(n, Forward(n, forms), chosen, probabilities, logLosses, labels);
            }

            if (networks.Count > 1) Average(chosen, probabilities, logLosses, labels);
        }

        return probabilities;
    }

    /// <summary>The logits of every text by each network: element [n][i] of network n and text i.</summary>
    /// <param name="sequences">Encoded texts.</param>
    /// <param name="forms">What the numbers of the texts speak of, where networks read characters.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <param name="use">If given, called after each batch of a network with its memory and the texts of the batch.</param>
    public float[][][] Logits(
        IReadOnlyList<int[]> sequences, WordForms? forms, CancellationToken cancellation = default,
        Action<int, ClassifierMemory, BatchLayout, ArraySegment<int>>? use = null)
    {
        float[][][] logits = [.. networks.Select(_ => new float[sequences.Count][])];
        foreach (ArraySegment<int> chosen in LengthBatches.Of(sequences, MostTexts, MostTokens))
        {
            for (int n = 0; n < networks.Count; n++)
            {
                cancellation.ThrowIfCancellationRequested();
                _batch.Fill(sequences, chosen);
                Matrix rows = Forward(n, forms);
                for (int b = 0; b < chosen.Count; b++) logits[n][chosen[_batch.Order[b]]] = rows.Row(b).ToArray();
                use?.Invoke(n, _memories[n], _batch, chosen);
            }
        }

        return logits;
    }

    /// <summary>The probabilities of one network, added to those of the networks before it.</summary>
    private void Add(
        int network, Matrix logits, ReadOnlySpan<int> chosen, float[] probabilities, float[]? logLosses, int[]? labels)
    {
        for (int b = 0; b < chosen.Length; b++)
        {
            int text = chosen[_batch.Order[b]];
            Span<float> row = logits.Row(b), all = probabilities.AsSpan(text * classes, classes);
            float logit = labels is null ? 0 : row[labels[text]];
            float logSum = Softmax.Apply(row, network == 0 ? all : Workspace.Reuse(_probabilities));
            if (network > 0) Elementwise.Add(_probabilities, all);
            if (logLosses is null) continue;
            logLosses[text] = logSum - logit;
            if (networks.Count > 1) _logProbabilities[_batch.Order[b] * networks.Count + network] = logit - logSum;
        }
    }

    private void Average(ReadOnlySpan<int> chosen, float[] probabilities, float[]? logLosses, int[]? labels)
    {
        for (int i = 0; i < chosen.Length; i++)
        {
            ModelAverage.Divide(probabilities.AsSpan(chosen[i] * classes, classes), networks.Count);
            if (logLosses is null || labels is null) continue;
            logLosses[chosen[i]] = ModelAverage.Loss(_logProbabilities.AsSpan(i * networks.Count, networks.Count));
        }
    }
}
