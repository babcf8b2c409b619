namespace Recurant.Formats;

/// <summary>What can be learnt from a file.</summary>
public enum DataKind
{
    /// <summary>Texts with a label each: a classifier. <see cref="TextDatasetReader"/> reads them.</summary>
    LabelledTexts,

    /// <summary>Words with a tag each: a tagger. <see cref="TaggedDatasetReader"/> reads them.</summary>
    TaggedWords,

    /// <summary>Texts and what they become: a translator. <see cref="PairDatasetReader"/> reads them.</summary>
    TextPairs,

    /// <summary>Text without labels: a language model. <see cref="PlainTextReader"/> reads it.</summary>
    PlainText,

    /// <summary>
    /// Images with a sentence each: a captioner. <see cref="CaptionDatasetReader"/> or <see cref="MnistScenes"/> reads them.
    /// </summary>
    ImageSentences,

    /// <summary>
    /// Numbers over time or sequences of numbers: a forecaster, or a classifier, a labeller or a regression of sequences.
    /// <see cref="SeriesReader"/> reads them.
    /// </summary>
    Series,

    /// <summary>Music as sets of notes: MIDI files or piano rolls. <see cref="NotesReader"/> reads them.</summary>
    Notes,
}

/// <summary>What some data is taken for.</summary>
/// <param name="Kind">What can be learnt from it.</param>
/// <param name="Description">The format in words, for the user.</param>
public sealed record DetectedData(DataKind Kind, string Description)
{
    /// <summary>Of series: whether the file itself says that each has a label.</summary>
    public bool HasLabels { get; init; }
}
