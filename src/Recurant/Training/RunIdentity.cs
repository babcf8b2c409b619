using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Recurant.Training;

/// <summary>
/// Everything that decides the bits of a run, as short texts: fingerprints of the data, the options with nothing left open, and
/// fingerprints of what was made from both. Two runs whose lists are equal give equal model files. Threads, budget and
/// the place of checkpoints are not among them, since they may change on the way.
/// </summary>
internal static class RunIdentity
{
    internal static (string Name, string Value) Version =>
        ("version of Recurant", typeof(RunIdentity).Assembly.GetName().Version?.ToString(3) ?? "unknown");

    /// <summary>One entry of the list.</summary>
    internal static (string, string) Of<T>(string name, T value) where T : notnull =>
        (name, value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value.ToString()!);

    /// <summary>The fingerprint of a text: its lines, and the SHA-256 of them in their order.</summary>
    public static string Of(PlainText text) => Of(text.Count, "lines", text.Lines);

    /// <summary>The fingerprint of labelled texts: their number, and the SHA-256 of texts and labels in their order.</summary>
    public static string Of(TextDataset texts) =>
        Of(texts.Count, "rows", texts.Examples.SelectMany(example => new[] { example.Text, example.Label }));

    /// <summary>The fingerprint of tagged sentences: their number, and the SHA-256 of words and tags in their order.</summary>
    public static string Of(TaggedDataset sentences) => Of(
        sentences.Count, "sentences",
        sentences.Sentences.SelectMany(sentence => sentence.Words.Zip(sentence.Tags).SelectMany(
            word => new[] { word.First, word.Second })
            .Prepend($"{sentence.Words.Count}")));

    /// <summary>The fingerprint of pairs of texts: their number, and the SHA-256 of both sides in their order.</summary>
    public static string Of(PairDataset pairs) =>
        Of(pairs.Count, "pairs", pairs.Pairs.SelectMany(pair => new[] { pair.Source, pair.Target }));

    /// <summary>The fingerprint of images with sentences: their number, and the SHA-256 of sizes, pixels and sentences.</summary>
    public static string Of(CaptionDataset images)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, $"{images.Width} {images.Height} {images.Channels}");
        foreach (CaptionedImage image in images.Images)
        {
            hash.AppendData(image.Pixels.Span);
            Append(hash, image.Sentence);
        }

        return Sum(images.Count, "images", hash);
    }

    /// <summary>The fingerprint of series: their rows, and the SHA-256 of names, times and values.</summary>
    public static string Of(SeriesTable table)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SeriesSpan series in table.Series) Append(hash, $"{series.Count} {series.Id}");
        if (table.Times is { } times) hash.AppendData(MemoryMarshal.AsBytes(times.AsSpan()));
        foreach (SeriesColumn column in table.Columns)
        {
            Append(hash, column.Name);
            foreach (string category in column.Categories ?? []) Append(hash, category);
            hash.AppendData(MemoryMarshal.AsBytes(column.Values.AsSpan()));
        }

        return Sum(table.Rows, "rows", hash);
    }

    /// <summary>The fingerprint of music: the SHA-256 of the notes of all steps.</summary>
    internal static string Of(IReadOnlyList<NotePiece> pieces) => Of(
        pieces.Count, "pieces",
        pieces.SelectMany(piece => piece.Steps.Select(notes => string.Join(' ', notes)).Prepend($"{piece.Steps.Count} steps")));

    /// <summary>The fingerprint of recorded speech: the SHA-256 of rates, samples and texts.</summary>
    internal static string Of(IReadOnlyList<SpeechClip> clips)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SpeechClip clip in clips)
        {
            Append(hash, $"{clip.SampleRate} {clip.Samples.Length}");
            hash.AppendData(MemoryMarshal.AsBytes(clip.Samples.Span));
            Append(hash, clip.Text);
        }

        return Sum(clips.Count, "clips", hash);
    }

    /// <summary>The fingerprint of the words that a model knows.</summary>
    internal static string Of(Vocabulary vocabulary) => Of(vocabulary.Count, "words", vocabulary.Words);

    /// <summary>The fingerprint of the pieces of texts.</summary>
    internal static string Of(TextPieces pieces) =>
        Of(pieces.Count, "pieces", Enumerable.Range(0, pieces.Count).Select(piece => pieces[piece]));

    /// <summary>The fingerprint of weights.</summary>
    internal static string Of(IReadOnlyList<Parameter> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in parameters) hash.AppendData(MemoryMarshal.AsBytes(parameter.Value));
        return Sum(parameters.Count, "tensors", hash);
    }

    private static string Of(int count, string what, IEnumerable<string> strings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in strings) Append(hash, text);
        return Sum(count, what, hash);
    }

    /// <summary>With its length before it, so that the ends of two texts cannot be moved unseen.</summary>
    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static string Sum(int count, string what, IncrementalHash hash) =>
        $"{count} {what}, SHA-256 {Convert.ToHexStringLower(hash.GetHashAndReset())}";
}
