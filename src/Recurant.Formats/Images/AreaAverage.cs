namespace Recurant.Formats;

/// <summary>
/// Brings an image to another size: each new pixel is the mean of the old ones it lies on, each weighted with the part of it
/// that is covered. In whole numbers, so that the result is the same on every machine. The old rows are wanted one at a time.
/// </summary>
internal static class AreaAverage
{
    /// <summary>Writes one row of the old image, [width, channels].</summary>
    internal delegate void RowSource(int y, Span<byte> row);

    /// <summary>Resizes [height, width, channels] to the new size.</summary>
    internal static byte[] Resize(byte[] pixels, int width, int height, int channels, int newWidth, int newHeight)
    {
        int size = width * channels;
        return Resize((y, row) => pixels.AsSpan(y * size, size).CopyTo(row), width, height, channels, newWidth, newHeight);
    }

    /// <summary>The same with rows that are made as they are needed.</summary>
    internal static byte[] Resize(RowSource source, int width, int height, int channels, int newWidth, int newHeight)
    {
        var old = new byte[width * channels];
        int size = newWidth * channels;
        var across = new long[size]; // the old row, summed over the columns under each new one, with total weight `width`
        var sums = new long[checked(newHeight * size)];
        for (int y = 0; y < height; y++)
        {
            source(y, old);
            Array.Clear(across);
            for (int x = 0; x < newWidth; x++)
            {
                for (Cover cover = new(x, width, newWidth); cover.Next();)
                {
                    for (int c = 0; c < channels; c++)
                    {
                        across[(x * channels) + c] += cover.Weight * old[(cover.At * channels) + c];
                    }
                }
            }

            // Seen from the old row, the new ones lie under it in the same way.
            for (Cover cover = new(y, newHeight, height); cover.Next();)
            {
                Span<long> sum = sums.AsSpan(cover.At * size, size);
                for (int i = 0; i < size; i++) sum[i] += cover.Weight * across[i];
            }
        }

        var result = new byte[sums.Length];
        long total = (long)width * height;
        for (int i = 0; i < result.Length; i++) result[i] = (byte)((sums[i] + (total / 2)) / total);
        return result;
    }

    /// <summary>
    /// The old places under a new one, which spans [at * old / new, (at + 1) * old / new); weights are counted in 1 / new, so
    /// that they add up to old.
    /// </summary>
    private struct Cover(int at, int old, int made)
    {
        private readonly long _start = (long)at * old;
        private readonly long _end = ((long)at + 1) * old;
        private long _next = (long)at * old / made;

        internal int At { get; private set; }

        internal long Weight { get; private set; }

        internal bool Next()
        {
            long from = Math.Max(_start, _next * made);
            long to = Math.Min(_end, (_next + 1) * made);
            if (from >= to) return false;
            At = (int)_next++;
            Weight = to - from;
            return true;
        }
    }
}
