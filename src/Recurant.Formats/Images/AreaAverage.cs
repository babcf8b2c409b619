namespace Recurant.Formats;

/// <summary>
/// Brings an image to another size: each new pixel is the mean of the old ones it lies on, each weighted with the part of it
/// that is covered. In whole numbers, so that the result is the same on every machine.
/// </summary>
internal static class AreaAverage
{
    /// <summary>Resizes [height, width, channels] to the new size.</summary>
    internal static byte[] Resize(byte[] pixels, int width, int height, int channels, int newWidth, int newHeight)
    {
        if (width == newWidth && height == newHeight)
        {
            return pixels;
        }

        // Rows first: sums[y, x, c] holds the old row y, summed over the columns under x, with total weight `width`.
        var sums = new long[height * newWidth * channels];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < newWidth; x++)
            {
                for (Cover cover = new(x, width, newWidth); cover.Next();)
                {
                    for (int c = 0; c < channels; c++)
                    {
                        int from = (((y * width) + cover.At) * channels) + c;
                        sums[(((y * newWidth) + x) * channels) + c] += cover.Weight * pixels[from];
                    }
                }
            }
        }

        var result = new byte[newHeight * newWidth * channels];
        long total = (long)width * height;
        int row = newWidth * channels;
        for (int y = 0; y < newHeight; y++)
        {
            for (int i = 0; i < row; i++)
            {
                long sum = 0;
                for (Cover cover = new(y, height, newHeight); cover.Next();)
                {
                    sum += cover.Weight * sums[(cover.At * row) + i];
                }

                result[(y * row) + i] = (byte)((sum + (total / 2)) / total);
            }
        }

        return result;
    }

    /// <summary>
    /// The old places under a new one, which spans [at * old / new, (at + 1) * old / new); weights are counted in 1 / new, so
    /// that they add up to old.
    /// </summary>
    private struct Cover(int at, int old, int made)
    {
        private readonly long start = (long)at * old;
        private readonly long end = ((long)at + 1) * old;
        private long next = (long)at * old / made;

        internal int At { get; private set; }

        internal long Weight { get; private set; }

        internal bool Next()
        {
            long from = Math.Max(start, next * made);
            long to = Math.Min(end, (next + 1) * made);
            if (from >= to)
            {
                return false;
            }

            At = (int)next++;
            Weight = to - from;
            return true;
        }
    }
}
