namespace Recurant.Tests.Models;

/// <summary>
/// What the equations in double precision say of a pass of the tagger: one sentence at a time, every word spelt anew, with the
/// masks that belong to the pass.
/// </summary>
internal sealed class ReferenceTagger
{
    private readonly TaggerCase _run;
    private readonly TaggerSpec _spec;
    private readonly DropoutPlan _plan;
    private readonly ReferenceStack _stack;
    private readonly ReferenceStack? _characters;
    private readonly ReferenceSpec _stackSpec;
    private readonly ReferenceTensors _weights = new(), _characterWeights = new();

    public ReferenceTagger(TaggerCase run)
    {
        (_run, _spec, _plan) = (run, run.Spec, run.Dropout ?? default);
        foreach (Parameter parameter in run.Network.Parameters)
        {
            _weights.Set(parameter.Name, parameter.Value);
            Gradients[parameter.Name] = new double[parameter.Count];
            const string Prefix = "characters.";
            if (parameter.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                _characterWeights[parameter.Name[Prefix.Length..]] = _weights[parameter.Name];
            }
        }

        _stackSpec = SpecOf(_spec.InputSize, _spec.Recurrent.HiddenSize, _spec.Recurrent.Layers);
        _stack = new ReferenceStack(_stackSpec, _weights);
        if (_spec.CharacterSize > 0)
        {
            _characters = new ReferenceStack(
                SpecOf(_spec.CharacterEmbeddingSize, _spec.CharacterSize, 1), _characterWeights);
        }

        for (int b = 0; b < run.Batch.Sequences; b++) AddSentence(b);
        foreach (string name in Gradients.Names)
        {
            for (int i = 0; i < Gradients[name].Length; i++) Gradients[name][i] /= run.Batch.Rows;
        }
    }

    /// <summary>z [T, K] of each sentence, in the batch's order.</summary>
    public List<double[][]> Scores { get; } = [];

    /// <summary>The sum of the words' losses.</summary>
    public double Loss { get; private set; }

    /// <summary>Of the mean loss.</summary>
    public ReferenceTensors Gradients { get; } = new();

    private void AddSentence(int b)
    {
        int length = _run.Batch.Lengths[b], tags = _spec.Tags, outputs = _stackSpec.OutputSize;
        int[] right = _run.Tags[_run.Batch.Order[b]];
        double[] input = new double[length * _spec.InputSize];
        ReferenceStackRun?[] spelt = new ReferenceStackRun?[length];
        for (int t = 0; t < length; t++) ReadWord(b, t, input.AsSpan(t * _spec.InputSize, _spec.InputSize), out spelt[t]);

        ReferenceStackRun run = _stack.Forward(input, masks: Masks(length, b));
        double[] outputMask = Mask(RandomPurpose.OutputDropout, 0, _plan.Output, outputs, b);
        double[][] h = [.. Enumerable.Range(0, length).Select(
            t => Algebra.Times(run.Outputs.AsSpan(t * outputs, outputs), outputMask))];
        double[][] z = [.. h.Select(row => Plus(Algebra.Multiply(_weights["output.weight"], row), _weights["output.bias"]))];
        Scores.Add(z);
        double[][] dz = AddLoss(z, right);

        double[] dOutputs = new double[length * outputs];
        for (int t = 0; t < length; t++)
        {
            Algebra.AddOuter(Gradients["output.weight"], dz[t], h[t]);
            Algebra.AddTo(Gradients["output.bias"], dz[t]);
            Algebra.Times(Algebra.MultiplyTransposed(_weights["output.weight"], dz[t]), outputMask)
                .CopyTo(dOutputs, t * outputs);
        }

        ReferenceTensors back = _stack.Backward(run, dOutputs).Tensors;
        foreach (ReferenceShape shape in _stackSpec.RecurrentShapes()) Algebra.AddTo(Gradients[shape.Name], back[shape.Name]);
        for (int t = 0; t < length; t++)
        {
            AddWord(b, t, back["input"].AsSpan(t * _spec.InputSize, _spec.InputSize), spelt[t]);
        }
    }

    private double[][] AddLoss(double[][] z, int[] right)
    {
        if (_spec.RandomField)
        {
            RandomFieldGradients field = RandomFieldEquations.Gradients(
                z, _weights["crf.transitions"], _weights["crf.start_transitions"], _weights["crf.end_transitions"], right);
            Loss += field.Loss;
            Algebra.AddTo(Gradients["crf.transitions"], field.Transitions);
            Algebra.AddTo(Gradients["crf.start_transitions"], field.Start);
            Algebra.AddTo(Gradients["crf.end_transitions"], field.End);
            return field.Scores;
        }

        double[][] dz = [.. z.Select(OutputEquations.Softmax)];
        for (int t = 0; t < z.Length; t++)
        {
            Loss -= Math.Log(dz[t][right[t]]);
            dz[t][right[t]] -= 1;
        }

        return dz;
    }

    private int Form(int b, int t) => _run.Encoded[_run.Batch.Order[b]][t];

    /// <summary>
    /// The word as it was read: the batch has it after the pass, and a word that is known may have been read as unknown.
    /// </summary>
    private int Word(int b, int t)
    {
        int read = _run.Batch.Tokens[_run.Batch.RowStart(t) + b], known = _run.Forms.WordOf(Form(b, t));
        Assert.True(read == known || (read == Vocabulary.Unknown && _plan.Word > 0));
        return read;
    }

    private void ReadWord(int b, int t, Span<double> x, out ReferenceStackRun? spelt)
    {
        int shapes = _spec.EmbeddingSize, characters = shapes + _spec.ShapeSize, width = _spec.CharacterEmbeddingSize;
        Algebra.Row(_weights["embedding.weight"], Word(b, t), shapes).CopyTo(x);
        if (_spec.ShapeSize > 0)
        {
            Algebra.Row(_weights["shapes.weight"], _run.Forms.ShapeOf(Form(b, t)), _spec.ShapeSize).CopyTo(x[shapes..]);
        }

        spelt = null;
        if (_characters is null) return;
        double[] table = _weights["characters.embedding.weight"];
        double[] input = [.. _run.Forms.Characters[Form(b, t)].SelectMany(c => Algebra.Row(table, c, width).ToArray())];
        spelt = _characters.Forward(input);
        // The state after the last character, forward, and after the first one, backward.
        spelt.FinalState.CopyTo(x[characters..]);
    }

    private void AddWord(int b, int t, ReadOnlySpan<double> dx, ReferenceStackRun? spelt)
    {
        int shapes = _spec.EmbeddingSize, characters = shapes + _spec.ShapeSize, width = _spec.CharacterEmbeddingSize;
        Algebra.AddTo(Algebra.Row(Gradients["embedding.weight"], Word(b, t), shapes), dx[..shapes]);
        if (_spec.ShapeSize > 0)
        {
            Algebra.AddTo(
                Algebra.Row(Gradients["shapes.weight"], _run.Forms.ShapeOf(Form(b, t)), _spec.ShapeSize),
                dx[shapes..characters]);
        }

        if (_characters is null || spelt is null) return;
        ReferenceTensors back = _characters.Backward(
            spelt, new double[spelt.Outputs.Length], dFinalState: dx[characters..].ToArray()).Tensors;
        foreach (string name in _characterWeights.Names)
        {
            if (name != "embedding.weight") Algebra.AddTo(Gradients["characters." + name], back[name]);
        }

        int[] spelling = _run.Forms.Characters[Form(b, t)];
        for (int i = 0; i < spelling.Length; i++)
        {
            Algebra.AddTo(
                Algebra.Row(Gradients["characters.embedding.weight"], spelling[i], width),
                back["input"].AsSpan(i * width, width));
        }
    }

    private ReferenceMasks Masks(int length, int b)
    {
        double[]?[] inputs = new double[]?[_spec.Recurrent.Layers];
        inputs[0] = OverTime(Mask(RandomPurpose.InputDropout, 0, _plan.Input, _spec.InputSize, b), length);
        for (int layer = 1; layer < _spec.Recurrent.Layers; layer++)
        {
            inputs[layer] = OverTime(Mask(RandomPurpose.LayerDropout, layer - 1, _plan.Layers, _stackSpec.OutputSize, b), length);
        }

        return new ReferenceMasks { Inputs = inputs };
    }

    private double[] Mask(RandomPurpose purpose, int part, float rate, int columns, int b)
    {
        if (rate == 0) return [.. Enumerable.Repeat(1.0, columns)];
        var mask = new RowStore();
        Dropout.MakeMask(mask, _run.Batch, columns, rate, _plan.Stream(purpose, (uint)part));
        Assert.Contains(0f, mask.Rows(_run.Batch.Sequences).Span.ToArray());
        return NetworkCase.Doubles(mask.Row(b));
    }

    private static double[] OverTime(double[] mask, int length) => [.. Enumerable.Repeat(mask, length).SelectMany(row => row)];

    private static double[] Plus(double[] values, double[] more)
    {
        Algebra.AddTo(values, more);
        return values;
    }

    private ReferenceSpec SpecOf(int inputSize, int hiddenSize, int layers) => new()
    {
        Cell = Enum.Parse<ReferenceCell>(_spec.Recurrent.Cell.ToString()),
        Input = ReferenceInput.Vectors,
        InputSize = inputSize,
        HiddenSize = hiddenSize,
        Layers = layers,
        Bidirectional = true,
    };
}
