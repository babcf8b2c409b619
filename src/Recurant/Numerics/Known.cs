namespace Recurant.Numerics;

/// <summary>Values of enumerations that a caller has cast from a number.</summary>
internal static class Known
{
    /// <summary>The value, if it is one of the names.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none.</exception>
    public static T Require<T>(T value, string name) where T : struct, Enum => Enum.IsDefined(value)
        ? value : throw new ArgumentOutOfRangeException(
            name, $"{name} is {value}; one of {string.Join(", ", Enum.GetNames<T>())} is expected.");
}
