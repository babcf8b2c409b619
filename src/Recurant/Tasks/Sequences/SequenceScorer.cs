namespace Recurant.Tasks;

/// <summary>Reads pieces of sequences with a model, many at a time; the mean of all its networks.</summary>
internal sealed class SequenceScorer
{
    private const int Together = 128;

    private readonly SeriesModel _model;
    private readonly Pass _pass;
    private readonly SequenceBatch _batch = new();
    private float[] _values = [], _answers = [];
    private int[] _lengths = [], _firsts = [];

    public SequenceScorer(SeriesModel model, Workers workers) => (_model, _pass) = (model, new Pass(threads: workers.Count));

    /// <summary>What is done with a piece: its number, and the answers [steps or 1, outputs], which are used again.</summary>
    public delegate void Take(int number, ReadOnlySpan<float> answers);

    /// <summary>Probabilities of labels, or numbers on the scale of the data.</summary>
    public void Answer(
        SequenceRows rows, IReadOnlyList<SequencePiece> pieces, Take take, CancellationToken cancellation = default)
    {
        SeriesSpec spec = _model.Spec;
        for (int first = 0; first < pieces.Count; first += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            int n = Math.Min(Together, pieces.Count - first);
            SequencePiece[] own = [.. Enumerable.Range(first, n).Select(i => Cut(spec, pieces[i]))];
            Fill(rows, own);
            int total = 0;
            _firsts = Workspace.Reserve(_firsts, n);
            for (int b = 0; b < n; b++)
            {
                _firsts[b] = total;
                total += (spec.IsOfSteps ? own[b].Count : 1) * spec.Outputs;
            }

            _answers = Workspace.Reserve(_answers, total);
            _answers.AsSpan(0, total).Clear();
            foreach (SeriesNetwork network in _model.Networks)
            {
                _pass.Begin(PassKind.Prediction);
                SequenceBatch outputs = network.Forward(_pass, _batch);
                for (int b = 0; b < n; b++) Add(outputs, b, _answers.AsSpan(_firsts[b]));
            }

            for (int b = 0; b < n; b++)
            {
                Span<float> answers = _answers.AsSpan(_firsts[b], (b + 1 < n ? _firsts[b + 1] : total) - _firsts[b]);
                Finish(spec, answers);
                take(first + b, answers);
            }
        }
    }

    /// <summary>Scores labels: one for each piece, or one for each step.</summary>
    public Evaluation Labels(
        SequenceRows rows, IReadOnlyList<SequencePiece> pieces, CancellationToken cancellation = default)
    {
        var (predicted, losses, right) = (new List<int>(), new List<float>(), new List<int>());
        int classes = _model.Spec.Outputs;
        Answer(rows, pieces, (number, answers) =>
        {
            SequencePiece piece = pieces[number];
            for (int step = 0; step < answers.Length / classes; step++)
            {
                float label = _model.Spec.IsOfSteps
                    ? rows.Target(piece.Series, piece.First + step) : rows.TargetUpTo(piece.Series, piece.End);
                if (float.IsNaN(label)) continue;
                ReadOnlySpan<float> of = answers.Slice(step * classes, classes);
                predicted.Add(CrossEntropy.ArgMax(of));
                losses.Add(-Elementwise.Log(Math.Max(of[(int)label], 1e-30f)));
                right.Add((int)label);
            }
        }, cancellation);
        return Evaluation.Of([.. predicted], [.. losses], [.. right], classes);
    }

    /// <summary>Scores numbers.</summary>
    public RegressionScore Numbers(
        SequenceRows rows, IReadOnlyList<SequencePiece> pieces, CancellationToken cancellation = default)
    {
        var pairs = new List<(float, float)>();
        Answer(rows, pieces, (number, answers) =>
        {
            SequencePiece piece = pieces[number];
            for (int step = 0; step < answers.Length; step++)
            {
                float right = _model.Spec.IsOfSteps
                    ? rows.Target(piece.Series, piece.First + step) : rows.TargetUpTo(piece.Series, piece.End);
                if (!float.IsNaN(right)) pairs.Add((right, answers[step]));
            }
        }, cancellation);
        return RegressionScore.Of(pairs, _model.Spec.TargetDeviation);
    }

    /// <summary>Of a piece that is answered once the last steps, as many as a window has.</summary>
    public static SequencePiece Cut(SeriesSpec spec, SequencePiece piece) => spec.IsOfSteps || piece.Count <= spec.Window
        ? piece : new SequencePiece(piece.Series, piece.End - spec.Window, spec.Window);

    /// <summary>The rows that a piece becomes: of joined steps the last is filled up with the last step.</summary>
    public static int RowsOf(SeriesSpec spec, int steps) => (steps + spec.Join - 1) / spec.Join;

    /// <summary>Adds what a network answers to those of the others: of labels their probabilities.</summary>
    /// <param name="spec">What the model is made of.</param>
    /// <param name="output">A row that a network computed [outputs]; it is written over.</param>
    /// <param name="answers">[outputs].</param>
    public static void Add(SeriesSpec spec, Span<float> output, Span<float> answers)
    {
        if (spec.IsOfLabels) Softmax.Apply(output, output);
        Elementwise.Add(output, answers);
    }

    /// <summary>Makes the sums over the networks their means, and numbers such on the scale of the data.</summary>
    public static void Finish(SeriesSpec spec, Span<float> answers)
    {
        Elementwise.Scale(answers, 1f / spec.Networks);
        if (spec.IsOfLabels) return;
        foreach (ref float answer in answers) answer = answer * spec.TargetDeviation + spec.TargetMean;
    }

    private void Add(SequenceBatch outputs, int b, Span<float> answers)
    {
        SeriesSpec spec = _model.Spec;
        for (int step = 0; step < (spec.IsOfSteps ? outputs.LengthOf(b) : 1); step++)
        {
            Add(spec, outputs[b, step], answers.Slice(step * spec.Outputs, spec.Outputs));
        }
    }

    private void Fill(SequenceRows rows, SequencePiece[] pieces)
    {
        SeriesSpec spec = _model.Spec;
        int width = spec.StepWidth * spec.Join, total = 0;
        _lengths = Workspace.Reserve(_lengths, pieces.Length);
        for (int b = 0; b < pieces.Length; b++) total += (_lengths[b] = RowsOf(spec, pieces[b].Count)) * width;
        _values = Workspace.Reserve(_values, total);
        int at = 0;
        for (int b = 0; b < pieces.Length; b++)
        {
            for (int step = 0; step < _lengths[b] * spec.Join; step++, at += spec.StepWidth)
            {
                rows.Write(
                    pieces[b].Series, pieces[b].First + Math.Min(step, pieces[b].Count - 1), _values.AsSpan(at, spec.StepWidth));
            }
        }

        _batch.Set(_lengths.AsSpan(0, pieces.Length), _values.AsSpan(0, total), width);
    }
}
