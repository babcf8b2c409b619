namespace Recurant.Tests.Models;

/// <summary>
/// What the equations in double precision say of a pass of a classifier that reads characters: one text at a time, every word
/// spelt anew, with the masks that belong to the pass.
/// </summary>
internal sealed class ReferenceSpelling
{
    private const string Prefix = "characters.";

    private readonly SpellingCase _run;
    private readonly DropoutPlan _plan;
    private readonly ReferenceNetwork _network;
    private readonly ReferenceStack _characters;
    private readonly ReferenceTensors _weights = new(), _characterWeights = new();
    private readonly int _words, _width;

    public ReferenceSpelling(SpellingCase run)
    {
        ClassifierSpec spec = run.Spec;
        (_run, _plan) = (run, run.Dropout ?? default);
        (_words, _width) = (spec.EmbeddingSize, spec.EmbeddingSize + 2 * spec.CharacterSize);
        foreach (Parameter parameter in run.Model.Parameters)
        {
            _weights.Set(parameter.Name, parameter.Value);
            Gradients[parameter.Name] = new double[parameter.Count];
            if (parameter.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                _characterWeights[parameter.Name[Prefix.Length..]] = _weights[parameter.Name];
            }
        }

        _network = new ReferenceNetwork(
            SpecOf(spec, _width, spec.Recurrent.HiddenSize) with
            {
                Layers = spec.Recurrent.Layers,
                Bidirectional = spec.Recurrent.Bidirectional,
                Pooling = Enum.Parse<ReferencePooling>(spec.Pooling.ToString()),
                AttentionSize = spec.Recurrent.HiddenSize,
                Classes = spec.Classes,
            },
            _weights);
        _characters = new ReferenceStack(
            SpecOf(spec, spec.CharacterEmbeddingSize, spec.CharacterSize) with { Bidirectional = true }, _characterWeights);
        for (int b = 0; b < run.Batch.Sequences; b++) AddText(b);
        foreach (string name in Gradients.Names)
        {
            for (int i = 0; i < Gradients[name].Length; i++) Gradients[name][i] /= run.Batch.Sequences;
        }
    }

    public List<double[]> Probabilities { get; } = [];

    /// <summary>The sum of the texts' losses.</summary>
    public double Loss { get; private set; }

    /// <summary>Of the mean loss.</summary>
    public ReferenceTensors Gradients { get; } = new();

    private void AddText(int b)
    {
        int text = _run.Batch.Order[b];
        int[] forms = _run.Texts[text];
        double[] mask = Mask(b), x = new double[forms.Length * _width];
        var spelt = new ReferenceStackRun[forms.Length];
        for (int t = 0; t < forms.Length; t++)
        {
            Span<double> row = x.AsSpan(t * _width, _width);
            int word = Word(b, t);
            for (int j = 0; j < _words; j++) row[j] = Scale(word) * _weights["embedding.weight"][word * _words + j];
            double[] table = _weights["characters.embedding.weight"];
            int width = _run.Spec.CharacterEmbeddingSize;
            spelt[t] = _characters.Forward(
                [.. _run.Forms.Characters[forms[t]].SelectMany(c => Algebra.Row(table, c, width).ToArray())]);
            spelt[t].FinalState.CopyTo(row[_words..]);
            for (int j = 0; j < _width; j++) row[j] *= mask[j];
        }

        ReferenceRun forward = _network.Forward(new ReferenceExample
        {
            Tokens = [], Vectors = x, Labels = [SpellingCase.Labels[text]],
        });
        Probabilities.Add(forward.Probabilities[0]);
        Loss += forward.Loss;
        ReferenceTensors back = _network.Backward(forward);
        foreach (string name in Gradients.Names)
        {
            if (name == "embedding.weight" || name.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            Algebra.AddTo(Gradients[name], back[name]);
        }

        for (int t = 0; t < forms.Length; t++)
        {
            double[] dx = Algebra.Times(back["input"].AsSpan(t * _width, _width), mask);
            AddWord(Word(b, t), forms[t], dx, spelt[t]);
        }
    }

    private void AddWord(int word, int form, double[] dx, ReferenceStackRun spelt)
    {
        for (int j = 0; j < _words; j++) Gradients["embedding.weight"][word * _words + j] += Scale(word) * dx[j];
        ReferenceTensors back = _characters.Backward(
            spelt, new double[spelt.Outputs.Length], dFinalState: dx[_words..]).Tensors;
        foreach (string name in _characterWeights.Names)
        {
            if (name != "embedding.weight") Algebra.AddTo(Gradients[Prefix + name], back[name]);
        }

        int[] spelling = _run.Forms.Characters[form];
        int width = _run.Spec.CharacterEmbeddingSize;
        for (int i = 0; i < spelling.Length; i++)
        {
            Algebra.AddTo(
                Algebra.Row(Gradients["characters.embedding.weight"], spelling[i], width),
                back["input"].AsSpan(i * width, width));
        }
    }

    /// <summary>The word as it was read: one that is known may have been read as unknown.</summary>
    private int Word(int b, int t) => _run.Batch.Tokens[_run.Batch.RowStart(t) + b];

    private double Scale(int word) =>
        _plan.Stream(RandomPurpose.EmbeddingDropout).Uniform((uint)word) < _plan.Embedding ? 0 : 1 / (1 - _plan.Embedding);

    private double[] Mask(int b)
    {
        if (_plan.Input == 0) return [.. Enumerable.Repeat(1.0, _width)];
        var mask = new RowStore();
        Dropout.MakeMask(mask, _run.Batch, _width, _plan.Input, _plan.Stream(RandomPurpose.InputDropout));
        return NetworkCase.Doubles(mask.Row(b));
    }

    private static ReferenceSpec SpecOf(ClassifierSpec spec, int inputSize, int hiddenSize) => new()
    {
        Cell = Enum.Parse<ReferenceCell>(spec.Recurrent.Cell.ToString()),
        Reset = Enum.Parse<ReferenceReset>(spec.Recurrent.GruReset.ToString()),
        Input = ReferenceInput.Vectors,
        InputSize = inputSize,
        HiddenSize = hiddenSize,
        Layers = 1,
    };
}
