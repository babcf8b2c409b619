namespace Recurant.Tasks;

/// <content>Networks that learnt a generated problem.</content>
public static partial class Explainer
{
    /// <summary>Tells what each step of one sequence of a generated problem did to the answer.</summary>
    /// <param name="model">The network.</param>
    /// <param name="number">Which sequence of those to test with; 0 is the first.</param>
    /// <param name="seed">The key of the sequences. Default: 1.</param>
    /// <param name="options">The threads; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ProblemExplanation Explain(
        SequenceModel model, int number, ulong seed = 1, ExplainOptions? options = null,
        CancellationToken cancellation = default) =>
        Run(model, number, options, given =>
        {
            ArgumentOutOfRangeException.ThrowIfNegative(number);
            return ProblemExplainer.Explain(model, number, seed, given, cancellation);
        });
}

/// <summary>Asks a network about one sequence, whole and with a zero or a blank in the place of each step.</summary>
internal static class ProblemExplainer
{
    private const int Together = 64, Blank = 8;

    public static ProblemExplanation Explain(
        SequenceModel model, int number, ulong seed, ExplainOptions options, CancellationToken cancellation)
    {
        SequenceNetwork network = model.Network;
        SequenceProblem problem = model.Spec.Problem;
        Workers workers = Workers.Asked(options.Threads);
        SequenceMemory memory = network.CreateMemory();
        network.Fill(memory, 1, seed, ProblemPart.Test, (ulong)number);
        float[][] inputs = [.. Enumerable.Range(0, problem.Steps).Select(t => memory.Input.Row(t).ToArray())];
        int[] symbols = [.. memory.Classes];
        double[] expected = problem.Kind == ProblemKind.Adding
            ? [memory.Numbers[0]]
            : [.. symbols[^SequenceProblem.Remembered..].Select(symbol => (double)symbol)];

        // Variant 0 is the whole sequence, of variant t + 1 step t is missing.
        var scores = new double[problem.Steps + 1];
        double[] answer = [];
        for (int first = 0; first < scores.Length; first += Together)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Together, scores.Length - first);
            Fill(memory, inputs, first, count, problem);
            Matrix answers = network.Answer(workers, memory);
            for (int b = 0; b < count; b++) scores[first + b] = Score(answers, b, count, symbols, problem);
            if (first == 0) answer = AnswerOf(answers, count, problem);
        }

        return new ProblemExplanation
        {
            Problem = problem.ToString(), Expected = expected, Answer = answer,
            Steps = [.. inputs.Select((input, t) => new StepEffect(
                problem.Kind == ProblemKind.Adding ? [input[0], input[1]] : [Array.IndexOf(input, 1f)],
                scores[0] - scores[t + 1]))],
        };
    }

    private static void Fill(SequenceMemory memory, float[][] inputs, int first, int count, SequenceProblem problem)
    {
        var lengths = new int[count];
        Array.Fill(lengths, problem.Steps);
        memory.Batch.Fill(lengths);
        memory.Input.Reserve(Workspace.RequireLength(count, problem.Steps), problem.Inputs).Clear();
        for (int t = 0; t < problem.Steps; t++)
        {
            for (int b = 0; b < count; b++)
            {
                Span<float> row = memory.Input.Row(t * count + b);
                inputs[t].CopyTo(row);
                if (first + b - 1 != t) continue;
                // Of adding the mark stays: a sequence of one mark asks for nothing that was ever learnt.
                if (problem.Kind == ProblemKind.Adding)
                {
                    row[0] = 0f;
                }
                else
                {
                    row.Clear();
                    row[Blank] = 1f;
                }
            }
        }
    }

    private static double Score(Matrix answers, int b, int count, int[] symbols, SequenceProblem problem)
    {
        if (problem.Kind == ProblemKind.Adding) return answers.Row(b)[0];
        double sum = 0;
        var scratch = new float[problem.Outputs];
        for (int t = problem.Steps - SequenceProblem.Remembered; t < problem.Steps; t++)
        {
            Span<float> row = answers.Row(t * count + b);
            sum += row[symbols[t]] - Softmax.Apply(row, scratch);
        }

        return sum;
    }

    private static double[] AnswerOf(Matrix answers, int count, SequenceProblem problem) => problem.Kind == ProblemKind.Adding
        ? [answers.Row(0)[0]]
        : [.. Enumerable.Range(problem.Steps - SequenceProblem.Remembered, SequenceProblem.Remembered)
            .Select(t => (double)CrossEntropy.ArgMax(answers.Row(t * count)))];
}
