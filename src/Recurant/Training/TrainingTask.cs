using System.Text.Json;

namespace Recurant.Training;

/// <summary>What a step's loss was.</summary>
/// <param name="Loss">The sum of the losses of its units.</param>
/// <param name="Units">The number of units: of texts, or of words.</param>
/// <param name="Correct">How many of them were answered right; below 0 where that is not looked at.</param>
/// <param name="Tokens">The tokens read, for the speed.</param>
internal readonly record struct StepLoss(double Loss, int Units, int Correct, int Tokens);

/// <summary>Recurrent layers of a network, and what they keep of a batch.</summary>
/// <param name="Name">"encoder" or "decoder"; null where the network has but one such part.</param>
/// <param name="FirstLayer">The number of the lowest of these layers in the part.</param>
/// <param name="Stack">The layers.</param>
/// <param name="Memory">What they keep.</param>
/// <param name="Batch">The sequences they read.</param>
internal sealed record RecurrentPart(
    string? Name, int FirstLayer, RecurrentStack Stack, RecurrentMemory Memory, BatchLayout Batch)
{
    /// <summary>The parts of an encoder-decoder: the decoder's layers above the attention are a stack of their own.</summary>
    public static IReadOnlyList<RecurrentPart> Of(TranslatorNetwork network, TranslatorMemory memory, TranslationBatch batch)
    {
        TranslatorDecoder decoder = network.Decoder;
        List<RecurrentPart> parts =
        [
            new("encoder", 0, network.Encoder.Stack, memory.Encoder.Recurrent, batch.Source),
            new("decoder", 0, decoder.Lower, memory.Decoder.Lower, batch.Target),
        ];
        if (decoder.Upper is { } upper) parts.Add(new RecurrentPart("decoder", 1, upper, memory.Decoder.Upper!, batch.Target));
        return parts;
    }

    /// <summary>What a layer and direction is called: "layer 0", "encoder layer 1 backward".</summary>
    /// <param name="cell">Its place in <see cref="RecurrentMemory.Cells"/>.</param>
    public string NameOf(int cell) =>
        NameOf(Name, FirstLayer + cell / Stack.Spec.Directions, cell % Stack.Spec.Directions == 1);

    public static string NameOf(string? part, int layer, bool isReverse) =>
        $"{(part is null ? "" : part + " ")}layer {layer}{(isReverse ? " backward" : "")}";
}

/// <summary>
/// What a run learns: the data, the network, and one step of it. The loop around it, <see cref="TaskRun"/>, is the same for
/// all tasks.
/// </summary>
internal abstract class TrainingTask
{
    /// <summary>All tensors of the model.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>
    /// The recurrent layers with what they keep of the step's batch; empty where there are none, or where they keep a part of its
    /// steps at a time.
    /// </summary>
    public virtual IReadOnlyList<RecurrentPart> Recurrent => [];

    /// <summary>The number of steps in an epoch.</summary>
    public abstract int StepsInEpoch { get; }

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

    /// <summary>Puts the data of an epoch in order; called once for each epoch in turn, from 1, also for those that are over.</summary>
    public abstract void BeginEpoch(int epoch);

    /// <summary>Forward, loss, back; the gradients are added in the parameters. Allocates nothing once warm.</summary>
    /// <param name="index">The step's number in the epoch, from 0.</param>
    /// <param name="step">The step's number in the run, the key of its random numbers.</param>
    public abstract StepLoss Step(int index, ulong step);

    /// <summary>Scores the present weights on the validation data.</summary>
    /// <param name="work">Told how far it is. If it is late, a part of the data may be left out, but never all.</param>
    public abstract Score Validate(PhaseWork work);

    /// <summary>About how many tokens are read to validate; 0 where that takes no time worth counting.</summary>
    public virtual long ValidationTokens => 0;

    /// <summary>How many of the validation rows there were at the beginning are not in a score.</summary>
    public virtual long LeftOutOf(Score score) => 0;

    /// <summary>Reads a score as <see cref="Score.WriteMembers"/> wrote it.</summary>
    public abstract Score ReadScore(JsonElement members);

    /// <summary>
    /// What the layers left in memory of the last step, in the order it was computed; after the way back gradients stand where
    /// values were. Empty where nothing can be told.
    /// </summary>
    public virtual IEnumerable<LayerValues> Values(bool afterBackward) => [];

    /// <summary>
    /// All that the step just made needs to be made again, before the weights change; null where that is not supported.
    /// </summary>
    /// <param name="index">The step's number in the epoch, from 0.</param>
    /// <param name="step">The step's number in the run.</param>
    public virtual StepCapture? Capture(int index, ulong step) => null;

    /// <summary>The first layer of the last step whose output holds NaN or infinity; null if all are finite.</summary>
    public abstract string? FirstNonFinite();
}
