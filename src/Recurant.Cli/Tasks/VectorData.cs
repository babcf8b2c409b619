using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Pretrained word vectors, which tasks of words can start from.</summary>
internal static class VectorData
{
    /// <summary>
    /// The settings with the vectors of <c>--vectors</c>, if it was given; the reader's warnings are passed on.
    /// </summary>
    public static TrainSettings Read(TrainSettings settings, Invocation call)
    {
        if (settings.VectorsFile is not { } path) return settings;
        // The encoding is that of the texts: of the vectors' words only those that are no UTF-8 are read in it.
        DataFile file = settings.Files.Find(path, null);
        WordVectors vectors = WordVectors.Read(file.Open(), path, encoding: settings.Encoding);
        call.Tell(vectors.Warnings);
        return settings with { Training = settings.Training with { Vectors = vectors } };
    }

    /// <summary>"12,345 words, 9,876 pretrained word vectors, 80 characters".</summary>
    public static string Known(int words, int? vectors, int characters)
    {
        string found = vectors is { } count ? $", {Numbers.Count(count)} pretrained word vectors" : "";
        return $"{Numbers.Count(words)} words{found}{(characters > 0 ? $", {Numbers.Count(characters)} characters" : "")}";
    }
}
