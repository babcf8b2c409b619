namespace Recurant.Tasks;

/// <content>Networks that learnt a generated problem.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofProblems = new(
        steps => $"--chrono {steps + 1} (or {LensRemedy.Bias(steps)})", "Or choose a problem with shorter sequences.",
        "a problem with shorter sequences helps as well");

    /// <summary>Looks at a network that learnt a generated problem.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LensResult Look(SequenceModel model, LensOptions? options = null) =>
        Look<SequenceModel>(model, options, SubjectOf);

    /// <summary>Looks at the network that training on a generated problem would start from.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LensResult LookBefore(SequenceProblem problem, ProblemTrainingOptions training, LensOptions? options = null) =>
        LookBefore(problem, training, options, how => how.Validate(), (data, how, given) =>
            SubjectOf(new ProblemTask(data, how, Workers.ForThreads(1)).Model, given));

    /// <summary>The first test sequences.</summary>
    private static LensSubject SubjectOf(SequenceModel model, LensOptions options)
    {
        SequenceNetwork network = model.Network;
        SequenceMemory memory = network.CreateMemory();
        Workers workers = options.Workers;
        LensPart part = LensPart.Of(
            null, network.Stack, memory.Recurrent, memory.Batch, () => memory.Input.Rows(memory.Batch.Rows),
            () => memory.DHidden.Rows(memory.Batch.Rows), workers);
        return new LensSubject(model.Summary, options.Sequences, network.Parameters, s_ofProblems, [part], () =>
        {
            network.Fill(memory, options.Sequences, seed: 0, ProblemPart.Test, first: 0);
            return network.Loss(workers, memory, dropout: null, withGradient: true, out _) / options.Sequences;
        });
    }
}
