using System.Text.Json;

namespace Recurant.Cli;

/// <summary>
/// What the model file tells of its training. No times, dates, directories or thread counts: equal input gives an equal file.
/// </summary>
internal static class TrainingRecordJson
{
    /// <param name="settings">What the user decided.</param>
    /// <param name="epochs">The number of epochs; a fraction where time ended the last.</param>
    /// <param name="bestEpochs">The epoch whose weights were kept; of several models, one for each.</param>
    /// <param name="end">Why it ended.</param>
    /// <param name="rows">The number of training rows.</param>
    /// <param name="writeScores">Writes what the model reached.</param>
    public static string Write(
        TrainSettings settings, double epochs, IReadOnlyList<int> bestEpochs, TrainingEnd end, int rows,
        Action<Utf8JsonWriter> writeScores) =>
        JsonText.Object(writer =>
    {
        writer.WriteString("version", Application.Version);
        writer.WriteString("data", FileName(settings.Data!));
        writer.WriteNumber("rows", rows);
        writer.WriteObject("settings", members =>
        {
            foreach ((Setting setting, string value) in settings.Given.Where(given => !given.Setting.IsUnrecorded)
                .OrderBy(given => given.Setting.Name, StringComparer.Ordinal))
            {
                members.WriteString(setting.Name, setting.Kind == SettingKind.Path ? FileName(value) : value);
            }
        });
        writer.WriteNumber("epochs", Math.Round(epochs, 4));
        if (bestEpochs is [var only])
        {
            writer.WriteNumber("best_epoch", only);
        }
        else
        {
            writer.WriteStartArray("best_epochs");
            foreach (int best in bestEpochs) writer.WriteNumberValue(best);
            writer.WriteEndArray();
        }

        writer.WriteString("end", End(end));
        writeScores(writer);
    });

    /// <summary>The end of a run in a word or two.</summary>
    public static string End(TrainingEnd end) => end switch
    {
        TrainingEnd.Completed => "completed",
        TrainingEnd.EarlyStopping => "early stopping",
        TrainingEnd.Budget => "budget",
        _ => "interrupted",
    };

    private static string FileName(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
}
