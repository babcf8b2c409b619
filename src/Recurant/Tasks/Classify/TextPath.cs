namespace Recurant.Tasks;

/// <summary>
/// The straight way from a text without words to a text, through one network: at the share a every word has the vector a x_t.
/// Gives the logits at points of the way, and what each word contributes to a slope there.
/// </summary>
internal sealed class TextPath
{
    /// <summary>Points are taken together up to so many rows of words.</summary>
    private const int MostRows = 8192;

    private readonly Workers _workers;
    private readonly IVectorNetwork? _network;
    private readonly ClassifierMemory? _memory;
    private readonly BatchLayout _batch = new();
    private readonly RowStore _input = new(), _dInput = new();
    private readonly DirectPart? _direct;
    private readonly float[] _constant;
    private readonly float[][] _vectors;
    private readonly List<(Parameter Parameter, bool HadGradient)> _parameters = [];
    private readonly int _words, _classes;

    /// <param name="model">The model.</param>
    /// <param name="network">Which of its networks.</param>
    /// <param name="words">The words of the text; at least one.</param>
    /// <param name="workers">The threads.</param>
    public TextPath(ClassifierModel model, int network, List<string> words, Workers workers)
    {
        _workers = workers;
        _words = words.Count;
        _classes = model.Labels.Count;
        _constant = new float[_classes];
        _vectors = [];
        WordForms? forms = model.NewForms();
        int[] tokens = model.Encoder.Encode(words, forms);
        ClassifierNetwork asked = model.Networks[network];
        if (asked.Recurrent is { Embedding: null } oneHot)
        {
            int[] distinct = [.. tokens.Distinct()];
            RecurrentNetwork dense = oneHot.ForVectorsOf(distinct);
            _vectors = [.. tokens.Select(token => OneHot(Array.IndexOf(distinct, token), dense.Stack.Spec.InputSize))];
            asked = dense;
            (_network, _memory) = (dense, dense.CreateMemory());
        }
        else if (asked is IVectorNetwork vectors)
        {
            (_network, _memory) = (vectors, asked.CreateMemory());
            _vectors = ReadVectors(tokens, forms);
        }

        if (model.Networks[network].Recurrent?.Direct is { } connections)
        {
            _direct = DirectPart.Of(connections, forms is null ? tokens : [.. tokens.Select(forms.WordOf)]);
        }

        if (asked is IWordWeights bag)
        {
            bag.Bias.Value.CopyTo(_constant);
            _direct = DirectPart.Of(bag.Weights.Matrix, model.Vocabulary, words);
            if (_direct is null) Elementwise.Add(bag.Weights.Matrix.Row(Vocabulary.Unknown), _constant);
        }

        if (_network is null) return;
        foreach (Parameter parameter in asked.Parameters) _parameters.Add((parameter, parameter.HasGradient));
    }

    /// <summary>The most points that are worth asking for at once.</summary>
    public int MostPoints => Math.Max(1, MostRows / _words);

    /// <summary>The logits at some points of the way, kept for <see cref="AddContributions"/>.</summary>
    public float[][] Logits(ReadOnlySpan<double> shares)
    {
        var logits = new float[shares.Length][];
        for (int b = 0; b < shares.Length; b++) logits[b] = [.. _constant];
        if (_network is not null)
        {
            Matrix answers = _network.ForwardVectors(_workers, _batch, Fill(shares), _memory!);
            for (int b = 0; b < shares.Length; b++) Elementwise.Add(answers.Row(b), logits[b]);
        }

        for (int b = 0; b < shares.Length && _direct is not null; b++) _direct.Add(shares[b], logits[b]);
        return logits;
    }

    /// <summary>
    /// sum over the points of x_t . dL/dx_t for every word, the points being those asked for last; given dL/dz of each point.
    /// </summary>
    public void AddContributions(ReadOnlySpan<double> shares, IReadOnlyList<float[]> dLogits, Span<double> words)
    {
        for (int b = 0; b < shares.Length && _direct is not null; b++) _direct.AddContributions(shares[b], dLogits[b], words);
        if (_network is null) return;
        Matrix gradient = _memory!.Logits.Rows(shares.Length);
        for (int b = 0; b < shares.Length; b++) dLogits[b].CopyTo(gradient.Row(b));
        _dInput.Reserve(_batch.Rows, _network.VectorSize).Clear();
        Matrix dInput = _dInput.Rows(_batch.Rows);
        _network.BackwardVectors(_workers, _batch, _input.Rows(_batch.Rows), _memory, gradient, dInput);
        for (int t = 0; t < _words; t++)
        {
            for (int b = 0; b < shares.Length; b++) words[t] += Dot(_vectors[t], dInput.Row(_batch.RowStart(t) + b));
        }
    }

    /// <summary>Takes away the gradients of parameters that the backward pass has left, as if nobody had asked.</summary>
    public void Clean()
    {
        foreach ((Parameter parameter, bool hadGradient) in _parameters)
        {
            if (hadGradient) parameter.ClearGradient(); else parameter.DropGradient();
        }
    }

    private Matrix Fill(ReadOnlySpan<double> shares)
    {
        Span<int> lengths = stackalloc int[shares.Length];
        lengths.Fill(_words);
        _batch.Fill(lengths);
        Matrix input = _input.Reserve(_batch.Rows, _network!.VectorSize).Rows(_batch.Rows);
        for (int t = 0; t < _words; t++)
        {
            for (int b = 0; b < shares.Length; b++)
            {
                Span<float> row = input.Row(_batch.RowStart(t) + b);
                _vectors[t].CopyTo(row);
                Elementwise.Scale(row, (float)shares[b]);
            }
        }

        return input;
    }

    private float[][] ReadVectors(int[] tokens, WordForms? forms)
    {
        _memory!.Forms = forms;
        _batch.Fill([tokens], [0]);
        Matrix read = _network!.ReadVectors(_workers, _batch, _memory);
        var vectors = new float[tokens.Length][];
        for (int t = 0; t < vectors.Length; t++) vectors[t] = read.Row(t).ToArray();
        return vectors;
    }

    private static float[] OneHot(int place, int width)
    {
        var vector = new float[width];
        vector[place] = 1f;
        return vector;
    }

    private static double Dot(float[] x, Span<float> y)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++) sum += (double)x[i] * y[i];
        return sum;
    }
}
