using System.Globalization;
using System.Text;
using Recurant.Data;

namespace Recurant.Insight;

/// <summary>A text of any kind of data as the checks see it.</summary>
/// <param name="Text">The text; of pairs the source.</param>
/// <param name="Answer">What it is to be answered with: label, tags, target; null of plain text.</param>
/// <param name="Place">Where it stands: "reviews.tsv, line 12".</param>
internal sealed record DoctorText(string Text, string? Answer, string Place)
{
    private string? _folded;
    private List<string>? _words;

    /// <summary>The text in small letters, everything but letters and digits one blank: near duplicates become equal.</summary>
    public string Folded => _folded ??= Fold(Text);

    /// <summary>Its words, in small letters.</summary>
    public List<string> Words => _words ??= s_tokenizer.Tokenize(Text);

    private static readonly Tokenizer s_tokenizer = new(new TokenizerOptions { Unit = TokenUnit.Word, Lowercase = true });

    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        bool isGap = false;
        foreach (char c in text)
        {
            // Marks belong to the letter before them, and surrogates may be letters of other scripts or pictures.
            bool keeps = char.IsLetterOrDigit(c) || char.IsSurrogate(c)
                || char.GetUnicodeCategory(c) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (!keeps)
            {
                isGap = folded.Length > 0;
                continue;
            }

            if (isGap) folded.Append(' ');
            isGap = false;
            folded.Append(LetterCase.ToLower(c));
        }

        return folded.ToString();
    }
}

/// <summary>Data of any kind as the checks see it.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Unit">What one of it is called: "text", "sentence", "pair", "line".</param>
/// <param name="Texts">The texts in the order of the file.</param>
internal sealed record DoctorTexts(string Name, string Unit, IReadOnlyList<DoctorText> Texts)
{
    /// <summary>Whether the answers are one of a few labels.</summary>
    public bool HasLabels { get; init; }

    /// <summary>How often each label or tag occurs; null of pairs and plain text.</summary>
    public IReadOnlyList<(string Label, long Count)>? Classes { get; init; }

    public static DoctorTexts Of(TextDataset data) => new(
        Short(data.Name), "text",
        [.. data.Examples.Select((example, i) => new DoctorText(example.Text, example.Label, Place(example.File ?? data.Name,
            example.Line, i)))])
    {
        HasLabels = true,
        Classes = [.. data.Examples.CountBy(example => example.Label, StringComparer.Ordinal)
            .Select(count => (count.Key, (long)count.Value))],
    };

    public static DoctorTexts Of(TaggedDataset data) => new(
        Short(data.Name), "sentence",
        [.. data.Sentences.Select((sentence, i) => new DoctorText(
            string.Join(' ', sentence.Words), string.Join(' ', sentence.Tags), Place(data.Name, sentence.Line, i)))])
    {
        Classes = [.. data.Sentences.SelectMany(sentence => sentence.Tags).CountBy(tag => tag, StringComparer.Ordinal)
            .Select(count => (count.Key, (long)count.Value))],
    };

    public static DoctorTexts Of(PairDataset data) => new(
        data.Name, "pair",
        [.. data.Pairs.Select((pair, i) => new DoctorText(pair.Source, pair.Target, Place(data.Name, pair.Line, i)))]);

    public static DoctorTexts Of(PlainText data) => new(
        Short(data.Name), "line",
        [.. data.Lines.Select((line, i) => new DoctorText(line, null, Place(data.Name, i + 1, i)))]);

    /// <summary>Sentences name the file alone; places name its path.</summary>
    private static string Short(string name) => Path.GetFileName(name) is { Length: > 0 } file ? file : name;

    private static string Place(string file, int line, int index) => line > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{file}, line {line}")
        : string.Create(CultureInfo.InvariantCulture, $"{file}, number {index + 1}");
}
