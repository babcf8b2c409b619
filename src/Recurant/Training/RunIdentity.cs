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

    /// <summary>The list of a run: causes come before what follows from them, so that a message names the cause.</summary>
    public static List<(string Name, string Value)> Of(PreparedData data)
    {
        TrainingOptions options = data.Plan.Options;
        List<(string, string)> list =
        [
            Version,
            ("training texts", data.TextsGiven),
            ("validation texts", data.ValidationGiven),
            Of("models of the run", options.Models),
            Of("Seed", options.Seed),
            Of("ValidationFraction", options.ValidationFraction),
        ];
        list.AddRange(PlanText.Of(data.Plan, PlanContext.Default.TrainingPlan));
        list.Add(Of("Recompute", options.Recompute));
        list.Add(Of("FreezeVectors", options is { Vectors: not null, FreezeVectors: true }));
        // "nothing" is also what a checkpoint without the entry has.
        list.AddRange(data.Pretraining is null ? [("pre-training", "nothing")] : data.PretrainingGiven);
        list.Add(("vocabulary", Of(data.Model.Vocabulary)));
        list.Add(("characters", Of(data.Model.Characters)));
        list.Add(("weights at the start", data.WeightsGiven));
        return list;
    }

    /// <summary>The list of a language model's run.</summary>
    public static List<(string Name, string Value)> Of(PreparedText data)
    {
        LanguageModelPlan plan = data.Plan;
        return
        [
            Version,
            ("text", data.TextGiven),
            ("validation text", data.ValidationGiven),
            .. PlanText.Of(plan, PlanContext.Default.LanguageModelPlan),
            ("vocabulary", Of(data.Model.Vocabulary)),
            ("weights at the start", Of(data.Model.Parameters)),
        ];
    }

    /// <summary>The fingerprint of a text: its lines, and the SHA-256 of them in their order.</summary>
    public static string Of(PlainText text)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string line in text.Lines) Append(hash, line);
        return Sum($"{text.Count} lines", hash);
    }

    /// <summary>The fingerprint of labelled texts: their number, and the SHA-256 of texts and labels in their order.</summary>
    public static string Of(TextDataset texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TextExample example in texts.Examples)
        {
            Append(hash, example.Text);
            Append(hash, example.Label);
        }

        return Sum($"{texts.Count} rows", hash);
    }

    /// <summary>The fingerprint of tagged sentences: their number, and the SHA-256 of words and tags in their order.</summary>
    public static string Of(TaggedDataset sentences)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TaggedSentence sentence in sentences.Sentences)
        {
            Append(hash, $"{sentence.Words.Count}");
            for (int t = 0; t < sentence.Words.Count; t++)
            {
                Append(hash, sentence.Words[t]);
                Append(hash, sentence.Tags[t]);
            }
        }

        return Sum($"{sentences.Count} sentences", hash);
    }

    /// <summary>The list of a run that learns to tag.</summary>
    public static List<(string Name, string Value)> Of(TaggerData data)
    {
        TaggerTrainingOptions options = data.Plan.Options;
        return
        [
            Version,
            ("training sentences", data.SentencesGiven),
            ("validation sentences", data.ValidationGiven),
            Of("Seed", options.Seed),
            Of("ValidationFraction", options.ValidationFraction),
            .. PlanText.Of(data.Plan, PlanContext.Default.TaggerPlan),
            Of("FreezeVectors", options is { Vectors: not null, FreezeVectors: true }),
            ("vocabulary", Of(data.Model.Vocabulary)),
            ("characters", Of(data.Model.Characters)),
            ("weights at the start", Of(data.Model.Parameters)),
        ];
    }

    internal static (string, string) Of<T>(string name, T value) where T : notnull =>
        (name, value is IFormattable number ? number.ToString(null, CultureInfo.InvariantCulture) : value.ToString()!);

    internal static string Of(Vocabulary vocabulary)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string word in vocabulary.Words) Append(hash, word);
        return Sum($"{vocabulary.Count} words", hash);
    }

    internal static string Of(IReadOnlyList<Parameter> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in parameters) hash.AppendData(MemoryMarshal.AsBytes(parameter.Value));
        return Sum($"{parameters.Count} tensors", hash);
    }

    /// <summary>With its length before it, so that the ends of two texts cannot be moved unseen.</summary>
    private static void Append(IncrementalHash hash, string text)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
        hash.AppendData(length);
        hash.AppendData(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    private static string Sum(string what, IncrementalHash hash) =>
        $"{what}, SHA-256 {Convert.ToHexStringLower(hash.GetHashAndReset())}";

    /// <summary>The fingerprint of pairs of texts: their number, and the SHA-256 of both sides in their order.</summary>
    public static string Of(PairDataset pairs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (TextPair pair in pairs.Pairs)
        {
            Append(hash, pair.Source);
            Append(hash, pair.Target);
        }

        return Sum($"{pairs.Count} pairs", hash);
    }

    /// <summary>The list of a run that learns to translate.</summary>
    public static List<(string Name, string Value)> Of(TranslatorData data) =>
    [
        Version,
        ("training pairs", data.PairsGiven),
        ("validation pairs", data.ValidationGiven),
        Of("Seed", data.Plan.Options.Seed),
        Of("ValidationFraction", data.Plan.Options.ValidationFraction),
        ("pairs that are too long", $"{data.PairsLeftOut}"),
        .. PlanText.Of(data.Plan, PlanContext.Default.TranslatorPlan),
        ("source pieces", Of(data.Model.Source)),
        ("target pieces", Of(data.Model.Target)),
        ("weights at the start", Of(data.Model.Parameters)),
    ];

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

        return Sum($"{images.Count} images", hash);
    }

    /// <summary>The list of a run that learns to describe images.</summary>
    public static List<(string Name, string Value)> Of(CaptionerData data) =>
    [
        Version,
        ("training images", data.ImagesGiven),
        ("validation images", data.ValidationGiven),
        Of("Seed", data.Plan.Options.Seed),
        Of("ValidationFraction", data.Plan.Options.ValidationFraction),
        Of("BandHeight", data.Model.Spec.BandHeight),
        Of("StripWidth", data.Model.Spec.StripWidth),
        .. PlanText.Of(data.Plan, PlanContext.Default.TranslatorPlan),
        ("target pieces", Of(data.Model.Target)),
        ("weights at the start", Of(data.Model.Parameters)),
    ];

    private static string Of(TextPieces pieces)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < pieces.Count; i++) Append(hash, pieces[i]);
        return Sum($"{pieces.Count} pieces", hash);
    }
}
