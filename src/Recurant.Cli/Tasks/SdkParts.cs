using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>The .NET SDK's own texts, where a command is given a name such as <c>sdk:languages</c> instead of a file.</summary>
internal static class SdkParts
{
    /// <summary>The messages with their languages; null if the name is not theirs.</summary>
    public static DataParts<TextDataset>? Languages(string name, Invocation call) => Is(name, DataKind.LabelledTexts)
        ? Noted(name, SdkData.ReadLanguages(), part => part.Count, "text", call)
        : null;

    /// <summary>The documentation as running text; null if the name is not its.</summary>
    public static DataParts<PlainText>? Documentation(string name, Invocation call) => Is(name, DataKind.PlainText)
        ? Noted(name, SdkData.ReadDocs(), part => part.Count, "line", call)
        : null;

    /// <summary>The messages in two languages; null if the name is not theirs.</summary>
    public static DataParts<PairDataset>? Translations(string name, Invocation call) =>
        Is(name, DataKind.TextPairs)
            ? Noted(name, SdkData.ReadTranslations(name[SdkData.TranslatePrefix.Length..]), part => part.Count, "pair", call)
            : null;

    /// <summary>Whether a name is one of the SDK's and of the kind that is wanted.</summary>
    /// <exception cref="UsageException">It is one of another kind.</exception>
    /// <exception cref="InvalidDataException">There is none of that name.</exception>
    private static bool Is(string name, DataKind kind)
    {
        if (!name.StartsWith(SdkData.Prefix, StringComparison.Ordinal)) return false;
        DetectedData found = SdkData.Detect(name);
        return found.Kind == kind ? true : throw new UsageException(
            $"{name} is {found.Description}: which this task cannot use.");
    }

    private static DataParts<T> Noted<T>(string name, DataParts<T> parts, Func<T, int> count, string unit, Invocation call)
    {
        call.Tell($"{name}: {SdkData.Detect(name).Description}; {Numbers.Of(count(parts.Train), unit)} to learn from, "
            + $"{Numbers.Count(count(parts.Valid))} to validate and {Numbers.Count(count(parts.Test))} to test with");
        return parts;
    }
}

/// <summary>The setting aside of test data.</summary>
internal static class TestPart
{
    /// <summary>What to say of data that are too few to be divided.</summary>
    /// <param name="name">The data's name.</param>
    /// <param name="count">How many they are: "12 pairs".</param>
    /// <param name="what">What <c>--test</c> takes.</param>
    /// <param name="more">What more of them would be.</param>
    public static InvalidDataException TooFew(string name, string count, string what = "a file", string more = "more") => new(
        $"{name}: {count} are too few to set some aside for the test. Give {more}, or {what} of their own with --test.");
}
