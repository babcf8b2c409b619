using System.Text.Json;

namespace Recurant.Cli;

/// <summary>
/// What <c>train</c> leaves in its checkpoints so that <c>train --resume DIR</c> needs nothing else: where it ran and what it
/// was told.
/// </summary>
internal static class ResumeNote
{
    public static string Write(TrainSettings settings) => JsonText.Object(writer =>
    {
        writer.WriteString("directory", Environment.CurrentDirectory);
        writer.WriteString("data", settings.Data);
        writer.WriteString("out", settings.OutFile);
        writer.WriteObject("settings", members =>
        {
            foreach ((Setting setting, string value) in settings.Given) members.WriteString(setting.Name, value);
        });
    });

    /// <summary>The settings of the run in a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint's directory, for messages.</param>
    /// <param name="note">What <see cref="Write"/> wrote.</param>
    /// <exception cref="InvalidDataException">It is something else.</exception>
    public static TrainSettings Read(string checkpoint, string note)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(note);
            JsonElement root = document.RootElement;
            string directory = root.GetProperty("directory").GetString()!;
            var settings = new TrainSettings
            {
                Data = Seen(root.GetProperty("data").GetString()!, directory),
                OutFile = Seen(root.GetProperty("out").GetString()!, directory),
            };
            foreach (JsonProperty member in root.GetProperty("settings").EnumerateObject())
            {
                // The directory may have been moved since; --resume tells where it is.
                if (member.Name is "out" or "checkpoint") continue;
                Setting setting = SettingTable.All.FirstOrDefault(candidate => candidate.Name == member.Name)
                    ?? throw new FormatException($"there is no setting \"{member.Name}\" in this version");
                string value = member.Value.GetString()!, path = Seen(value, directory);
                bool isPath = setting.Kind == SettingKind.Path && (File.Exists(path) || Directory.Exists(path));
                settings = setting.Apply(settings, isPath ? path : value, $"{checkpoint}: {setting.Name}");
            }

            return settings;
        }
        catch (Exception fault) when (
            fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new InvalidDataException(
                $"{checkpoint}: the checkpoint was not made by this version of 'recurant train': {fault.Message.TrimEnd('.')}. "
                + "Continue it with the version that created it, or start a new run.", fault);
        }
    }

    /// <summary>A path of the run as seen from here.</summary>
    private static string Seen(string path, string directory) =>
        directory == Environment.CurrentDirectory ? path : Path.GetFullPath(path, directory);
}
