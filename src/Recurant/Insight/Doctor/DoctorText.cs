using System.Globalization;
using System.Text;

namespace Recurant.Insight;

/// <summary>A text of any kind of data as the checks see it; made anew each time it is looked at.</summary>
/// <param name="Text">The text; of pairs the source.</param>
/// <param name="Answer">What it is to be answered with: label, tags, target; null of plain text.</param>
/// <param name="File">The file it stands in.</param>
/// <param name="Line">Its line there, from 1; 0 if it has none.</param>
/// <param name="Index">Its number among the texts, from 0.</param>
internal sealed record DoctorText(string Text, string? Answer, string File, int Line, int Index)
{
    private string? _folded;
    private List<string>? _words;

    /// <summary>Where it stands: "reviews.tsv, line 12".</summary>
    public string Place => Line > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{File}, line {Line}")
        : string.Create(CultureInfo.InvariantCulture, $"{File}, number {Index + 1}");

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

/// <summary>
/// Data of any kind as the checks see it. The texts are made of the data as they are asked for, and none is kept.
/// </summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Unit">What one of it is called: "text", "sentence", "pair", "line".</param>
/// <param name="Count">The number of texts.</param>
/// <param name="At">The text with a number, in the order of the file.</param>
internal sealed record DoctorTexts(string Name, string Unit, int Count, Func<int, DoctorText> At)
{
    private DoctorRows? _rows;

    /// <summary>The texts in the order of the file.</summary>
    public IEnumerable<DoctorText> Texts => Enumerable.Range(0, Count).Select(At);

    /// <summary>What is kept of each text.</summary>
    public DoctorRows Rows => _rows ??= DoctorRows.Of(this);

    /// <summary>Whether the answers are one of a few labels.</summary>
    public bool HasLabels { get; init; }

    /// <summary>Whether the texts have answers.</summary>
    public bool HasAnswers { get; init; } = true;

    /// <summary>How often each label or tag occurs; null of pairs and plain text.</summary>
    public IReadOnlyList<(string Label, long Count)>? Classes { get; init; }

    /// <summary>The places of some of the texts, as many as a finding tells.</summary>
    public IReadOnlyList<string> Places(IEnumerable<int> rows) => FindingText.Places(rows.Select(At));

    public static DoctorTexts Of(TextDataset data) => new(Short(data.Name), "text", data.Count, i =>
    {
        TextExample example = data.Examples[i];
        return new DoctorText(example.Text, example.Label, example.File ?? data.Name, example.Line, i);
    })
    {
        HasLabels = true,
        Classes = [.. data.LabelNumbers.CountBy(label => label).Select(count => (data.Labels[count.Key], (long)count.Value))],
    };

    public static DoctorTexts Of(TaggedDataset data) => new(Short(data.Name), "sentence", data.Count, i =>
    {
        TaggedSentence sentence = data.Sentences[i];
        return new DoctorText(string.Join(' ', sentence.Words), string.Join(' ', sentence.Tags), data.Name, sentence.Line, i);
    })
    {
        Classes = [.. data.Sentences.SelectMany(sentence => sentence.Tags).CountBy(tag => tag, StringComparer.Ordinal)
            .Select(count => (count.Key, (long)count.Value))],
    };

    public static DoctorTexts Of(PairDataset data) => new(data.Name, "pair", data.Count, i =>
    {
        TextPair pair = data.Pairs[i];
        return new DoctorText(pair.Source, pair.Target, data.Name, pair.Line, i);
    });

    public static DoctorTexts Of(PlainText data) => new(
        Short(data.Name), "line", data.Count, i =>
            new DoctorText(data.Lines[i], null, data.Name, i + 1, i)) { HasAnswers = false };

    /// <summary>Sentences name the file alone; places name its path.</summary>
    private static string Short(string name) => Path.GetFileName(name) is { Length: > 0 } file ? file : name;
}
