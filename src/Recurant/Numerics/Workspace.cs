using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurant.Numerics;

/// <summary>
/// Memory that is used again for every batch: how room is made in it, how much there may be, and a mode for tests that finds
/// whoever reads it before writing it.
/// </summary>
/// <remarks>
/// In the poisoned mode everything that is handed out for use holds NaN, or whole numbers far outside every range, instead of
/// what a call before has left there. An answer that depends on such memory becomes NaN or an index out of range, where it
/// would otherwise change from call to call. See docs/numerics.md.
/// </remarks>
internal static class Workspace
{
    /// <summary>The environment variable that starts a process in the poisoned mode: 1.</summary>
    public const string PoisonVariable = "RECURANT_POISON";

    /// <summary>The most elements of one buffer: those of an array of .NET, with room to begin on a cache line.</summary>
    public const long MostElements = 2_147_483_591 - 16;

    /// <summary>What lowers the memory of a batch.</summary>
    private const string Advice = "Lower the batch size, the length of the sequences or the hidden size (--batch, --max-tokens, "
        + "--hidden), or train with --recompute.";

    private const byte PoisonByte = 0x6B;

    /// <summary>
    /// Whether memory is poisoned when it is handed out. Tests may set it at any time: the answers of whatever runs beside them
    /// do not depend on it.
    /// </summary>
    public static bool IsPoisoned { get; set; } = Environment.GetEnvironmentVariable(PoisonVariable) == "1";

    /// <summary>
    /// An array with room for so many elements: the one given, or a longer one. What it holds is undefined.
    /// </summary>
    /// <exception cref="InvalidDataException">There are more than an array can have.</exception>
    public static T[] Reserve<T>(T[] array, long length) where T : unmanaged
    {
        RequireLength(length);
        // A quarter more than asked: batches differ in size, and the next one should fit too.
        if (array.Length < length) array = new T[Math.Min(length + length / 4, MostElements)];
        if (IsPoisoned) Poison(array.AsSpan());
        return array;
    }

    /// <summary>The same array, or one that is large enough and begins with what it held.</summary>
    public static T[] Grown<T>(T[] array, long length) where T : unmanaged
    {
        RequireLength(length);
        if (length > array.Length) Array.Resize(ref array, (int)Math.Min(Math.Max(length, 2L * array.Length), MostElements));
        return array;
    }

    /// <summary>An array of the shared pool, of at least so many elements.</summary>
    public static T[] Rent<T>(int length) where T : unmanaged
    {
        T[] array = ArrayPool<T>.Shared.Rent(length);
        if (IsPoisoned) Poison(array.AsSpan());
        return array;
    }

    /// <summary>An array of fixed length that is about to be written anew; what it holds is undefined.</summary>
    public static T[] Reuse<T>(T[] array) where T : unmanaged
    {
        if (IsPoisoned) Poison(array.AsSpan());
        return array;
    }

    /// <summary>Fills memory with what nobody may rely on.</summary>
    public static void Poison<T>(Span<T> memory) where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            MemoryMarshal.Cast<T, float>(memory).Fill(float.NaN);
        }
        else if (typeof(T) == typeof(double))
        {
            MemoryMarshal.Cast<T, double>(memory).Fill(double.NaN);
        }
        else
        {
            MemoryMarshal.AsBytes(memory).Fill(PoisonByte);
        }
    }

    /// <summary>The memory of this machine, or what a container or a setting of .NET leaves of it, in bytes.</summary>
    public static long AvailableBytes { get; } = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>Checks that what a batch needs is there at all, before any of it is asked for.</summary>
    /// <param name="bytes">What is needed at least.</param>
    /// <param name="what">Of what size the batch is.</param>
    /// <param name="available">What there is; 0 where nobody knows.</param>
    /// <exception cref="InvalidDataException">There is less.</exception>
    public static void RequireRoom(double bytes, string what, long available)
    {
        if (available <= 0 || bytes <= available) return;
        const double Gigabyte = 1e9;
        throw new InvalidDataException(string.Create(
            CultureInfo.InvariantCulture,
            $"A batch of {what} needs {bytes / Gigabyte:N1} GB of memory, and this machine has {available / Gigabyte:N1} GB.\n"
            + $"{Advice}"));
    }

    /// <summary>Checks a number of elements.</summary>
    public static void RequireLength(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > MostElements) throw TooLarge($"{Text(length)} numbers");
    }

    /// <summary>Checks a number of rows of so many elements each, and returns the number of all elements.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">The elements of each.</param>
    /// <param name="advice">What to do if they are too many, where that is not what lowers the memory of a batch.</param>
    /// <exception cref="InvalidDataException">There are more than a buffer can have.</exception>
    public static int RequireLength(long rows, long columns, string advice = Advice)
    {
        // Neither factor is larger than an array, so the product fits 64 bits.
        long length = rows * columns;
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length > MostElements) throw TooLarge($"{Text(rows)} x {Text(columns)} = {Text(length)} numbers", advice);
        return (int)length;
    }

    /// <summary>What to say of sizes whose product is too large.</summary>
    /// <param name="sizes">The sizes and what they make together.</param>
    /// <param name="advice">What to do.</param>
    public static InvalidDataException TooLarge(string sizes, string advice = Advice) => new(
        $"{sizes} are needed in one piece of memory, but only {Text(MostElements)} are possible.\n{advice}");

    /// <summary>A number with its thousands apart, the same in every culture.</summary>
    public static string Text(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
