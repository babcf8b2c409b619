using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Recurant.Cli;

/// <summary>
/// The configuration file of <c>train</c>: one JSON object, comments and trailing commas allowed; null means "not given".
/// </summary>
internal static class ConfigFile
{
    private const string DataKey = "data";
    private const int MaximumLength = 1_000_000, LineWidth = 100;

    /// <summary>Applies a file to the settings.</summary>
    /// <exception cref="UsageException">The file is no such object; the message names line and column.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static TrainSettings Read(string path, TrainSettings settings)
    {
        byte[] bytes;
        try
        {
            bytes = InputFile.ReadAll(path, MaximumLength);
        }
        catch (InvalidDataException)
        {
            throw new UsageException($"{path}: the file is longer than {MaximumLength:N0} bytes: this is no configuration file.");
        }

        ReadOnlySpan<byte> json = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes;
        if (!Utf8.IsValid(json)) throw new UsageException($"{path}: the file is not valid UTF-8. Save it as UTF-8.");
        try
        {
            return Read(path, json, settings);
        }
        catch (JsonException fault)
        {
            long line = fault.LineNumber ?? 0;
            // The reader's own message ends with the position; the first sentence is what is wrong.
            string what = fault.Message.Split(" LineNumber:")[0].Split(". ")[0].TrimEnd('.');
            throw new UsageException(
                $"{path}, line {line + 1}, column {(fault.BytePositionInLine ?? 0) + 1}: not valid JSON: {what}.");
        }
        catch (InvalidOperationException)
        {
            // What the reader says of an escape such as \ud800 without its other half.
            throw new UsageException($"{path}: a string in it is not valid Unicode.");
        }
    }

    /// <summary>Writes a file with every setting, each with its explanation and the value null.</summary>
    public static void Write(string path) => AtomicFile.Write(path, stream =>
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        writer.NewLine = "\n";
        writer.WriteLine("// Settings for: recurant train --config FILE");
        writer.WriteLine("// null means: not set, use the default. Options on the command line override this file.");
        writer.WriteLine("{");
        writer.WriteLine("  // The training data, a file or directory; paths are relative to the current directory.");
        writer.Write($"  \"{DataKey}\": null");
        string group = "";
        foreach (Setting setting in SettingTable.All)
        {
            writer.WriteLine(',');
            writer.WriteLine();
            if (setting.Group != group)
            {
                writer.WriteLine($"  // {setting.Group} {new string('-', LineWidth - 6 - setting.Group.Length)}");
                writer.WriteLine();
                group = setting.Group;
            }

            foreach (string line in TextLayout.Wrap($"{setting.Value}: {setting.Help}", LineWidth - 5))
            {
                writer.WriteLine($"  // {line}");
            }

            writer.Write($"  \"{setting.Name}\": null");
        }

        writer.WriteLine();
        writer.WriteLine("}");
    });

    private static TrainSettings Read(string path, ReadOnlySpan<byte> json, TrainSettings settings)
    {
        var reader = new Utf8JsonReader(
            json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            throw new UsageException(
                $"{Place(path, json, reader)}: expected one JSON object of settings, as 'recurant init' writes it.");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!, place = Place(path, json, reader);
            Setting? setting = SettingTable.All.FirstOrDefault(candidate => candidate.Name == key);
            if (setting is null && key != DataKey)
            {
                IEnumerable<string> names = SettingTable.All.Select(candidate => candidate.Name).Append(DataKey);
                string hint = OtherNames.Hint(key) ?? Nearest.Question(key, names);
                throw new UsageException($"{place}: there is no setting \"{key}\".{hint}");
            }

            if (!seen.Add(key)) throw new UsageException($"{place}: the setting \"{key}\" is given twice.");
            reader.Read();
            place = $"{Place(path, json, reader)}: {key}";
            if (reader.TokenType == JsonTokenType.Null) continue;
            string value = Value(json, reader, setting, place);
            settings = setting is null ? settings with { Data = value } : setting.Apply(settings, value, place);
        }

        // What follows the object would be lost without a word.
        reader.Read();
        return settings;
    }

    /// <summary>The value as the command line would spell it.</summary>
    private static string Value(ReadOnlySpan<byte> json, in Utf8JsonReader reader, Setting? setting, string place) =>
        reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.True or JsonTokenType.False when setting?.Kind == SettingKind.Flag =>
            reader.TokenType == JsonTokenType.True ? "true" : "false",
        JsonTokenType.Number when setting is not null && setting.Kind != SettingKind.Flag =>
            Encoding.UTF8.GetString(json[(int)reader.TokenStartIndex..(int)reader.BytesConsumed]),
        _ => throw new UsageException($"{place}: expected {Kind(setting)} or null."),
    };

    private static string Kind(Setting? setting) => setting?.Kind switch
    {
        SettingKind.Flag => "true, false",
        SettingKind.Number => "a number",
        _ => "a string",
    };

    private static string Place(string path, ReadOnlySpan<byte> json, in Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> before = json[..(int)reader.TokenStartIndex];
        int line = before.Count((byte)'\n') + 1, start = before.LastIndexOf((byte)'\n') + 1;
        return $"{path}, line {line}, column {Encoding.UTF8.GetCharCount(before[start..]) + 1}";
    }
}
