using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recurant.Insight;

/// <summary>Where a number that is not finite was met first.</summary>
/// <param name="Layer">The layer, or the tensor of weights: "recurrent layer 0, forward", "weight_hh_l0".</param>
/// <param name="What">What the number is: "weights", "gates", "cell state", "output", "gradient of the gates", "loss".</param>
/// <param name="Value">The number: NaN, an infinity, or of finite parts whose sum is not the largest of them.</param>
public sealed record NumberPlace(
    string Layer, string What, [property: JsonConverter(typeof(WideSingleConverter))] float Value) : InsightRecord
{
    /// <summary>The gate, under PyTorch's letter (i, f, g, o; r, z, n); null outside gates.</summary>
    public string? Gate { get; init; }

    /// <summary>The unit, from 0: of weights the row, of an output layer the class; null where none can be named.</summary>
    public int? Unit { get; init; }

    /// <summary>Of weights the column, from 0.</summary>
    public int? Column { get; init; }

    /// <summary>The place of the text in its batch, from 0.</summary>
    public int? Sample { get; init; }

    /// <summary>The number of the text among those to learn from, from 0, where there are such.</summary>
    public int? Text { get; init; }

    /// <summary>The time step of the text, from 0.</summary>
    public int? Time { get; init; }

    /// <summary>The token that the network read there, or whose vector holds the number.</summary>
    public string? Token { get; init; }
}

/// <summary>The sizes of one step.</summary>
/// <param name="Number">The step's number in the stage, from 1.</param>
/// <param name="Loss">The mean loss.</param>
/// <param name="GradientNorm">The norm of the gradient, before clipping.</param>
/// <param name="IsClipped">Whether it was shortened.</param>
/// <param name="LearningRate">The learning rate of the step.</param>
/// <param name="LargestWeight">
/// The largest magnitude of a weight when the step began; of tables of which a step reads few rows, of the rows read since
/// the run began.
/// </param>
[method: JsonConstructor]
public readonly record struct StepSizes(
    [property: JsonPropertyName("step")] long Number, double Loss, double GradientNorm,
    [property: JsonPropertyName("clipped")] bool IsClipped, double LearningRate,
    [property: JsonConverter(typeof(WideSingleConverter))] float LargestWeight)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(StepSizes), PrintMembers);
}

/// <summary>Why a number may have left the finite ones, and what to try.</summary>
/// <param name="Name">The cause in a few words.</param>
/// <param name="Evidence">What speaks for it, with numbers.</param>
/// <param name="Advice">What to try, the best first.</param>
public sealed record NonFiniteCause(string Name, string Evidence, IReadOnlyList<string> Advice);

/// <summary>What is known of the first number of a run that is not finite.</summary>
public sealed record NonFiniteReport : InsightRecord
{
    /// <summary>What is being trained, as in <see cref="Training.TrainingProgress.Stage"/>.</summary>
    public required string Stage { get; init; }

    /// <summary>The epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>The failing step's number in the stage, from 1; of a validation loss that of the step before.</summary>
    public required long Step { get; init; }

    /// <summary>What is not finite: "loss", "norm of the gradient" or "validation loss".</summary>
    public required string What { get; init; }

    /// <summary>Its value.</summary>
    public required double Value { get; init; }

    /// <summary>Where the first such number was met on the data's way.</summary>
    public required NumberPlace Place { get; init; }

    /// <summary>The likely cause.</summary>
    public required NonFiniteCause Cause { get; init; }

    /// <summary>The steps before, oldest first.</summary>
    [JsonPropertyOrder(2)]
    public IReadOnlyList<StepSizes> LastSteps { get; init; } = [];

    /// <summary>
    /// A hash over the bits of everything that the layers held, gradients too; two steps with the same one computed the same
    /// numbers. A NaN counts as a NaN whatever its sign and payload are.
    /// </summary>
    [JsonPropertyOrder(1)]
    public string Fingerprint { get; init; } = "";

    /// <summary>
    /// Whether the update of the step before wrote the number into the weights, and the file replays that step and its update.
    /// </summary>
    [JsonPropertyName("from_update"), JsonPropertyOrder(1)]
    public bool IsFromUpdate { get; init; }

    /// <summary>The words of the text that failed, as the network read them; empty where none can be named.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>The file that replays the step; null if none was written.</summary>
    [JsonPropertyOrder(3)]
    public string? Bundle { get; init; }

    /// <summary>The report as one JSON object; numbers that are not finite are texts in it.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StepContext.Texts.NonFiniteReport);
}
