namespace Recurant.Tasks;

/// <summary>Reads whole pieces with a model of music, several at a time.</summary>
internal sealed class NotesScorer(NotesModel model, Workers workers)
{
    /// <summary>The steps that are read together, so that long pieces take no more memory than short ones.</summary>
    private const int Together = 8192;

    private readonly Pass _pass = new(threads: workers.Count);
    private readonly SequenceBatch _x = new(), _y = new();
    private float[] _gradient = [];

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

            pieces.Fill(first, count, _x, _y);
            _pass.Begin(PassKind.Prediction);
            SequenceBatch logits = model.Network.Forward(_pass, _x, _y);
            _gradient = Workspace.Reserve(_gradient, notes);
            for (int i = 0; i < count; i++)
            {
                var losses = new double[pieces.Pieces[first + i].Steps.Count];
                for (int t = 0; t < losses.Length; t++)
                {
                    losses[t] = notes * Loss.Bernoulli(logits[i, t], _y[i, t], _gradient.AsSpan(0, notes));
                }

                yield return losses;
            }
        }
    }
}
