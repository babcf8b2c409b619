using System.Globalization;

namespace Recurant.Tasks;

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

        spec.Validate();
        return [.. ReferenceAudit.Run(SubjectOf(spec, new RecurrentNetwork(spec)), seed)
            .Select(row => new GradientAuditRow(row.Tensor, row.Count, row.Reference, row.Engine))];
    }

    /// <summary>A recurrent classifier as the equations see it.</summary>
    internal static ReferenceSubject SubjectOf(ClassifierSpec spec, RecurrentNetwork network) => new()
    {
        Recurrent = spec.Recurrent, Pooling = spec.Pooling, VocabularySize = spec.VocabularySize,
        EmbeddingSize = spec.EmbeddingSize, Classes = spec.Classes, Parameters = network.Parameters,
        Table = network.Embedding?.Table, Direct = network.Direct,
        Pass = (batch, labels) =>
        {
            Workers workers = Workers.ForThreads(1);
            ClassifierMemory memory = network.CreateMemory();
            RecurrentMemory recurrent = network.RecurrentMemory(memory);
            recurrent.WantsInitialGradient = true;
            Matrix logits = network.Forward(workers, batch, memory, dropout: null);
            CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
            network.Backward(workers, batch, memory, logits, dropout: null);
            return recurrent;
        },
    };
}
