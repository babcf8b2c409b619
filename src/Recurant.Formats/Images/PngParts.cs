using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Recurant.Formats;

/// <summary>
/// The chunks of a PNG file. Decoders pass over their checksums, so they are checked here, and unpack the pixels as far as
/// these go, so that their number is counted here. Source: PNG specification, third edition, sections 5.3, 5.5, 8 and 11.2.
/// </summary>
internal static class PngParts
{
    private const int HeadLength = 8; // the length and the type
    private const int CrcLength = 4;
    private const int Slack = 1 << 16; // behind the last row some writers leave a little

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Reads the head and checks the checksums of all chunks up to the last, and the amount of the pixels.</summary>
    internal static ImageHead Check(ReadOnlySpan<byte> file, out string? fault)
    {
        ImageHead head = default;
        long rows = 0;
        int orientation = 1;
        var packed = new MemoryStream();
        int offset = Signature.Length;
        while (true)
        {
            ReadOnlySpan<byte> rest = file[offset..];
            uint length = rest.Length < HeadLength ? uint.MaxValue : BinaryPrimitives.ReadUInt32BigEndian(rest);
            if (length > rest.Length - HeadLength - CrcLength)
            {
                fault = $"the PNG image is cut short at byte {file.Length}. Fetch or save it again.";
                return head;
            }

            ReadOnlySpan<byte> covered = rest.Slice(4, (int)length + 4), data = covered[4..];
            uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(HeadLength + (int)length)..]);
            string type = Encoding.Latin1.GetString(covered[..4]);
            if (Crc32.Of(covered) != stored)
            {
                fault = $"the PNG image is damaged: the checksum of its part {Printable(type)} at byte {offset} is wrong. "
                    + "Fetch or save it again.";
                return head;
            }

            bool isFirst = offset == Signature.Length;
            if (isFirst != (type == "IHDR") || (isFirst && data.Length != 13))
            {
                fault = type == "CgBI"
                    ? "this is a PNG image in Apple's own variant (CgBI). Save it as a usual PNG."
                    : $"the PNG image is damaged: one head is expected at its start, and the part {Printable(type)} at byte "
                    + $"{offset} "
                        + "is something else. Fetch or save it again.";
                return head;
            }

            switch (type)
            {
                case "IHDR":
                    head = Head(data, out rows, out fault);
                    fault ??= head.Width > 0 && head.Height > 0 ? ImageHead.TooLarge(head) : null;
                    if (fault is not null) return head;
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
                case "eXIf":
                    orientation = Orientation.Find(data);
                    break;
                case "IEND":
                    fault = CountPixels(packed, rows);
                    return head with { Orientation = orientation };
            }

            offset += HeadLength + (int)length + CrcLength;
        }
    }

    /// <summary>Reads the head, and how many bytes the rows have, each with its filter's number before it.</summary>
    private static ImageHead Head(ReadOnlySpan<byte> data, out long rows, out string? fault)
    {
        long width = BinaryPrimitives.ReadUInt32BigEndian(data), height = BinaryPrimitives.ReadUInt32BigEndian(data[4..]);
        (int depth, int colour, bool interlaced) = (data[8], data[9], data[12] != 0);
        int channels = colour switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        bool isKnown = channels > 0 && (depth == 8 || (depth == 16 && colour != 3) || (depth is 1 or 2 or 4 && colour is 0 or 3));
        fault = isKnown ? null
            : $"the PNG image is damaged: there is no colour type {colour} with {depth} bits. Fetch or save it again.";
        double pixels = (double)width * height;
        double bytes = Math.Ceiling(depth / 8.0), parts = colour == 3 ? 4 : channels % 2 == 1 ? channels + 1 : channels;
        double raw = pixels * channels * bytes;
        // The rows, the pixels with opacity (twice where passes are put together), those of 8 bits, and the copy handed out.
        double memory = raw
            + (pixels * parts * (bytes + (interlaced ? bytes : 0) + (bytes > 1 ? 1 : 0) + (colour == 3 ? 0.25 : 0) + 1));
        rows = raw > long.MaxValue / 2 ? long.MaxValue / 2
            : !interlaced ? height * (1 + RowLength(width, depth * channels)) : Interlaced(width, height, depth * channels);
        return new ImageHead(width, height, Colour: colour is not (0 or 4), memory);
    }

    private static long RowLength(long width, int bits) => ((width * bits) + 7) / 8;

    /// <summary>The rows of the seven passes of an interlaced image; a pass without columns has no rows.</summary>
    private static long Interlaced(long width, long height, int bits)
    {
        long sum = 0;
        foreach ((int x, int y, int stepX, int stepY) in ((int, int, int, int)[])
            [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)])
        {
            long columns = (width - x + stepX - 1) / stepX, lines = (height - y + stepY - 1) / stepY;
            sum += columns > 0 && lines > 0 ? lines * (1 + RowLength(columns, bits)) : 0;
        }

        return sum;
    }

    /// <summary>
    /// Unpacks the pixels without keeping them: what a decoder makes room for is what is there, not what the head says.
    /// </summary>
    private static string? CountPixels(MemoryStream packed, long rows)
    {
        packed.Position = 0;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        var block = new byte[1 << 16];
        long count = 0;
        try
        {
            int read;
            while (count <= rows + Slack && (read = unpacked.Read(block)) > 0) count += read;
        }
        catch (InvalidDataException)
        {
            return "the image is damaged (its pixels cannot be unpacked). Fetch or save it again.";
        }

        return count < rows
            ? $"the image is damaged (it holds {count:N0} bytes of pixels of {rows:N0}). Fetch or save it again."
            : count <= rows + Slack ? null
            : "the image is damaged (it holds more pixels than its head says). Fetch or save it again.";
    }

    private static string Printable(string type) => type.AsSpan().ContainsAnyExceptInRange('A', 'z') ? "of no known type" : type;
}
