using System.Globalization;

namespace Recurant.Heads;

/// <summary>
/// Says how probable each symbol is after a prefix of a text: a language model beside the network that hears.
/// </summary>
/// <param name="prefix">The symbols so far.</param>
/// <param name="logProbabilities">
/// [K], zeros: to be given ln p(k | prefix) for every symbol k, in nats, minus infinity for what may not follow; in the place of
/// the blank ln p(the text ends here), or 0 if nothing is known about ends.
/// </param>
public delegate void CtcPrefixScorer(ReadOnlySpan<int> prefix, Span<double> logProbabilities);

/// <summary>How <see cref="CtcBeamSearch"/> searches.</summary>
public sealed record CtcSearchOptions
{
    /// <summary>The greatest beam.</summary>
    public const int MostBeam = 100_000;

    /// <summary>The prefixes that are followed side by side, 1 to 100,000. Default: 25.</summary>
    public int Beam { get; init; } = 25;

    /// <summary>The index of the blank. Default: 0.</summary>
    public int Blank { get; init; }

    /// <summary>A language model. Default: none.</summary>
    public CtcPrefixScorer? Scorer { get; init; }

    /// <summary>alpha: how much the language model counts, from 0. Default: 1.</summary>
    public double ScorerWeight { get; init; } = 1;

    /// <summary>
    /// beta: what every symbol adds to the score, in nats; above 0 it makes up for the language model's preference of short
    /// texts. Default: 0.
    /// </summary>
    public double SymbolBonus { get; init; }

    /// <summary>The symbol that stands between words, such as the space; below 0 for none. Default: -1.</summary>
    public int Separator { get; init; } = -1;

    /// <summary>What every word adds to the score, in nats, where there is a separator. Default: 0.</summary>
    public double WordBonus { get; init; }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(CtcSearchOptions), PrintMembers);

    internal void Check(int classes)
    {
        if (Beam is < 1 or > MostBeam) throw Fault(nameof(Beam), Beam, $"1 to {MostBeam}");
        if (!(ScorerWeight >= 0 && double.IsFinite(ScorerWeight))) throw Fault(nameof(ScorerWeight), ScorerWeight, "0 or more");
        if (!double.IsFinite(SymbolBonus)) throw Fault(nameof(SymbolBonus), SymbolBonus, "a finite number");
        if (!double.IsFinite(WordBonus)) throw Fault(nameof(WordBonus), WordBonus, "a finite number");
        if (Separator >= classes || (Separator >= 0 && Separator == Blank))
        {
            throw Fault(nameof(Separator), Separator, $"one of the symbols, below {classes}, other than the blank");
        }
    }

    /// <summary>Checks that numbers are rows of so many classes, one of which is the blank.</summary>
    internal static void RequireRows(int numbers, int classes, int blank)
    {
        if (classes < 1 || numbers % classes != 0)
        {
            throw new ArgumentException($"{numbers} logits are no rows of {classes} classes.", nameof(classes));
        }

        if (blank < 0 || blank >= classes)
        {
            throw new ArgumentException(
                $"The blank is {blank}; with {classes} classes it must be 0 to {classes - 1}.", nameof(blank));
        }
    }

    private static ArgumentException Fault(string name, double value, string range) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{name} is {value}; it must be {range}."), name);
}
