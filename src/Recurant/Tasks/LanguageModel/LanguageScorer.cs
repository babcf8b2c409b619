namespace Recurant.Tasks;

/// <summary>
/// Scores a language model on a long text. The text is read in parts side by side; each but the first has read the end of the
/// part before it, without being scored for that, so that no token is predicted from little context.
/// </summary>
internal sealed class LanguageScorer(LanguageModelNetwork network, Workers workers, LanguageModelMemory memory)
{
    private const int MostParts = 32, ContextSteps = 256, WindowSteps = 64;

    private readonly BatchLayout _window = new();

    /// <summary>The mean loss of predicting tokens[1], tokens[2], ..., in nats.</summary>
    public double Loss(IReadOnlyList<int> tokens) => Loss(tokens, tokens);

    /// <summary>How many tokens the last loss is the mean of: all, unless its time was over before.</summary>
    public int Scored { get; private set; }

    /// <summary>The same where the output knows fewer tokens than are read.</summary>
    /// <param name="tokens">The tokens as they are read.</param>
    /// <param name="predicted">The same tokens as they are predicted.</param>
    /// <param name="each">
    /// Told of every token that is scored: the place p of tokens[p + 1], from 0, and its row in the memory's output. The order is
    /// that of the windows.
    /// </param>
    /// <param name="work">Told how far it is; may end it when every part has scored some tokens.</param>
    /// <param name="phase">What it is called, such as "validating".</param>
    public double Loss(
        IReadOnlyList<int> tokens, IReadOnlyList<int> predicted, Action<int, int>? each = null, PhaseWork? work = null,
        string phase = "testing")
    {
        int count = tokens.Count - 1, parts = Math.Clamp(count / (4 * ContextSteps), 1, MostParts);
        var carried = new CarriedState(network.Stack, parts);
        // Part p predicts [first[p], first[p + 1]) and reads from begin[p] on; longer parts come first.
        int[] first = new int[parts + 1], begin = new int[parts];
        for (int p = 0; p <= parts; p++) first[p] = (int)((long)count * p / parts);
        for (int p = 0; p < parts; p++) begin[p] = Math.Max(0, first[p] - ContextSteps);
        int[] order = [.. Enumerable.Range(0, parts).OrderByDescending(p => first[p + 1] - begin[p])];
        int longest = first[order[0] + 1] - begin[order[0]];
        double total = 0;
        Scored = 0;
        int[] lengths = new int[parts], targets = [], scored = [], places = [];
        for (int step = 0; step < longest; step += WindowSteps)
        {
            work?.Tell(phase, step, longest);
            if (step > ContextSteps && work?.IsLate == true) break;
            int active = 0;
            foreach (int p in order)
            {
                int left = first[p + 1] - begin[p] - step;
                if (left > 0) lengths[active++] = Math.Min(WindowSteps, left);
            }

            _window.Fill(lengths.AsSpan(0, active));
            Span<int> read = _window.Tokens;
            targets = Workspace.Reserve(targets, read.Length);
            scored = Workspace.Reserve(scored, read.Length);
            places = Workspace.Reserve(places, read.Length);
            int counted = 0;
            for (int t = 0; t < _window.Steps; t++)
            {
                for (int b = 0; b < _window.SequencesAt(t); b++)
                {
                    int row = _window.RowStart(t) + b, part = order[b], place = begin[part] + step + t;
                    read[row] = tokens[place];
                    targets[row] = predicted[place + 1];
                    if (place >= first[part]) (scored[counted], places[counted++]) = (row, place);
                }
            }

            carried.Enter(memory.Recurrent, active);
            network.Loss(workers, _window, targets.AsMemory(0, read.Length), memory, dropout: null, withGradient: false);
            carried.Leave(memory.Recurrent, _window);
            for (int i = 0; i < counted; i++)
            {
                total += memory.Output.Losses[scored[i]];
                Scored++;
                each?.Invoke(places[i], scored[i]);
            }
        }

        work?.Tell(phase, longest, longest);
        return total / Math.Max(1, Scored);
    }
}
