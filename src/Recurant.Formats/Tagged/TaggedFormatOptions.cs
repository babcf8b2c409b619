namespace Recurant.Formats;

/// <summary>What a reader of tagged words should not guess about a file. Whatever is null is guessed.</summary>
public sealed record TaggedFormatOptions
{
    /// <summary>
    /// The column that holds the tags: its number counted from 1, or its name. In CoNLL-U the names are those of the format
    /// (ID, FORM, LEMMA, UPOS, XPOS, FEATS, HEAD, DEPREL, DEPS, MISC) or those the file's <c># global.columns</c> line gives; in
    /// other CoNLL columns <c>tag</c> or <c>ner</c> is the last, and with three or four of them <c>pos</c> the second and
    /// <c>chunk</c> the third. Default: null, which is UPOS in CoNLL-U and otherwise the last column.
    /// </summary>
    public string? TagColumn { get; init; }

    /// <summary>The format: <c>conll</c> or <c>conllu</c>. Default: null.</summary>
    public string? Format { get; init; }

    /// <summary>
    /// Whether only the words are wanted, as of texts to predict: a tag may then be missing, which CoNLL-U writes as <c>_</c>.
    /// Otherwise sentences with such a word are left out, and counted in the warnings. Default: false.
    /// </summary>
    public bool WordsOnly { get; init; }
}
