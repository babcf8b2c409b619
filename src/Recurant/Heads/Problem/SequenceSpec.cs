using System.Globalization;

namespace Recurant.Heads;

/// <summary>What a network for a generated problem is made of: data only, stored in the model file.</summary>
public sealed record SequenceSpec
{
    /// <summary>The problem.</summary>
    public required SequenceProblem Problem { get; init; }

    /// <summary>The layers. Default: an LSTM of 128 units.</summary>
    public RecurrentSpec Recurrent { get; init; } = new();

    /// <summary>The layers over what they read.</summary>
    internal StackSpec Stack => Recurrent.Over(Problem.Inputs);

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate() => Recurrent.Validate();

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SequenceSpec), PrintMembers);
}
