namespace Recurant.Tasks;

/// <summary>How well a network answers where what it needs lies so far back.</summary>
/// <param name="From">The least distance, in steps.</param>
/// <param name="To">The greatest.</param>
/// <param name="Count">How many answers there are.</param>
/// <param name="Error">
/// Of adding the mean squared error; of copying the share of symbols that are wrong, 0 to 1.
/// </param>
public sealed record DistanceError(int From, int To, int Count, double Error) : InsightRecord;

/// <summary>
/// What a network does on the test sequences of a generated problem, beyond its score: its error by how far back lies what it
/// needs. Of adding that is the distance from the end of the sequence to the first marked number; of copying a symbol stands
/// always equally far back, and what differs is its place in the row, so that the distance is counted from the first symbol that
/// is said.
/// </summary>
public sealed record SequenceReview : InsightRecord
{
    private const int Together = 100, Bands = 10;

    /// <summary>The problem, such as "adding:200".</summary>
    public required string Problem { get; init; }

    /// <summary>How many sequences were read.</summary>
    public required int Sequences { get; init; }

    /// <summary>
    /// Of adding ten bands of equally many steps, over the distances that occur; of copying each of the ten places (0 to 9).
    /// </summary>
    public required IReadOnlyList<DistanceError> ByDistance { get; init; }

    /// <summary>The error of a network that remembers nothing: a constant answer, a guessed symbol.</summary>
    public required double WithoutMemory { get; init; }

    /// <summary>Answers test sequences: those that evaluation reads.</summary>
    /// <param name="model">The network.</param>
    /// <param name="sequences">How many, at least 1. Default: 1,000.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public static SequenceReview Of(SequenceModel model, int sequences = 1_000, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(sequences, 1);
        SequenceProblem problem = model.Spec.Problem;
        bool isAdding = problem.Kind == ProblemKind.Adding;
        Workers workers = Workers.Asked(threads);
        SequenceMemory memory = model.Network.CreateMemory();
        int places = isAdding ? problem.Steps : SequenceProblem.Remembered;
        var counts = new int[places];
        var errors = new double[places];
        for (int first = 0; first < sequences; first += Together)
        {
            int batch = Math.Min(Together, sequences - first);
            model.Network.Fill(memory, batch, seed: 0, ProblemPart.Test, (ulong)first);
            Matrix answers = model.Network.Answer(workers, memory);
            for (int b = 0; b < batch; b++)
            {
                if (isAdding) AddSum(memory, answers, b, batch, counts, errors);
                else AddSymbols(memory, answers, b, batch, counts, errors);
            }
        }

        return new SequenceReview
        {
            Problem = problem.ToString(), Sequences = sequences,
            // The first number of adding lies in the first half.
            ByDistance = Gather(counts, errors, isAdding ? problem.Steps - problem.Steps / 2 : 0),
            WithoutMemory = isAdding ? problem.Baseline : 1 - 1.0 / (problem.Outputs - 1),
        };
    }

    /// <summary>The first mark is what lies farthest back.</summary>
    private static void AddSum(SequenceMemory memory, Matrix answers, int b, int batch, int[] counts, double[] errors)
    {
        int mark = 0;
        while (memory.Input.Row(mark * batch + b)[1] == 0f) mark++;
        int distance = counts.Length - 1 - mark;
        double error = answers.Row(b)[0] - memory.Numbers[b];
        counts[distance]++;
        errors[distance] += error * error;
    }

    private static void AddSymbols(SequenceMemory memory, Matrix answers, int b, int batch, int[] counts, double[] errors)
    {
        int first = answers.Rows - SequenceProblem.Remembered * batch;
        for (int place = 0; place < SequenceProblem.Remembered; place++)
        {
            int row = first + place * batch + b;
            counts[place]++;
            errors[place] += CrossEntropy.ArgMax(answers.Row(row)) == memory.Classes[row] ? 0 : 1;
        }
    }

    private static List<DistanceError> Gather(int[] counts, double[] errors, int least)
    {
        var bands = new List<DistanceError>();
        int number = Math.Min(Bands, counts.Length - least);
        for (int band = 0; band < number; band++)
        {
            (int first, int end) = Partition.Range(counts.Length - least, band, number);
            Range here = (least + first)..(least + end);
            int count = counts[here].Sum();
            if (count > 0) bands.Add(new DistanceError(least + first, least + end - 1, count, errors[here].Sum() / count));
        }

        return bands;
    }
}
