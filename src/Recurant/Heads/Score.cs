using System.Globalization;
using System.Text.Json;

namespace Recurant.Heads;

/// <summary>How well a model does on data that it did not learn from; each task has its own record of this kind.</summary>
public abstract record Score
{
    private protected Score()
    {
    }

    /// <summary>The mean loss of a unit (a text, a word), in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>The name of the measure that decides which weights are best, for example "accuracy".</summary>
    public abstract string Measure { get; }

    /// <summary>The value of that measure.</summary>
    public abstract double Value { get; }

    /// <summary>Whether more of it is better. Default: yes.</summary>
    public virtual bool HigherIsBetter => true;

    /// <summary>How many rows were scored: texts, sentences, pairs, images; of a running text characters.</summary>
    internal virtual long Count => 0;

    /// <summary>A better value of the measure is better; with the same, the smaller loss decides.</summary>
    internal bool IsBetterThan(Score best) =>
        Value != best.Value ? Value > best.Value == HigherIsBetter : Loss < best.Loss;

    /// <summary>Writes everything but the loss as members of an object that is open.</summary>
    internal abstract void WriteMembers(Utf8JsonWriter writer);

    /// <inheritdoc/>
    public sealed override string ToString() => InvariantRecord.ToString(GetType().Name, PrintMembers);
}
