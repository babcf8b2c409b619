using System.Text.Json;

namespace Recurant.Models;

/// <summary>A network that learnt a generated problem.</summary>
public sealed class SequenceModel : TrainedModel
{
    internal SequenceModel(SequenceSpec spec)
    {
        Spec = spec;
        Network = new SequenceNetwork(spec);
    }

    /// <summary>What the model is made of.</summary>
    public SequenceSpec Spec { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Problem;

    /// <inheritdoc/>
    public override string Noun => "sequence problem";

    /// <inheritdoc/>
    public override string Summary => $"{Spec.Problem}: {Spec.Stack.Summary}";

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    internal SequenceNetwork Network { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}

/// <summary>How well a network does a generated problem.</summary>
public sealed record SequenceScore : Score
{
    /// <summary>The number of sequences.</summary>
    public required int Sequences { get; init; }

    /// <summary>The share of the ten symbols that were said right; null where there are none to remember.</summary>
    public double? Recalled { get; init; }

    /// <inheritdoc/>
    public override string Measure => Recalled is null ? "mean squared error" : "nats a step";

    /// <summary>The mean squared error, or the cross-entropy a step in nats.</summary>
    public override double Value => Loss;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("sequences", Sequences);
        if (Recalled is { } recalled) writer.WriteNumber("recalled", recalled);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static SequenceScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Sequences = members.GetProperty("sequences").GetInt32(),
        Recalled = members.TryGetProperty("recalled", out JsonElement recalled) ? recalled.GetDouble() : null,
    };
}
