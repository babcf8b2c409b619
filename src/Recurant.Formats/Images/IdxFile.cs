using System.Buffers.Binary;
using System.Text;

namespace Recurant.Formats;

/// <summary>
/// Bytes in one or more dimensions, as in the files of MNIST: two zeros, 8 for bytes, the number of dimensions, the size of
/// each as a big-endian 32-bit number, and the bytes; plain or gzip.
/// </summary>
public sealed class IdxFile
{
    private const int MostDimensions = 4;

    private IdxFile(int[] sizes, byte[] values)
    {
        Sizes = sizes;
        Values = values;
    }

    /// <summary>The size of each dimension, the slowest first.</summary>
    public IReadOnlyList<int> Sizes { get; }

    /// <summary>The bytes, row-major.</summary>
    public ReadOnlyMemory<byte> Values { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no IDX file of bytes, or its length is not what its head says.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static IdxFile Read(DataFile path)
    {
        using Stream stream = path.Open();
        try
        {
            Span<byte> head = stackalloc byte[4];
            int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
            if (read < head.Length || head[0] != 0 || head[1] != 0 || head[2] != 8 || head[3] is 0 or > MostDimensions)
            {
                throw new InvalidDataException(
                    $"{path}: no IDX file of bytes; expected 0, 0, 8 and 1 to {MostDimensions} as its first bytes, found "
                    + $"{string.Join(", ", head[..read].ToArray())}.");
            }

            var sizes = new int[head[3]];
            long count = 1;
            Span<byte> number = stackalloc byte[4];
            for (int i = 0; i < sizes.Length; i++)
            {
                stream.ReadExactly(number);
                sizes[i] = BinaryPrimitives.ReadInt32BigEndian(number);
                count = sizes[i] < 0 || count > Array.MaxLength ? long.MaxValue : count * sizes[i];
            }

            if (count > Array.MaxLength)
            {
                throw new InvalidDataException(
                    $"{path}: sizes of {MessageText.Bounded(string.Join(" x ", sizes))} are more than can be held.");
            }

            return new IdxFile(sizes, ReadValues(path, stream, sizes, (int)count));
        }
        catch (EndOfStreamException exception)
        {
            throw new InvalidDataException($"{path}: the file ends inside its head.", exception);
        }
    }

    private static byte[] ReadValues(DataFile path, Stream stream, int[] sizes, int count)
    {
        // Grows with what is read, so that a wrong head asks for no memory that the file does not fill.
        var values = new MemoryStream(Math.Min(count, 1 << 20));
        var block = new byte[1 << 16];
        int read;
        while (values.Length <= count && (read = stream.Read(block)) > 0) values.Write(block, 0, read);
        return values.Length == count
            ? values.ToArray()
            : throw new InvalidDataException(
                $"{path}: {string.Join(" x ", sizes)} bytes are {count:N0}, but the file "
                + $"{(values.Length < count ? $"ends after {values.Length:N0}" : "has more data after them")}. Fetch it again.");
    }
}
