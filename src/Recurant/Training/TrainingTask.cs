using System.Text.Json;

namespace Recurant.Training;

/// <summary>What a step's loss was.</summary>
/// <param name="Loss">The sum of the losses of its units.</param>
/// <param name="Units">The number of units: of texts, or of words.</param>
/// <param name="Correct">How many of them were answered right; below 0 where that is not looked at.</param>
/// <param name="Tokens">The tokens read, for the speed.</param>
internal readonly record struct StepLoss(double Loss, int Units, int Correct, int Tokens);

/// <summary>
/// What a run learns: the data, the network, and one step of it. The loop around it, <see cref="TaskRun"/>, is the same for
/// all tasks.
/// </summary>
/// <param name="parameters">All tensors of the model.</param>
/// <param name="memory">What the network keeps of a step's batch.</param>
/// <param name="feed">How the examples become steps.</param>
internal abstract class TrainingTask(IReadOnlyList<Parameter> parameters, NetworkMemory memory, Feed feed)
{
    /// <summary>All tensors of the model.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>What the network kept of the last step.</summary>
    public NetworkMemory Memory => memory;

    public Feed Feed => feed;

    /// <summary>
    /// What has to be carried from one step to the next and is no weight, such as the state that a language model keeps over
    /// batches; a checkpoint holds it.
    /// </summary>
    public virtual IEnumerable<(string Name, int[] Shape, Memory<float> Values)> CarriedState => [];

    /// <summary>
    /// Everything that decides the bits of the run, as short texts. Causes come before what follows from them, so that a message
    /// about a difference names the cause.
    /// </summary>
    public abstract List<(string Name, string Value)> Identity();

    /// <summary>
    /// Runs the largest step forward and back once without learning from it, so that every workspace takes its final size. The
    /// run clears the gradients.
    /// </summary>
    public abstract void WarmUp();

    /// <summary>Forward, loss, back; the gradients are added in the parameters. Allocates nothing once warm.</summary>
    /// <param name="index">The step's number in the epoch, from 0.</param>
    /// <param name="step">The step's number in the run, the key of its random numbers.</param>
    public abstract StepLoss Step(int index, ulong step);

    /// <summary>Scores the present weights on the validation data.</summary>
    /// <param name="work">Told how far it is. If it is late, a part of the data may be left out, but never all.</param>
    public abstract Score Validate(PhaseWork work);

    /// <summary>About how many tokens are read to validate; 0 where that takes no time worth counting.</summary>
    public virtual long ValidationTokens => 0;

    /// <summary>
    /// The validation rows there were before some were chosen for want of time; 0 where all of them are scored.
    /// </summary>
    public virtual long ValidationGiven => 0;

    /// <summary>The training rows that are not learnt from, such as pairs that are too long.</summary>
    public virtual long TrainingLeftOut => 0;

    /// <summary>The number of words of ready-made vectors found among the model's words; null without vectors.</summary>
    public virtual int? VectorsFound => null;

    /// <summary>Reads a score as <see cref="Score.WriteMembers"/> wrote it.</summary>
    public abstract Score ReadScore(JsonElement members);

    /// <summary>
    /// All that the step just made needs to be made again, before the weights change; null where that is not supported.
    /// </summary>
    /// <param name="index">The step's number in the epoch, from 0.</param>
    /// <param name="step">The step's number in the run.</param>
    public virtual StepCapture? Capture(int index, ulong step) => null;
}
