using System.Text;

namespace Recurant.Tests.Mutations;

/// <summary>Changes bytes as damage, editors, and those who mean harm do.</summary>
internal static class Mutator
{
    private static readonly string[] s_dictionary =
    [
        "\"", "\n", "\r", "\t", ",", ";", "\0", "\uFEFF", "{", "}", "[[[[[[[[", "__label__", "_", "-1", "4294967295",
        "2147483647",
        "1e999", "NaN", "\\ud800", "\u2028", "'s'n't", "null", "# global.columns = ID", "-DOCSTART-", "PK\u0003\u0004", "\u001F",
    ];

    /// <summary>A changed copy; a piece of another file may be put into it.</summary>
    internal static byte[] Change(byte[] good, byte[] other, Random random)
    {
        var bytes = new List<byte>(good);
        for (int change = random.Next(1, 6); change > 0; change--)
        {
            int at = random.Next(bytes.Count + 1), length = Math.Min(bytes.Count - at, 1 << random.Next(0, 6));
            switch (random.Next(9))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(s_dictionary[random.Next(s_dictionary.Length)]));
                    break;
                case 6:
                    int from = random.Next(other.Length);
                    bytes.InsertRange(at, other.AsSpan(from, Math.Min(other.Length - from, 1 << random.Next(0, 7))));
                    break;
                case 7:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), 1 << random.Next(0, 14)));
                    break;
                default:
                    for (int i = at; i < Math.Min(bytes.Count, at + 4); i++)
                    {
                        bytes[i] = random.Next(2) == 0 ? (byte)0xFF : (byte)0;
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
