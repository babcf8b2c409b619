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

    internal static bool IsJpeg(ReadOnlySpan<byte> file) => file.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]);

    /// <summary>Walks from segment to segment until the end of the image.</summary>
    internal static ImageHead Check(ReadOnlySpan<byte> file, out string? fault)
    {
        ImageHead head = default;
        bool scanned = false;
        int offset = 2;
        while (true)
        {
            int start = offset;
            while (offset < file.Length && file[offset] == 0xFF)
            {
                offset++; // any number of them may fill
            }

            if (offset + 1 > file.Length)
            {
                fault = CutShort(file);
                return head;
            }

            byte marker = file[offset++];
            if (offset - start < 2 || marker == 0 || (marker == EndOfImage && !scanned))
            {
                fault = $"the JPEG image is damaged at byte {start}: a segment is expected there. Fetch or save it again.";
                return head;
            }

            if (marker == EndOfImage)
            {
                fault = null;
                return head;
            }

            if (marker is 1 or (>= 0xD0 and <= StartOfImage))
            {
                continue; // these stand alone
            }

            int length = offset + 2 > file.Length ? int.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(file[offset..]);
            if (length < 2 || length > file.Length - offset)
            {
                fault = CutShort(file);
                return head;
            }

            if (IsFrame(marker) && length >= 8)
            {
                head = new ImageHead(
                    BinaryPrimitives.ReadUInt16BigEndian(file[(offset + 5)..]),
                    BinaryPrimitives.ReadUInt16BigEndian(file[(offset + 3)..]), Colour: file[offset + 7] != 1);
            }

            offset += length;
            if (marker == StartOfScan)
            {
                scanned = true;
                offset = EndOfScan(file, offset);
            }
        }
    }

    /// <summary>Where the next segment begins behind coded bytes.</summary>
    private static int EndOfScan(ReadOnlySpan<byte> file, int offset)
    {
        while (offset < file.Length)
        {
            int mark = file[offset..].IndexOf((byte)0xFF);
            offset = mark < 0 ? file.Length : offset + mark;
            if (offset + 1 < file.Length && file[offset + 1] is not (0 or (>= 0xD0 and <= 0xD7) or 0xFF))
            {
                return offset;
            }

            offset++;
        }

        return file.Length;
    }

    /// <summary>The markers that give the size; the others of this range hold tables.</summary>
    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);

    private static string CutShort(ReadOnlySpan<byte> file) =>
        $"the JPEG image is cut short at byte {file.Length}. Fetch or save it again.";
}
