using System.Runtime.ExceptionServices;

namespace Recurant.Formats;

/// <summary>
/// Data that every machine with a .NET SDK has: the SDK's messages in 13 languages, read from its resource assemblies without
/// loading them, and the English of its XML documentation.
/// </summary>
/// <remarks>
/// <para>Every text is in one of three parts by a SHA-256 of the English: 90% to learn from, 5% each to validate and to test
/// with. A message is in the same part in all languages and in every version of the SDK, and texts that differ in capitals,
/// digits and marks only are in the same part. A translation that comes of several English messages is in one part only.</para>
/// <para>Messages are on one line each, and placeholders such as {0} stay. What was left in English, and what has no two
/// letters in a row, is left out.</para>
/// </remarks>
public static class SdkData
{
    /// <summary>
    /// What begins the names of this data: <c>sdk:languages</c>, <c>sdk:translate/LANGUAGE</c>, <c>sdk:docs</c>.
    /// </summary>
    public const string Prefix = "sdk:";

    /// <summary>The name of the messages with their languages.</summary>
    public const string LanguagesName = $"{Prefix}languages";

    /// <summary>The name of the documentation.</summary>
    public const string DocsName = $"{Prefix}docs";

    /// <summary>What begins the names of translations; the language follows.</summary>
    public const string TranslatePrefix = $"{Prefix}translate/";

    /// <summary>What a name of this data stands for.</summary>
    /// <param name="name">A name that begins with <see cref="Prefix"/>.</param>
    /// <exception cref="ArgumentException">It names none of this data.</exception>
    public static DetectedData Detect(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name switch
        {
            LanguagesName => new DetectedData(DataKind.LabelledTexts, "messages of the .NET SDK and their languages"),
            DocsName => new DetectedData(DataKind.PlainText, "documentation of the .NET SDK"),
            _ when name.StartsWith(TranslatePrefix, StringComparison.Ordinal) && name.Length > TranslatePrefix.Length =>
                new DetectedData(DataKind.TextPairs, $"messages of the .NET SDK in English and {name[TranslatePrefix.Length..]}"),
            _ => throw new ArgumentException(
                $"There is no data \"{name}\". "
                + Suggestion.Describe("There are", name, [LanguagesName, TranslatePrefix + "de", DocsName]),
                nameof(name)),
        };
    }

    /// <summary>The languages of the SDK's messages besides English, such as de and zh-Hans, in ordinal order.</summary>
    /// <param name="root">The folder of .NET; null to find it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no SDK, or none with translations.</exception>
    public static IReadOnlyList<string> Languages(string? root = null) => SdkMessages.Find(root).Languages;

    /// <summary>
    /// The messages, each labelled with its language; English is not among them. Texts that two languages share are left out.
    /// </summary>
    /// <param name="root">The folder of .NET; null to find it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no SDK, or none with translations.</exception>
    /// <exception cref="InvalidDataException">No message could be read.</exception>
    public static DataParts<TextDataset> ReadLanguages(string? root = null)
    {
        SdkMessages messages = SdkMessages.Find(root);
        List<(string English, string Text)>[] read = InParallel(messages.Languages, messages.Read);
        var languageOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < read.Length; i++)
        {
            foreach ((_, string text) in read[i])
            {
                languageOf[text] = languageOf.TryGetValue(text, out int other) && other != i ? -1 : i;
            }
        }

        List<TextExample>[] parts = [[], [], []];
        for (int i = 0; i < read.Length; i++)
        {
            foreach ((string english, string text) in read[i])
            {
                if (languageOf.Remove(text, out int language) && language >= 0) // the first English of several decides
                {
                    List<TextExample> part = parts[ContentSplit.PartOf(english)];
                    part.Add(new TextExample(text, messages.Languages[i], part.Count + 1));
                }
            }
        }

        return Name(LanguagesName, parts, (name, examples) => new TextDataset(name, examples));
    }

    /// <summary>The messages in English and in another language.</summary>
    /// <param name="language">One of <see cref="Languages"/>.</param>
    /// <param name="root">The folder of .NET; null to find it.</param>
    /// <exception cref="ArgumentException">The SDK has no messages in the language.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no SDK, or none with translations.</exception>
    /// <exception cref="InvalidDataException">No message could be read.</exception>
    public static DataParts<PairDataset> ReadTranslations(string language, string? root = null)
    {
        ArgumentNullException.ThrowIfNull(language);
        List<TextPair>[] parts = [[], [], []];
        var partOf = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach ((string english, string text) in SdkMessages.Find(root).Read(language))
        {
            int part = ContentSplit.PartOf(english);
            if (partOf.TryAdd(text, part) || partOf[text] == part) // the first English of several decides
            {
                parts[part].Add(new TextPair(english, text, parts[part].Count + 1));
            }
        }

        return Name(TranslatePrefix + language, parts, (name, pairs) => new PairDataset(name, pairs));
    }

    /// <summary>
    /// The paragraphs of the XML documentation of the SDK's reference assemblies, each once, in the order of the files' names.
    /// Code is left out, and a reference to a member is its short name.
    /// </summary>
    /// <param name="root">The folder of .NET; null to find it.</param>
    /// <exception cref="DirectoryNotFoundException">There is no SDK, or none with documentation.</exception>
    /// <exception cref="InvalidDataException">A file of it is no XML.</exception>
    public static DataParts<PlainText> ReadDocs(string? root = null)
    {
        string[] files = [.. DocumentationFiles(root)];
        List<string>[] read = InParallel(files, XmlDocumentation.Read);
        List<string>[] parts = [[], [], []];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string paragraph in read.SelectMany(paragraphs => paragraphs))
        {
            if (seen.Add(paragraph)) parts[ContentSplit.PartOf(paragraph)].Add(paragraph);
        }

        return Name(DocsName, parts, (name, lines) => new PlainText(name, lines));
    }

    private static IEnumerable<string> DocumentationFiles(string? root)
    {
        string packs = Path.Combine(SdkLocation.Root(root), "packs");
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal); // two packs hold the same files
        foreach (string pack in Directory.Exists(packs) ? Directory.GetDirectories(packs, "*.Ref") : [])
        {
            string? version = SdkLocation.Newest(pack);
            string folder = version is null ? "" : Path.Combine(version, "ref");
            foreach (string file in Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder, "*.xml", SearchOption.AllDirectories)
                : [])
            {
                files.TryAdd(Path.GetFileName(file), file);
            }
        }

        return files.Count > 0
            ? files.Values
            : throw new DirectoryNotFoundException(
                $"{packs}: there is no documentation; looked for *.Ref/VERSION/ref/**/*.xml. Some Linux distributions put the "
                + "reference packs into packages of their own: install them, or the SDK from Microsoft.");
    }

    /// <summary>Does the same with all names at once; the results are in the order of the names.</summary>
    private static T[] InParallel<T>(IReadOnlyList<string> names, Func<string, T> read)
    {
        var results = new T[names.Count];
        try
        {
            Parallel.For(0, results.Length, i => results[i] = read(names[i]));
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }

        return results;
    }

    private static DataParts<TSet> Name<TItem, TSet>(string name, List<TItem>[] parts, Func<string, List<TItem>, TSet> make) =>
        new(
            make($"{name} (train)", parts[ContentSplit.Train]),
            make($"{name} (valid)", parts[ContentSplit.Valid]),
            make($"{name} (test)", parts[ContentSplit.Test]));
}
