using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads images with sentences for the commands: a manifest, or scenes of MNIST's digits.</summary>
internal static class CaptionData
{
    private const int TestEvery = 10;

    /// <summary>Scenes of MNIST's digits in three parts; null if the folder does not hold them.</summary>
    public static DataParts<CaptionDataset>? Scenes(string path, Invocation call)
    {
        if (!Directory.Exists(path)) return null;
        DataParts<CaptionDataset> parts = MnistScenes.Read(path);
        call.Tell($"{path}: scenes of MNIST's digits; {Numbers.Count(parts.Train.Count)} to learn from, "
            + $"{Numbers.Count(parts.Valid.Count)} to validate and {Numbers.Count(parts.Test.Count)} to test with");
        return parts;
    }

    /// <summary>Reads a manifest and its images; of MNIST's scenes those to test with.</summary>
    /// <param name="path">The manifest, or the folder of MNIST.</param>
    /// <param name="size">Width, height and channels to bring the images to; null for those of the first image.</param>
    /// <param name="call">The command line.</param>
    /// <param name="settings">How files are read.</param>
    public static CaptionDataset Read(
        string path, (int Width, int Height, int Channels)? size, Invocation call, TrainSettings? settings = null)
    {
        if (Scenes(path, call) is { } parts) return parts.Test;
        CaptionDataset images = CaptionDatasetReader.Read(
            (settings ?? new TrainSettings()).File(path),
            new CaptionFormatOptions { Width = size?.Width, Height = size?.Height, Channels = size?.Channels });
        call.Tell([
            $"{path}: {Numbers.Of(images.Count, "image")} of {images.Width} x {images.Height} pixels, each with a sentence",
            .. images.Warnings]);
        return images;
    }

    /// <summary>Sets every tenth image aside.</summary>
    /// <exception cref="InvalidDataException">There are too few.</exception>
    public static (CaptionDataset Train, CaptionDataset Test) SetTestAside(CaptionDataset all)
    {
        if (all.Count < 2 * TestEvery) throw TestPart.TooFew(all.Name, Numbers.Of(all.Count, "image"), "a manifest");

        return (Part(false), Part(true));

        CaptionDataset Part(bool test) => new(
            all.Name, [.. all.Images.Where((_, i) => i % TestEvery == TestEvery - 1 == test)], all.Width, all.Height,
                all.Channels);
    }
}
