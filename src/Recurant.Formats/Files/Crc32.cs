namespace Recurant.Formats;

/// <summary>CRC-32 with the polynomial 0xEDB88320, reflected, as PNG and zip have it.</summary>
internal static class Crc32
{
    private static readonly uint[] s_table = Table();

    internal static uint Of(ReadOnlySpan<byte> bytes) => ~Add(uint.MaxValue, bytes);

    /// <summary>Goes on with more bytes; it starts from all ones, and its complement is the checksum.</summary>
    internal static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes) crc = s_table[(crc ^ value) & 0xFF] ^ (crc >> 8);
        return crc;
    }

    private static uint[] Table()
    {
        var table = new uint[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value & 1) != 0 ? 0xEDB88320 ^ (value >> 1) : value >> 1;
            table[i] = value;
        }

        return table;
    }
}
