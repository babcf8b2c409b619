namespace Recurant.Tasks;

/// <summary>Reads whole pieces with a model of music, several at a time.</summary>
internal sealed class NotesScorer(NotesModel model, Workers workers)
{
    /// <summary>The steps that are read together, so that long pieces take no more memory than short ones.</summary>
    private const int Together = 8192;

    private readonly Pass _pass = new(threads: workers.Count);
    private readonly SequenceBatch _x = new(), _y = new();
    private float[] _before = [], _now = [], _gradient = [];
    private int[] _lengths = [];

    /// <summary>The score of pieces.</summary>
    public NotesScore Score(NotePieces pieces, CancellationToken cancellation = default) =>
        NotesScore.Of([.. Losses(pieces, cancellation).Select(losses => (losses.Length, losses.Sum()))]);

    /// <summary>Of each piece the loss of each step.</summary>
    public IEnumerable<double[]> Losses(NotePieces pieces, CancellationToken cancellation = default)
    {
        int notes = model.Spec.Notes;
        for (int first = 0, count; first < pieces.Pieces.Count; first += count)
        {
            cancellation.ThrowIfCancellationRequested();
            int steps = pieces.Pieces[first].Steps.Count;
            for (count = 1; first + count < pieces.Pieces.Count; count++)
            {
                int more = pieces.Pieces[first + count].Steps.Count;
                if (steps + more > Together) break;
                steps += more;
            }

            (_before, _now) = (Workspace.Reserve(_before, steps * notes), Workspace.Reserve(_now, steps * notes));
            _lengths = Workspace.Reserve(_lengths, count);
            for (int i = 0, at = 0; i < count; i++)
            {
                _lengths[i] = pieces.Pieces[first + i].Steps.Count;
                int size = _lengths[i] * notes;
                pieces.Write(first + i, 0, _lengths[i], 0, _before.AsSpan(at, size), _now.AsSpan(at, size));
                at += size;
            }

            _x.Set(_lengths.AsSpan(0, count), _before.AsSpan(0, steps * notes), notes);
            _y.Set(_lengths.AsSpan(0, count), _now.AsSpan(0, steps * notes), notes);
            _pass.Begin(PassKind.Prediction);
            SequenceBatch logits = model.Network.Forward(_pass, _x, _y);
            _gradient = Workspace.Reserve(_gradient, notes);
            for (int i = 0; i < count; i++)
            {
                var losses = new double[_lengths[i]];
                for (int t = 0; t < losses.Length; t++)
                {
                    losses[t] = notes * Loss.Bernoulli(logits[i, t], _y[i, t], _gradient.AsSpan(0, notes));
                }

                yield return losses;
            }
        }
    }
}
