namespace Recurant.Formats;

/// <summary>
/// Scenes of two or three handwritten digits on a board of two by two places, 56 x 56 pixels in grey, each with the one sentence
/// that says which digits stand where: "a seven above a three", "an eight left of a two and below a one".
/// </summary>
/// <remarks>
/// The digits are those of MNIST's four files. Scenes to learn from and to validate with are made of the training digits, 54,000
/// and 6,000 of them; scenes to test with of the test digits, so none of their digits has been seen. Each scene depends on the
/// seed and its number only: places, digits and their number are drawn evenly.
/// </remarks>
public static class MnistScenes
{
    /// <summary>Pixels in a row and rows of a digit.</summary>
    private const int DigitSide = 28;

    private const int BoardSide = 2 * DigitSide;

    /// <summary>The share of the training digits that only the scenes to validate with are made of: one in ten.</summary>
    private const int ValidShare = 10;

    private static readonly string[] s_files =
        ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

    /// <summary>Reads the digits and makes scenes of them.</summary>
    /// <param name="directory">The folder of MNIST's files, plain or with .gz behind their names.</param>
    /// <param name="trainCount">Scenes to learn from; at least 1. Default: 40,000.</param>
    /// <param name="validCount">Scenes to validate with; at least 1. Default: 2,000.</param>
    /// <param name="testCount">Scenes to test with; at least 1. Default: 2,000.</param>
    /// <param name="seed">Another seed gives other scenes. Default: 1.</param>
    /// <exception cref="InvalidDataException">A file is faulty, or images and labels do not belong together.</exception>
    /// <exception cref="IOException">A file cannot be opened.</exception>
    public static DataParts<CaptionDataset> Read(
        string directory, int trainCount = 40_000, int validCount = 2_000, int testCount = 2_000, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(directory);
        ArgumentOutOfRangeException.ThrowIfLessThan(trainCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(validCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(testCount, 1);
        Digits train = Digits.Read(Find(directory, s_files[0]), Find(directory, s_files[1]));
        Digits test = Digits.Read(Find(directory, s_files[2]), Find(directory, s_files[3]));
        int valid = Math.Max(1, train.Count / ValidShare);
        return new DataParts<CaptionDataset>(
            Make($"{directory} (train)", train, 0, train.Count - valid, trainCount, Stream(seed, 0)),
            Make($"{directory} (valid)", train, train.Count - valid, valid, validCount, Stream(seed, 1)),
            Make($"{directory} (test)", test, 0, test.Count, testCount, Stream(seed, 2)));
    }

    /// <summary>Whether a folder holds MNIST's files.</summary>
    internal static bool IsMnist(string directory) =>
        Directory.Exists(directory) && Array.TrueForAll(s_files, file => FindOrNull(directory, file) is not null);

    private static CaptionDataset Make(string name, Digits digits, int first, int range, int count, ulong stream)
    {
        var images = new CaptionedImage[count];
        var labels = new int[4];
        for (int i = 0; i < count; i++)
        {
            ulong scene = Stream(stream, (ulong)i);
            var pixels = new byte[BoardSide * BoardSide];
            Array.Fill(labels, -1);
            int wanted = 2 + Draw(scene, 0, 2);
            uint places = 0b1111;
            for (int left = 4; left > wanted; left--)
            {
                places &= ~(1u << Nth(places, Draw(scene, (ulong)left, left))); // an empty place
            }

            for (int place = 0; place < 4; place++)
            {
                if ((places >> place & 1) != 0)
                {
                    int digit = first + Draw(scene, (ulong)(10 + place), range);
                    labels[place] = digits.Labels[digit];
                    digits.CopyTo(digit, pixels, place);
                }
            }

            images[i] = new CaptionedImage(pixels, SceneGrammar.Describe(labels), i + 1);
        }

        return new CaptionDataset(name, images, BoardSide, BoardSide, 1);
    }

    /// <summary>The place of the n-th bit that is set.</summary>
    private static int Nth(uint bits, int n)
    {
        for (int place = 0;; place++)
        {
            if ((bits >> place & 1) != 0 && n-- == 0) return place;
        }
    }

    /// <summary>
    /// A number that depends on two others only. Source: Steele, Lea and Flood, "Fast splittable pseudorandom number
    /// generators", OOPSLA 2014, with the constants that Vigna published as splitmix64.
    /// </summary>
    private static ulong Stream(ulong key, ulong counter)
    {
        ulong z = key + (0x9E3779B97F4A7C15UL * (counter + 1));
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="range"/> - 1.</summary>
    private static int Draw(ulong scene, ulong counter, int range) =>
        (int)Math.BigMul(Stream(scene, counter), (ulong)range, out _);

    private static string Find(string directory, string file) => FindOrNull(directory, file)
        ?? throw new FileNotFoundException(
            $"{directory}: there is no file {file} or {file}.gz. The four files of MNIST are expected: "
            + $"{string.Join(", ", s_files)}.");

    private static string? FindOrNull(string directory, string file)
    {
        string path = Path.Combine(directory, file);
        return File.Exists(path) ? path : File.Exists($"{path}.gz") ? $"{path}.gz" : null;
    }

    /// <summary>The images of digits and what each shows.</summary>
    private sealed class Digits(byte[] images, byte[] labels)
    {
        internal byte[] Labels => labels;

        internal int Count => labels.Length;

        internal static Digits Read(string imagePath, string labelPath)
        {
            IdxFile images = IdxFile.Read(imagePath);
            IdxFile labels = IdxFile.Read(labelPath);
            if (images.Sizes.Count != 3 || images.Sizes[1] != DigitSide || images.Sizes[2] != DigitSide || images.Sizes[0] < 2)
            {
                throw new InvalidDataException(
                    $"{imagePath}: expected N x {DigitSide} x {DigitSide} bytes, found {string.Join(" x ", images.Sizes)}.");
            }

            if (labels.Sizes.Count != 1 || labels.Sizes[0] != images.Sizes[0])
            {
                throw new InvalidDataException(
                    $"{labelPath}: expected a label for each of the {images.Sizes[0]} images of {imagePath}, found "
                    + $"{string.Join(" x ", labels.Sizes)}.");
            }

            int wrong = labels.Values.Span.IndexOfAnyExceptInRange((byte)0, (byte)9);
            return wrong < 0
                ? new Digits(images.Values.ToArray(), labels.Values.ToArray())
                : throw new InvalidDataException(
                    $"{labelPath}: label {wrong} is {labels.Values.Span[wrong]}; a digit from 0 to 9 is expected.");
        }

        /// <summary>Draws a digit at one of the four places of a board.</summary>
        internal void CopyTo(int digit, byte[] board, int place)
        {
            int corner = ((place / 2 * BoardSide) + (place % 2)) * DigitSide;
            for (int y = 0; y < DigitSide; y++)
            {
                images.AsSpan(((digit * DigitSide) + y) * DigitSide, DigitSide).CopyTo(board.AsSpan(corner + (y * BoardSide)));
            }
        }
    }
}
