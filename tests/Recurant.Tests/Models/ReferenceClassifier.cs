namespace Recurant.Tests.Models;

/// <summary>
/// What the reference says of a pass of the recurrent classifier: sums over the batch, one sequence at a time, with the masks
/// that belong to the pass. The reference has no mask before its output layer; a mask m there is the same as columns of the
/// output weights multiplied by m.
/// </summary>
internal sealed class ReferenceClassifier
{
    private readonly NetworkCase _run;
    private readonly DropoutPlan _plan;
    private readonly ReferenceSpec _spec;
    private readonly ReferenceTensors _weights = new();
    private readonly BatchLayout _batch;

    public ReferenceClassifier(NetworkCase run)
    {
        _run = run;
        _plan = run.Dropout ?? default;
        _batch = run.Batch;
        _spec = SpecOf(run.Spec, run.Dropout is null);
        foreach (Parameter parameter in run.Network.Parameters)
        {
            _weights.Set(parameter.Name, NetworkCase.ValueAsInFiles(parameter));
            Gradients[parameter.Name] = new double[parameter.Count];
        }

        int unknown = 0;
        for (int b = 0; b < _batch.Sequences; b++)
        {
            unknown += run.TokensRead(b).Count(token => token == Vocabulary.Unknown);
            AddSequence(b);
        }

        if (_plan.Word > 0) Assert.InRange(unknown, 1, _batch.Rows - 5);
        foreach (string name in Gradients.Names)
        {
            for (int i = 0; i < Gradients[name].Length; i++) Gradients[name][i] /= _batch.Sequences;
        }
    }

    public List<double[]> Probabilities { get; } = [];

    /// <summary>The sum of the texts' losses.</summary>
    public double Loss { get; private set; }

    /// <summary>Of the mean loss.</summary>
    public ReferenceTensors Gradients { get; } = new();

    private bool OneHot => _run.Spec.EmbeddingSize == 0;

    private void AddSequence(int b)
    {
        int[] tokens = _run.TokensRead(b);
        double[] outputMask = Mask(RandomPurpose.OutputDropout, 0, _plan.Output, _spec.OutputSize, b);
        ReferenceTensors weights = _weights.Copy();
        MultiplyColumns(weights["output.weight"], outputMask);
        var network = new ReferenceNetwork(_spec, weights);
        ReferenceRun forward = network.Forward(new ReferenceExample
        {
            Tokens = tokens,
            Vectors = _run.Dropout is null ? [] : Vectors(tokens),
            Labels = [_run.Label(b)],
            Masks = _run.Dropout is null ? null : Masks(tokens.Length, b),
        });
        Probabilities.Add(forward.Probabilities[0]);
        Loss += forward.Loss;

        ReferenceTensors gradients = network.Backward(forward);
        MultiplyColumns(gradients["output.weight"], outputMask);
        foreach (string name in Gradients.Names)
        {
            if (name == "embedding.weight" && _run.Dropout is not null) AddToEmbedding(tokens, gradients["input"]);
            else for (int i = 0; i < Gradients[name].Length; i++) Gradients[name][i] += gradients[name][i];
        }
    }

    /// <summary>The words' vectors: zero for a type that is hidden, else scaled so that the mean stays.</summary>
    private double[] Vectors(int[] tokens)
    {
        double[] x = new double[tokens.Length * _spec.InputSize];
        for (int t = 0; t < tokens.Length; t++)
        {
            if (OneHot)
            {
                x[t * _spec.InputSize + tokens[t]] = 1;
                continue;
            }

            double scale = TypeScale(tokens[t]);
            for (int j = 0; j < _spec.InputSize; j++)
            {
                x[t * _spec.InputSize + j] = scale * _weights["embedding.weight"][tokens[t] * _spec.InputSize + j];
            }
        }

        return x;
    }

    private void AddToEmbedding(int[] tokens, double[] dInput)
    {
        for (int i = 0; i < dInput.Length; i++)
        {
            int token = tokens[i / _spec.InputSize];
            Gradients["embedding.weight"][token * _spec.InputSize + i % _spec.InputSize] += TypeScale(token) * dInput[i];
        }
    }

    private double TypeScale(int token) =>
        _plan.Stream(RandomPurpose.EmbeddingDropout).Uniform((uint)token) < _plan.Embedding ? 0 : 1 / (1 - _plan.Embedding);

    private ReferenceMasks Masks(int length, int b)
    {
        double[]?[] inputs = new double[]?[_spec.Layers];
        if (!OneHot) inputs[0] = OverTime(Mask(RandomPurpose.InputDropout, 0, _plan.Input, _spec.InputSize, b), length);
        for (int layer = 1; layer < _spec.Layers; layer++)
        {
            inputs[layer] = OverTime(Mask(RandomPurpose.LayerDropout, layer - 1, _plan.Layers, _spec.OutputSize, b), length);
        }

        return new ReferenceMasks
        {
            Inputs = inputs,
            Recurrent =
            [
                .. Enumerable.Range(0, _spec.StateRows).Select(
                    row => Mask(RandomPurpose.RecurrentDropout, row, _plan.Recurrent, _spec.HiddenSize, b)),
            ],
        };
    }

    /// <summary>The row of a sequence in a mask of the pass; ones without dropout.</summary>
    private double[] Mask(RandomPurpose purpose, int part, float rate, int columns, int b)
    {
        if (rate == 0) return [.. Enumerable.Repeat(1.0, columns)];
        var mask = new RowStore();
        Dropout.MakeMask(mask, _batch, columns, rate, _plan.Stream(purpose, (uint)part));
        float[] all = mask.Rows(_batch.Sequences).Span.ToArray();
        Assert.Contains(0f, all);
        Assert.Contains(1 / (1 - rate), all);
        return NetworkCase.Doubles(mask.Row(b));
    }

    private static double[] OverTime(double[] mask, int length) => [.. Enumerable.Repeat(mask, length).SelectMany(row => row)];

    private static void MultiplyColumns(double[] matrix, double[] mask)
    {
        for (int i = 0; i < matrix.Length; i++) matrix[i] *= mask[i % mask.Length];
    }

    private static ReferenceSpec SpecOf(ClassifierSpec spec, bool readsTokens) => new()
    {
        Cell = Enum.Parse<ReferenceCell>(spec.Recurrent.Cell.ToString()),
        Activation = Enum.Parse<ReferenceActivation>(spec.Recurrent.Activation.ToString()),
        Form = spec.Recurrent.Form == ElmanForm.PreActivation ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
        Reset = Enum.Parse<ReferenceReset>(spec.Recurrent.GruReset.ToString()),
        Input = !readsTokens ? ReferenceInput.Vectors
            : spec.EmbeddingSize == 0 ? ReferenceInput.OneHot : ReferenceInput.Embedding,
        VocabularySize = spec.EmbeddingSize == 0 ? 0 : spec.VocabularySize,
        InputSize = spec.EmbeddingSize == 0 ? spec.VocabularySize : spec.EmbeddingSize,
        HiddenSize = spec.Recurrent.HiddenSize,
        Layers = spec.Recurrent.Layers,
        Bidirectional = spec.Recurrent.Bidirectional,
        Pooling = Enum.Parse<ReferencePooling>(spec.Pooling.ToString()),
        AttentionSize = spec.Recurrent.HiddenSize,
        Classes = spec.Classes,
    };
}
