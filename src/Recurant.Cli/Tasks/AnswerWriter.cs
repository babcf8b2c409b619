using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Predicts and writes the answers of one kind of model.</summary>
internal abstract class AnswerWriter
{
    /// <summary>Texts that are predicted together.</summary>
    public const int BatchSize = 512;

    /// <summary>Whether what is answered are the paths of tables, and no texts. Default: no.</summary>
    public virtual bool ReadsTables => false;

    /// <summary>Answers texts in their order. Whoever waits for these answers gets them at once.</summary>
    public abstract void Write(IReadOnlyList<string> texts);

    /// <summary>Answers all texts of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="options">How it is read.</param>
    /// <param name="format">What it is taken for.</param>
    public virtual void WriteFile(DataFile file, TextFormatOptions options, DetectedFormat format)
    {
        foreach (string[] texts in TextDatasetReader.ReadTexts(file, options).Chunk(BatchSize)) Write(texts);
    }
}
