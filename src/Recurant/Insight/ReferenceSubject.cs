namespace Recurant.Insight;

/// <summary>
/// A recurrent classifier as the equations in double precision see it: its shape, its tensors, and one pass of the engine, whose
/// gradients are compared with theirs.
/// </summary>
internal sealed record ReferenceSubject
{
    public required RecurrentSpec Recurrent { get; init; }

    public required Pooling Pooling { get; init; }

    public required int VocabularySize { get; init; }

    /// <summary>E, the width of the word vectors; 0 for one-hot words.</summary>
    public required int EmbeddingSize { get; init; }

    public required int Classes { get; init; }

    /// <summary>The tensors of the network, those of <see cref="Direct"/> included.</summary>
    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>E [V, E]; null for one-hot words.</summary>
    public Parameter? Table { get; init; }

    /// <summary>What goes past the layers to the logits; null for nothing.</summary>
    public DirectConnections? Direct { get; init; }

    /// <summary>
    /// Forward, mean cross-entropy against the labels in the batch's order, and back to the initial states; the gradients are
    /// added in the parameters.
    /// </summary>
    public required Func<BatchLayout, int[], RecurrentMemory> Pass { get; init; }

    /// <summary>The network to the reference, of which the table of words may hold some words alone.</summary>
    /// <param name="words">The number of words; null for all.</param>
    public ReferenceSpec SpecFor(int? words = null) =>
        SpecOf(Recurrent, Pooling, EmbeddingSize, words ?? VocabularySize, Classes);

    /// <summary>A recurrent classifier to the reference.</summary>
    public static ReferenceSpec SpecOf(
        RecurrentSpec recurrent, Pooling pooling, int embeddingSize, int vocabularySize, int classes) =>
        new()
        {
            Cell = Enum.TryParse(recurrent.Cell.ToString(), out ReferenceCell cell) ? cell
                : throw new ArgumentOutOfRangeException(
                    nameof(recurrent), recurrent.Cell, "The reference does not describe this cell."),
            Activation = ActivationOf(recurrent.Activation),
            Form = recurrent.Form == ElmanForm.PreActivation ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
            Reset = ResetOf(recurrent.GruReset),
            Input = embeddingSize == 0 ? ReferenceInput.OneHot : ReferenceInput.Embedding,
            VocabularySize = vocabularySize,
            InputSize = embeddingSize == 0 ? vocabularySize : embeddingSize,
            HiddenSize = recurrent.HiddenSize, Layers = recurrent.Layers, Bidirectional = recurrent.Bidirectional,
            Pooling = Enum.Parse<ReferencePooling>(pooling.ToString()),
            AttentionSize = pooling == Pooling.Attention ? recurrent.HiddenSize : 0,
            Classes = classes,
        };

    public static ReferenceActivation ActivationOf(Activation activation) =>
        Enum.TryParse(activation.ToString(), out ReferenceActivation known) ? known : ReferenceActivation.Tanh;

    public static ReferenceReset ResetOf(GruReset reset) =>
        reset == GruReset.Outside ? ReferenceReset.Outside : ReferenceReset.Inside;

    /// <summary>The tensors that the reference has, in the order of files.</summary>
    /// <param name="words">The rows of the table of words that are taken; those of one-hot words are taken whole.</param>
    /// <param name="gradients">Whether their gradients are meant.</param>
    public ReferenceTensors Tensors(int[] words, bool gradients)
    {
        var tensors = new ReferenceTensors();
        foreach (Parameter parameter in Parameters.Where(each => !ReferenceEquals(each, Direct?.Weights)))
        {
            Matrix matrix = gradients ? parameter.GradientMatrix : parameter.Matrix;
            ReadOnlySpan<float> values = gradients ? parameter.Gradient : parameter.Value;
            float[] ordered;
            if (ReferenceEquals(parameter, Table))
            {
                ordered = [.. words.SelectMany(word => matrix.Row(word).ToArray())];
            }
            else
            {
                ordered = new float[values.Length];
                for (int i = 0; i < ordered.Length; i++) ordered[i] = values[PlaceOf(parameter, i)];
            }

            tensors.Set(NameOf(parameter), ordered);
        }

        return tensors;
    }

    /// <summary>What the engine's pass gives a batch; the parameters have no gradients afterwards.</summary>
    /// <param name="batch">The texts.</param>
    /// <param name="labels">The labels of the texts, as they were numbered when the batch was filled.</param>
    /// <param name="words">As of <see cref="Tensors"/>.</param>
    public (ReferenceTensors Gradients, RecurrentMemory Memory) Run(BatchLayout batch, IReadOnlyList<int> labels, int[] words)
    {
        foreach (Parameter parameter in Parameters) parameter.ClearGradient();
        RecurrentMemory memory = Pass(batch, [.. batch.Order.ToArray().Select(text => labels[text])]);
        ReferenceTensors gradients = Tensors(words, gradients: true);
        Parameters.DropGradients();
        return (gradients, memory);
    }

    /// <summary>What the direct connections add to each text's logits, a constant to the equations: part of the bias.</summary>
    public double[][] DirectShares(BatchLayout batch)
    {
        var store = new RowStore();
        store.Reserve(batch.Sequences, Classes).Clear();
        Matrix shares = store.Rows(batch.Sequences);
        Direct?.Forward(batch, shares);
        var ordered = new double[batch.Sequences][];
        for (int b = 0; b < ordered.Length; b++)
        {
            ordered[batch.Order[b]] = [.. shares.Row(b).ToArray().Select(value => (double)value)];
        }

        return ordered;
    }

    /// <summary>A batch of all texts in their order.</summary>
    public static BatchLayout BatchOf(IReadOnlyList<int[]> texts)
    {
        var batch = new BatchLayout();
        batch.Fill([.. texts], [.. Enumerable.Range(0, texts.Count)]);
        return batch;
    }

    /// <summary>Where element i of the file's layout lies in memory.</summary>
    public static int PlaceOf(Parameter parameter, int i)
    {
        if (!parameter.IsStoredTransposed) return i;
        int rows = parameter.Shape[0], columns = parameter.Shape[1];
        return i % rows * columns + i / rows;
    }

    /// <summary>The tensor's name in the network: of an average of models without the model's number, "models.0.".</summary>
    private static string NameOf(Parameter parameter) =>
        parameter.Name.StartsWith("models.", StringComparison.Ordinal)
            ? parameter.Name[(parameter.Name.IndexOf('.', "models.".Length) + 1)..]
            : parameter.Name;
}
