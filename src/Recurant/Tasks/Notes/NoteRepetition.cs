namespace Recurant.Tasks;

/// <summary>
/// What a model of music has to beat: each note given itself one step earlier, with counts of the training pieces.
/// <code>
/// (1) P(y_t,k = 1 | y_(t-1),k = b) = (n_kb1 + 1/2) / (n_kb + 1)
/// </code>
/// </summary>
public static class NoteRepetition
{
    /// <summary>Scores (1).</summary>
    /// <param name="train">What is counted.</param>
    /// <param name="test">What is scored.</param>
    public static NotesScore Score(NoteDataset train, NoteDataset test)
    {
        ArgumentNullException.ThrowIfNull(train);
        ArgumentNullException.ThrowIfNull(test);
        var counts = new double[NotePiece.NoteCount, 2, 2];
        foreach (NotePiece piece in train.Pieces)
        {
            foreach ((bool[] before, bool[] now) in Steps(piece))
            {
                for (int k = 0; k < now.Length; k++) counts[k, before[k] ? 1 : 0, now[k] ? 1 : 0]++;
            }
        }

        return NotesScore.Of([.. test.Pieces.Select(piece => (piece.Steps.Count, Steps(piece).Sum(LossOf)))]);

        double LossOf((bool[] Before, bool[] Now) step)
        {
            double sum = 0;
            for (int k = 0; k < step.Now.Length; k++)
            {
                int b = step.Before[k] ? 1 : 0;
                double all = counts[k, b, 0] + counts[k, b, 1];
                sum -= Elementwise.Log((float)((counts[k, b, step.Now[k] ? 1 : 0] + 0.5) / (all + 1)));                 // (1)
            }

            return sum;
        }
    }

    private static IEnumerable<(bool[] Before, bool[] Now)> Steps(NotePiece piece)
    {
        bool[] before = new bool[NotePiece.NoteCount];
        foreach (IReadOnlyList<int> notes in piece.Steps)
        {
            bool[] now = new bool[NotePiece.NoteCount];
            foreach (int note in notes) now[note] = true;
            yield return (before, now);
            before = now;
        }
    }
}
