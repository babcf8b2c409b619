using System.Globalization;
using System.Text;

namespace Recurant.Models;

/// <summary>A translator of texts: its specification, the pieces of both sides, and its network.</summary>
public sealed class TranslatorModel : TrainedModel
{
    internal TranslatorModel(TranslatorSpec spec, TextPieces source, TextPieces target)
    {
        RequireCount(spec.SourceVocabularySize, "source words with the end mark", source.Count + 1, nameof(source));
        RequireCount(spec.TargetVocabularySize, "target words with the end mark", target.Count + 1, nameof(target));
        Spec = spec;
        Source = source;
        Target = target;
        Network = new TranslatorNetwork(spec);
        Kept = KeptWords.Find(source, target);
    }

    /// <summary>What the model is made of.</summary>
    public TranslatorSpec Spec { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Translate;

    /// <inheritdoc/>
    public override string Noun => "translator";

    /// <inheritdoc/>
    public override string Summary => Network.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    /// <summary>The number of pieces (subwords or words) of the source.</summary>
    public int SourcePieces => Source.Count;

    /// <summary>The number of pieces (subwords or words) of the target.</summary>
    public int TargetPieces => Target.Count;

    /// <summary>
    /// The most pieces of a text that are read: of longer ones the first. Far more than a sentence has, so that one line of
    /// 100,000 letters does not take hours: time grows with the square.
    /// </summary>
    public const int MostSourcePieces = 500;

    internal TextPieces Source { get; }

    internal TextPieces Target { get; }

    internal TranslatorNetwork Network { get; }

    /// <summary>The placeholders that a translation must keep; null if there are none.</summary>
    internal KeptWords? Kept { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();

    /// <summary>
    /// Whether there is nothing to translate: no characters, or only such as are not seen (blanks, controls, marks of the
    /// layout).
    /// </summary>
    internal static bool IsBlank(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isSeen = !Rune.IsWhiteSpace(rune)
                && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);
            if (isSeen) return false;
        }

        return true;
    }

    /// <summary>The pieces of a text and the end mark, cut to <see cref="MostSourcePieces"/>.</summary>
    internal int[] Read(string text)
    {
        int[] pieces = Source.Encode(text);
        return pieces.Length <= MostSourcePieces + 1 ? pieces : [.. pieces.AsSpan(0, MostSourcePieces), Source.Count];
    }

    /// <summary>
    /// The text of a hypothesis; an unknown word is replaced by the source word that was attended to most (Luong, Sutskever, Le,
    /// Vinyals and Zaremba, "Addressing the rare word problem in neural machine translation", ACL 2015).
    /// </summary>
    internal string TextOf(Hypothesis hypothesis, string source)
    {
        if (IsBlank(source)) return "";
        if (Target.Unknown < 0 || hypothesis.Attention.Count == 0 || !hypothesis.Words.Contains(Target.Unknown))
        {
            return Target.Decode(hypothesis.Words);
        }

        List<string> words = Source.Cut(source);
        var copies = new string?[hypothesis.Words.Length];
        for (int t = 0; t < copies.Length && words.Count > 0; t++)
        {
            ReadOnlySpan<float> weights = hypothesis.Attention[t].AsSpan(0, Math.Min(words.Count, MostSourcePieces));
            if (hypothesis.Words[t] == Target.Unknown) copies[t] = words[Losses.CrossEntropy.ArgMax(weights)];
        }

        return Target.Decode(hypothesis.Words, copies);
    }
}
