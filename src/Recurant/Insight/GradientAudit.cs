using System.Globalization;

namespace Recurant.Insight;

/// <summary>How far the gradients of one tensor are from the slope of the loss.</summary>
/// <param name="Tensor">The tensor's name; <c>h0</c> and <c>c0</c> are the initial states.</param>
/// <param name="Count">How many elements were compared: all of them.</param>
/// <param name="ReferenceError">
/// The largest relative error of the reference's gradients (double precision) against finite differences of its loss.
/// </param>
/// <param name="ProductionError">
/// The largest relative error of the fast code's gradients (single precision) against the reference's.
/// </param>
public readonly record struct GradientAuditRow(string Tensor, int Count, double ReferenceError, double ProductionError)
{
    /// <summary>Whether both errors are within what rounding explains.</summary>
    public bool Passes =>
        ReferenceError <= GradientAudit.ReferenceTolerance && ProductionError <= GradientAudit.ProductionTolerance;

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(GradientAuditRow), PrintMembers);
}

/// <summary>
/// Checks the gradients of a recurrent classifier twice: the reference's, written straight from the equations, against
/// finite differences, and those of the fast code against the reference's. The weights are random; three texts of unequal
/// lengths with repeated words make a batch.
/// </summary>
public static class GradientAudit
{
    /// <summary>
    /// 2e-6: right gradients differ from finite differences by rounding (about 1e-7 of the floor) and by the third
    /// derivative times the square of the step (1e-10); a wrong sign or index gives about 1.
    /// </summary>
    public const double ReferenceTolerance = 2e-6;

    /// <summary>
    /// 1e-3: single precision rounds at 1e-7, a hundred times that relative to an element of a hundredth of the largest
    /// magnitude, and sums over steps and units add to it; a wrong term gives more than 1e-2. Tensors whose gradients are
    /// all below 1e-4 are measured against that: attention's nearly cancel when the steps hardly differ.
    /// </summary>
    public const double ProductionTolerance = 1e-3;

    private static readonly int[] s_lengths = [3, 6, 1];

    /// <summary>Runs both checks.</summary>
    /// <param name="spec">What the network looks like; a few units are enough, and many take long.</param>
    /// <param name="seed">Another seed gives other weights, texts and labels.</param>
    /// <returns>A row for each tensor, in the order of the model file, then h0 and, for an LSTM, c0.</returns>
    /// <exception cref="ArgumentException">The model is not a recurrent one, has direct connections, or a value is out of
    /// range.</exception>
    public static IReadOnlyList<GradientAuditRow> Run(ClassifierSpec spec, int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(spec);
        if (spec.Model != ModelKind.Recurrent || spec.DirectBuckets != 0)
        {
            throw new ArgumentException(
                "Model must be recurrent, without direct connections: these are what the reference describes.", nameof(spec));
        }

        var network = (RecurrentNetwork)ClassifierNetwork.Create(spec);
        ReferenceSpec reference = ReferenceSpecOf(spec);
        ReferenceTensors weights = SinglePrecision(reference.RandomWeights(seed));
        var random = new Random(seed);
        ReferenceExample[] examples = [.. s_lengths.Select(length => new ReferenceExample
        {
            Tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(spec.VocabularySize))],
            Labels = [random.Next(spec.Classes)],
        })];

        var slow = new ReferenceNetwork(reference, weights);
        Dictionary<string, double> referenceErrors = LargestErrors(examples.SelectMany(slow.CheckGradients));
        ReferenceTensors expected = MeanGradients(slow, examples);
        ReferenceTensors computed = ProductionGradients(network, weights, examples, spec);
        Dictionary<string, double> productionErrors =
            LargestErrors(GradientCheck.Compare(computed, expected, floor: GradientCheck.Floor));
        return [.. expected.Names.Select(name =>
            new GradientAuditRow(name, expected[name].Length, referenceErrors[name], productionErrors[name]))];
    }

    internal static ReferenceSpec ReferenceSpecOf(ClassifierSpec spec) => new()
    {
        Cell = spec.Recurrent.Cell switch
        {
            CellKind.Lstm => ReferenceCell.Lstm,
            CellKind.Gru => ReferenceCell.Gru,
            CellKind.MinGru => ReferenceCell.MinGru,
            CellKind.MinLstm => ReferenceCell.MinLstm,
            CellKind.Sru => ReferenceCell.Sru,
            CellKind.IndRnn => ReferenceCell.IndRnn,
            CellKind.Lru => ReferenceCell.Lru,
            CellKind.ProjectedLstm => ReferenceCell.ProjectedLstm,
            CellKind.LayerNormLstm => ReferenceCell.LayerNormLstm,
            CellKind.PeepholeLstm => ReferenceCell.PeepholeLstm,
            CellKind.Elman => ReferenceCell.Elman,
            CellKind other => throw new ArgumentOutOfRangeException(
                nameof(spec), other, "The reference does not describe this cell."),
        },
        Activation = spec.Recurrent.Activation switch
        {
            Activation.Relu => ReferenceActivation.Relu,
            Activation.Sigmoid => ReferenceActivation.Sigmoid,
            _ => ReferenceActivation.Tanh,
        },
        Form = spec.Recurrent.Form == ElmanForm.PreActivation ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
        Reset = spec.Recurrent.GruReset == GruReset.Outside ? ReferenceReset.Outside : ReferenceReset.Inside,
        Input = spec.EmbeddingSize == 0 ? ReferenceInput.OneHot : ReferenceInput.Embedding,
        VocabularySize = spec.VocabularySize,
        InputSize = spec.EmbeddingSize == 0 ? spec.VocabularySize : spec.EmbeddingSize,
        HiddenSize = spec.Recurrent.HiddenSize,
        Layers = spec.Recurrent.Layers,
        Bidirectional = spec.Recurrent.Bidirectional,
        Pooling = spec.Pooling switch
        {
            Pooling.Mean => ReferencePooling.Mean,
            Pooling.Max => ReferencePooling.Max,
            Pooling.Attention => ReferencePooling.Attention,
            _ => ReferencePooling.Last,
        },
        AttentionSize = spec.Pooling == Pooling.Attention ? spec.Recurrent.HiddenSize : 0,
        Classes = spec.Classes,
    };

    /// <summary>Both sides must start from the same weights, and the fast code holds no others than these.</summary>
    private static ReferenceTensors SinglePrecision(ReferenceTensors weights)
    {
        foreach (string name in weights.Names)
        {
            double[] values = weights[name];
            for (int i = 0; i < values.Length; i++) values[i] = (float)values[i];
        }

        return weights;
    }

    /// <summary>
    /// A batch's loss is the mean of its texts'; the initial states belong to each text and are listed one after another.
    /// </summary>
    private static ReferenceTensors MeanGradients(ReferenceNetwork network, ReferenceExample[] examples)
    {
        ReferenceTensors[] each = [.. examples.Select(example => network.Backward(network.Forward(example)))];
        var mean = new ReferenceTensors();
        foreach (string name in each[0].Names.Where(name => name != "input"))
        {
            IEnumerable<double> values = name is "h0" or "c0"
                ? each.SelectMany(gradients => gradients[name])
                : Enumerable.Range(0, each[0][name].Length).Select(i => each.Sum(gradients => gradients[name][i]));
            mean[name] = [.. values.Select(value => value / each.Length)];
        }

        return mean;
    }

    private static ReferenceTensors ProductionGradients(
        RecurrentNetwork network, ReferenceTensors weights, ReferenceExample[] examples, ClassifierSpec spec)
    {
        foreach (Parameter parameter in network.Parameters)
        {
            double[] values = weights[parameter.Name];
            for (int i = 0; i < values.Length; i++) parameter.Value[Place(parameter, i)] = (float)values[i];
            parameter.MarkChanged();
        }

        var batch = new BatchLayout();
        batch.Fill([.. examples.Select(example => example.Tokens)], [.. Enumerable.Range(0, examples.Length)]);
        int[] labels = [.. batch.Order.ToArray().Select(text => examples[text].Labels[0])];
        ClassifierMemory memory = network.CreateMemory();
        network.RecurrentMemory(memory).WantsInitialGradient = true;
        Workers workers = Workers.ForThreads(1);
        Matrix logits = network.Forward(workers, batch, memory, dropout: null);
        CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
        network.Backward(workers, batch, memory, logits, dropout: null);

        var gradients = new ReferenceTensors();
        foreach (Parameter parameter in network.Parameters)
        {
            var values = new float[parameter.Count];
            for (int i = 0; i < values.Length; i++) values[i] = parameter.Gradient[Place(parameter, i)];
            gradients.Set(parameter.Name, values);
        }

        CellMemory[] cells = network.RecurrentMemory(memory).Cells;
        gradients.Set("h0", InitialGradients(batch, cells, cell => cell.DHidden, spec.Recurrent.HiddenSize));
        ReferenceSpec reference = ReferenceSpecOf(spec);
        if (reference.HasCell) gradients.Set("c0", InitialGradients(batch, cells, cell => cell.DCell, reference.CellWidth));
        return gradients;
    }

    /// <summary>Where element i of the file's layout lies in memory.</summary>
    internal static int Place(Parameter parameter, int i)
    {
        if (!parameter.IsStoredTransposed) return i;
        int rows = parameter.Shape[0], columns = parameter.Shape[1];
        return i % rows * columns + i / rows;
    }

    private static float[] InitialGradients(
        BatchLayout batch, CellMemory[] cells, Func<CellMemory, RowStore> of, int hiddenSize)
    {
        var values = new float[Workspace.RequireLength((long)batch.Sequences * cells.Length, hiddenSize)];
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int cell = 0; cell < cells.Length; cell++)
            {
                of(cells[cell]).Row(b).CopyTo(values.AsSpan((batch.Order[b] * cells.Length + cell) * hiddenSize, hiddenSize));
            }
        }

        return values;
    }

    private static Dictionary<string, double> LargestErrors(IEnumerable<GradientCheckRow> rows)
    {
        var largest = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (GradientCheckRow row in rows)
        {
            largest[row.Name] = Math.Max(largest.GetValueOrDefault(row.Name), row.LargestRelativeError);
        }

        return largest;
    }
}
