using System.Buffers.Binary;

namespace Recurant.Formats;

/// <summary>
/// The segments of a JPEG file: 0xFF, a marker, and mostly a length; behind a start of scan come coded bytes, among which 0xFF is
/// followed by 0 or by a restart marker. Source: ITU-T T.81, annex B.
/// </summary>
internal static class JpegParts
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte ApplicationOne = 0xE1;
    private const byte Progressive = 0xC2;
    private const double MostScannedPixels = 2e9; // each scan of a progressive image goes over all of it

    internal static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]);

    /// <summary>Walks from segment to segment until the end of the image.</summary>
    internal static ImageHead Check(ReadOnlySpan<byte> file, out string? fault)
    {
        ImageHead head = default;
        int orientation = 1, scans = 0, offset = 2;
        while (true)
        {
            int start = offset;
            while (offset < file.Length && file[offset] == 0xFF) offset++; // any number of them may fill
            if (offset + 1 > file.Length)
            {
                fault = CutShort(file);
                return head;
            }

            byte marker = file[offset++];
            if (offset - start < 2 || marker == 0 || (marker == EndOfImage && scans == 0))
            {
                fault = $"the JPEG image is damaged at byte {start}: a segment is expected there. Fetch or save it again.";
                return head;
            }

            if (marker == EndOfImage)
            {
                fault = null;
                return head with { Orientation = orientation };
            }

            if (marker is 1 or (>= 0xD0 and <= StartOfImage)) continue; // these stand alone
            int length = offset + 2 > file.Length ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(file[offset..]);
            if (length < 2 || length > file.Length - offset)
            {
                fault = CutShort(file);
                return head;
            }

            ReadOnlySpan<byte> data = file.Slice(offset + 2, length - 2);
            if (IsFrame(marker))
            {
                // A decoder makes room for each frame as it comes: one that is not looked at here must not come.
                fault = head.Width > 0
                    ? $"the JPEG image is damaged at byte {start}: it has two frames. Fetch or save it again."
                    : null;
                if (fault is null) head = Frame(marker, data, start, out fault);
                if (fault is null && head.Width > 0 && head.Height > 0) fault = ImageHead.TooLarge(head);
                if (fault is not null) return head;
            }
            else if (marker == ApplicationOne && data.StartsWith("Exif\0\0"u8))
            {
                orientation = Orientation.Find(data[6..]);
            }

            offset += length;
            if (marker != StartOfScan) continue;
            offset = EndOfScan(file, offset);
            if (++scans * (double)head.Width * head.Height > MostScannedPixels && scans > 1)
            {
                fault = $"the JPEG image has more scans than are accepted of {head.Width} x {head.Height} pixels. Save it again.";
                return head;
            }
        }
    }

    /// <summary>Reads a frame's head: the precision, the sizes, and each component with its two sampling factors.</summary>
    private static ImageHead Frame(byte marker, ReadOnlySpan<byte> data, int start, out string? fault)
    {
        fault = marker switch
        {
            <= Progressive => null,
            0xC3 or 0xC7 or 0xCB or 0xCF => "lossless",
            0xC5 or 0xC6 or 0xCD or 0xCE => "hierarchical",
            _ => "arithmetically coded",
        };
        if (fault is not null)
        {
            fault = $"this is a JPEG image of a rare kind, {fault}. Save it as a usual JPEG or as PNG.";
            return default;
        }

        int components = data.Length < 6 ? 0 : data[5];
        if (components is not (1 or 3 or 4) || data.Length != 6 + (3 * components))
        {
            fault = $"the JPEG image is damaged at byte {start}: its frame has {components} components. Fetch or save it again.";
            return default;
        }

        long height = BinaryPrimitives.ReadUInt16BigEndian(data[1..]), width = BinaryPrimitives.ReadUInt16BigEndian(data[3..]);
        fault = data[0] != 8 ? $"this is a JPEG image of {data[0]} bits; 8 are expected. Save it as a usual JPEG or as PNG."
            : width == 0 || height == 0
                ? $"the image has {width} x {height} pixels: its head is damaged. Fetch or save it again."
            : null;
        int acrossMost = 1, downMost = 1;
        for (int i = 0; i < components; i++)
        {
            int factors = data[7 + (3 * i)];
            acrossMost = Math.Max(acrossMost, factors >> 4);
            downMost = Math.Max(downMost, factors & 15);
        }

        // Each component has whole blocks of 8 x 8, as many as its factors say for the whole image; of progressive images
        // their coefficients are kept, too. Then come the pixels, and the copy handed out.
        double blocks = Math.Ceiling(width / (8.0 * acrossMost)) * Math.Ceiling(height / (8.0 * downMost));
        double kept = 64 * blocks * acrossMost * downMost * components * (marker == Progressive ? 3 : 1);
        double memory = kept + (2.0 * width * height * (components == 1 ? 1 : 3));
        return new ImageHead(width, height, Colour: components != 1, memory);
    }

    /// <summary>Where the next segment begins behind coded bytes.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> file, int offset)
    {
        while (offset < file.Length)
        {
            int mark = file[offset..].IndexOf((byte)0xFF);
            offset = mark < 0 ? file.Length : offset + mark;
            if (offset + 1 < file.Length && file[offset + 1] is not (0 or (>= 0xD0 and <= 0xD7) or 0xFF)) return offset;
            offset++;
        }

        return file.Length;
    }

    /// <summary>The markers that give the size; the others of this range hold tables.</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static string CutShort(ReadOnlySpan<byte> file) =>
        $"the JPEG image is cut short at byte {file.Length}. Fetch or save it again.";
}
