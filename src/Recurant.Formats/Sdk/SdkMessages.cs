using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace Recurant.Formats;

/// <summary>The SDK's messages in English and in the languages it is translated to.</summary>
internal sealed class SdkMessages
{
    private const string Satellite = ".resources.dll";

    /// <summary>Folders with fewer translated libraries than this are no language of the SDK.</summary>
    private const int FewestLibraries = 20;

    private readonly string _sdk;
    private readonly SortedDictionary<string, List<(string Main, string Satellite)>> _files;
    private readonly ConcurrentDictionary<string, Dictionary<string, string>> _originals = new(StringComparer.Ordinal);

    private SdkMessages(string sdk, SortedDictionary<string, List<(string Main, string Satellite)>> files)
    {
        _sdk = sdk;
        _files = files;
    }

    /// <summary>The languages in ordinal order.</summary>
    internal IReadOnlyList<string> Languages => [.. _files.Keys];

    /// <summary>The folder of the SDK.</summary>
    internal string Folder => _sdk;

    /// <summary>Looks which libraries are translated, but does not read them.</summary>
    /// <exception cref="DirectoryNotFoundException">There is no SDK, or none with translations.</exception>
    internal static SdkMessages Find(string? root)
    {
        string folder = Path.Combine(SdkLocation.Root(root), "sdk");
        string sdk = SdkLocation.Newest(folder) ?? throw new DirectoryNotFoundException(
            $"{folder}: there is no SDK; looked for a folder with the name of a version, such as 10.0.100.");
        var files = new SortedDictionary<string, List<(string Main, string Satellite)>>(StringComparer.Ordinal);
        foreach (string satellite in Directory.EnumerateFiles(sdk, $"*{Satellite}", SearchOption.AllDirectories))
        {
            string place = Path.GetDirectoryName(satellite)!;
            string main = Path.Combine(Path.GetDirectoryName(place)!, Path.GetFileName(satellite)[..^Satellite.Length]);
            main = File.Exists($"{main}.dll") ? $"{main}.dll" : $"{main}.exe";
            if (File.Exists(main))
            {
                string language = Path.GetFileName(place);
                if (!files.TryGetValue(language, out List<(string Main, string Satellite)>? list))
                {
                    files.Add(language, list = []);
                }

                list.Add((main, satellite));
            }
        }

        foreach (string language in files.Keys.ToArray())
        {
            if (files[language].Count < FewestLibraries)
            {
                files.Remove(language);
            }
            else
            {
                files[language].Sort((a, b) => string.CompareOrdinal(a.Satellite, b.Satellite));
            }
        }

        return files.Count > 0
            ? new SdkMessages(sdk, files)
            : throw new DirectoryNotFoundException(
                $"{sdk}: this SDK is not translated; looked for files LANGUAGE/*{Satellite} beside its libraries. Some Linux "
                + "distributions leave them out: install the SDK from Microsoft.");
    }

    /// <summary>
    /// The messages of one language with their English: each English text once, in ordinal order, with the translation that
    /// comes most often, and of equals the first in ordinal order. Those that were left in English are not among them.
    /// </summary>
    /// <exception cref="ArgumentException">The SDK is not translated to the language.</exception>
    /// <exception cref="InvalidDataException">No message could be read.</exception>
    internal List<(string English, string Text)> Read(string language)
    {
        if (!_files.TryGetValue(language, out List<(string Main, string Satellite)>? list))
        {
            throw new ArgumentException(
                $"The SDK has no messages in \"{language}\". {Suggestion.Describe("Its languages are", language, Languages)}",
                nameof(language));
        }

        var found = new Dictionary<string, List<(string Text, int Count)>>(StringComparer.Ordinal);
        foreach ((string main, string satellite) in list)
        {
            Dictionary<string, string> english = English(main);
            foreach ((string key, string text) in ResourceStrings.Read(satellite, language))
            {
                if (english.TryGetValue(key, out string? source) && OneLine(text) is { } target && source != target)
                {
                    ref List<(string Text, int Count)>? texts =
                        ref CollectionsMarshal.GetValueRefOrAddDefault(found, source, out _);
                    Count(texts ??= [], target);
                }
            }
        }

        var pairs = new List<(string English, string Text)>(found.Count);
        foreach ((string english, List<(string Text, int Count)> texts) in found)
        {
            texts.Sort((a, b) => a.Count != b.Count ? b.Count.CompareTo(a.Count) : string.CompareOrdinal(a.Text, b.Text));
            pairs.Add((english, texts[0].Text));
        }

        pairs.Sort((a, b) => string.CompareOrdinal(a.English, b.English));
        return pairs.Count > 0
            ? pairs
            : throw new InvalidDataException(
                $"{_sdk}: no messages in \"{language}\" could be read from its {list.Count} libraries. Is the SDK damaged?");
    }

    private static void Count(List<(string Text, int Count)> texts, string text)
    {
        int index = texts.FindIndex(entry => entry.Text == text);
        if (index < 0)
        {
            texts.Add((text, 1));
        }
        else
        {
            texts[index] = (text, texts[index].Count + 1);
        }
    }

    /// <summary>The English messages of a library, which all languages share; several threads may ask.</summary>
    private Dictionary<string, string> English(string main) => _originals.GetOrAdd(main, static path =>
    {
        var messages = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string text) in ResourceStrings.Read(path, null))
        {
            if (OneLine(text) is { } line) messages.Add(key, line);
        }

        return messages;
    });

    /// <summary>
    /// A message on one line, its white space of all kinds made one blank each; null if it has no two letters in a row, being
    /// a number or a mark.
    /// </summary>
    private static string? OneLine(string text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (char.IsLetter(text[i]) && char.IsLetter(text[i - 1]))
            {
                return string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            }
        }

        return null;
    }
}
