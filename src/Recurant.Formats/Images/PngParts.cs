using System.Buffers.Binary;
using System.Text;

namespace Recurant.Formats;

/// <summary>
/// The chunks of a PNG file. Decoders pass over their checksums, so they are checked here. Source: PNG specification, third
/// edition, sections 5.3, 5.5 and 11.2.1 and annex D.
/// </summary>
internal static class PngParts
{
    private const int HeadLength = 8; // the length and the type
    private const int CrcLength = 4;

    private static readonly uint[] s_table = Table();

    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    internal static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    /// <summary>Reads the head and checks the checksums of all chunks up to the last.</summary>
    internal static ImageHead Check(ReadOnlySpan<byte> file, out string? fault)
    {
        ImageHead head = default;
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

            ReadOnlySpan<byte> covered = rest.Slice(4, (int)length + 4);
            uint stored = BinaryPrimitives.ReadUInt32BigEndian(rest[(HeadLength + (int)length)..]);
            string type = Encoding.Latin1.GetString(covered[..4]);
            if (Crc(covered) != stored)
            {
                fault = $"the PNG image is damaged: the checksum of its part {Printable(type)} at byte {offset} is wrong. "
                    + "Fetch or save it again.";
                return head;
            }

            if (type == "IHDR" && length == 13)
            {
                head = new ImageHead(
                    BinaryPrimitives.ReadUInt32BigEndian(covered[4..]), BinaryPrimitives.ReadUInt32BigEndian(covered[8..]),
                    Colour: covered[13] is not (0 or 4));
            }
            else if (type == "IEND")
            {
                fault = null;
                return head;
            }

            offset += HeadLength + (int)length + CrcLength;
        }
    }

    /// <summary>CRC-32 with the polynomial 0xEDB88320, reflected.</summary>
    internal static uint Crc(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc = s_table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static string Printable(string type) => type.AsSpan().ContainsAnyExceptInRange('A', 'z') ? "of no known type" : type;

    private static uint[] Table()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
            {
                value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            }

            table[i] = value;
        }

        return table;
    }
}
