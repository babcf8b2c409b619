using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Compares what the library serializes with what the command writes: one shape, whichever a program reads.</summary>
internal static class JsonShape
{
    // The command writes weights of attention to four decimals.
    private const double Rounding = 0.00006;

    public static void AssertSame(object expected, string actual)
    {
        using JsonDocument document = JsonDocument.Parse(actual);
        AssertSame(JsonSerializer.SerializeToElement(expected), document.RootElement, "$");
    }

    private static void AssertSame(JsonElement expected, JsonElement actual, string place)
    {
        Assert.True(
            expected.ValueKind == actual.ValueKind, $"{place}: {expected.ValueKind} in the library, {actual.ValueKind} here");
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                Assert.Equal(
                    expected.EnumerateObject().Select(member => member.Name),
                    actual.EnumerateObject().Select(member => member.Name));
                foreach (JsonProperty member in expected.EnumerateObject())
                {
                    AssertSame(member.Value, actual.GetProperty(member.Name), $"{place}.{member.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"{place}: arrays of unequal lengths");
                for (int i = 0; i < expected.GetArrayLength(); i++) AssertSame(expected[i], actual[i], $"{place}[{i}]");
                break;
            case JsonValueKind.Number:
                Assert.Equal(expected.GetDouble(), actual.GetDouble(), Rounding);
                break;
            default:
                Assert.Equal(expected.ToString(), actual.ToString());
                break;
        }
    }
}
