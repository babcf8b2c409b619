namespace Recurant.Models;

/// <summary>
/// Logistic regression over the words and word pairs of a text, whatever their order.
/// <code>
/// (1) z = b + (1 / sqrt(n)) sum over the n features f of the text of W[:, f]
/// (2) y = softmax(z)
/// </code>
/// The sum runs over occurrences, so a word that occurs twice counts twice; the factor keeps long texts from shouting.
/// </summary>
internal sealed class BagOfWordsNetwork : ClassifierNetwork, IWordWeights
{
    private readonly ClassifierSpec _spec;
    private readonly Parameter _weights, _bias;

    public BagOfWordsNetwork(ClassifierSpec spec)
    {
        _spec = spec;
        _weights = new Parameter("output.weight", spec.VocabularySize, spec.Classes)
        {
            IsStoredTransposed = true,
            Touched = new TouchedRows(spec.VocabularySize),
        };
        _bias = new Parameter("output.bias", spec.Classes);
        Parameters = [_weights, _bias];
    }

    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>W [V, C].</summary>
    public Parameter Weights => _weights;

    /// <summary>b [C].</summary>
    public Parameter Bias => _bias;

    /// <summary>Logistic regression has no symmetry to break: it starts from zero.</summary>
    public override void Initialise(ulong seed)
    {
    }

    public override IReadOnlyList<LayerDescription> Describe() =>
    [
        LayerDescription.Of(
            "logistic regression", $"[n] -> [{_spec.Classes}]",
            ["z = b + (1 / sqrt(n)) sum_f W[:, f]", "y = softmax(z)"], Parameters),
    ];

    public override ClassifierMemory CreateMemory() => new Memory();

    public override Matrix Forward(Workers workers, BatchLayout batch, ClassifierMemory memory, DropoutPlan? dropout)
    {
        memory.Batch = batch;
        Matrix logits = memory.Logits.Reserve(batch.Sequences, _spec.Classes).Rows(batch.Sequences);
        Matrix weights = _weights.Matrix;
        for (int b = 0; b < batch.Sequences; b++)
        {
            Span<float> row = logits.Row(b);
            row.Clear();
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                Span<float> feature = weights.Row(batch.Tokens[batch.RowStart(t) + b]);
                for (int j = 0; j < row.Length; j++) row[j] += feature[j];
            }

            float scale = 1f / MathF.Sqrt(batch.Lengths[b]);
            for (int j = 0; j < row.Length; j++) row[j] = MathF.FusedMultiplyAdd(row[j], scale, _bias.Value[j]);
        }

        return logits;
    }

    public override void Backward(
        Workers workers, BatchLayout batch, ClassifierMemory memory, Matrix dLogits, DropoutPlan? dropout)
    {
        Matrix gradient = _weights.GradientMatrix;
        Reductions.AddColumnSums(dLogits, _bias.Gradient);
        for (int b = 0; b < batch.Sequences; b++)
        {
            Span<float> row = dLogits.Row(b);
            float scale = 1f / MathF.Sqrt(batch.Lengths[b]);
            for (int t = 0; t < batch.Lengths[b]; t++)
            {
                int token = batch.Tokens[batch.RowStart(t) + b];
                _weights.Touched!.Add(token);
                Span<float> feature = gradient.Row(token);
                for (int j = 0; j < row.Length; j++) feature[j] = MathF.FusedMultiplyAdd(row[j], scale, feature[j]);
            }
        }
    }

    private sealed class Memory : ClassifierMemory;
}
