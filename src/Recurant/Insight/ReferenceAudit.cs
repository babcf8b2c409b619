namespace Recurant.Insight;

/// <summary>
/// A network with the reference's random weights: the reference's gradients against finite differences, and those of the engine
/// against the reference's, on three texts of unequal lengths with repeated words.
/// </summary>
internal static class ReferenceAudit
{
    private static readonly int[] s_lengths = [3, 6, 1];

    /// <param name="subject">The network; its weights are written over.</param>
    /// <param name="seed">Another seed gives other weights, texts and labels.</param>
    /// <returns>Each tensor with the number of its elements, and the largest relative error of either.</returns>
    public static IReadOnlyList<(string Tensor, int Count, double Reference, double Engine)> Run(
        ReferenceSubject subject, int seed)
    {
        ReferenceSpec spec = subject.SpecFor();
        ReferenceTensors weights = SinglePrecision(spec.RandomWeights(seed));
        var random = new Random(seed);
        ReferenceExample[] examples = [.. s_lengths.Select(length => new ReferenceExample
        {
            Tokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(subject.VocabularySize))],
            Labels = [random.Next(subject.Classes)],
        })];

        var slow = new ReferenceNetwork(spec, weights);
        Dictionary<string, double> referenceErrors = LargestErrors(examples.SelectMany(slow.CheckGradients));
        ReferenceTensors expected = MeanGradients(slow, examples), computed = EngineGradients(subject, weights, examples, spec);
        Dictionary<string, double> engineErrors =
            LargestErrors(GradientCheck.Compare(computed, expected, floor: GradientCheck.Floor));
        return [.. expected.Names.Select(name => (name, expected[name].Length, referenceErrors[name], engineErrors[name]))];
    }

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

    private static ReferenceTensors EngineGradients(
        ReferenceSubject subject, ReferenceTensors weights, ReferenceExample[] examples, ReferenceSpec spec)
    {
        foreach (Parameter parameter in subject.Parameters)
        {
            double[] values = weights[parameter.Name];
            for (int i = 0; i < values.Length; i++) parameter.Value[ReferenceSubject.PlaceOf(parameter, i)] = (float)values[i];
            parameter.MarkChanged();
        }

        BatchLayout batch = ReferenceSubject.BatchOf([.. examples.Select(example => example.Tokens)]);
        (ReferenceTensors gradients, RecurrentMemory memory) = subject.Run(
            batch, [.. examples.Select(example => example.Labels[0])], [.. Enumerable.Range(0, subject.VocabularySize)]);
        gradients.Set("h0", InitialGradients(batch, memory.Cells, cell => cell.DHidden, spec.HiddenSize));
        if (spec.HasCell) gradients.Set("c0", InitialGradients(batch, memory.Cells, cell => cell.DCell, spec.CellWidth));
        return gradients;
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

    private static Dictionary<string, double> LargestErrors(IEnumerable<GradientCheckRow> rows) =>
        rows.GroupBy(row => row.Name).ToDictionary(group => group.Key, group => group.Max(row => row.LargestRelativeError));
}
