using System.Text.Json;
using Recurant.Models;
using Recurant.Training;

namespace Recurant.Cli;

/// <summary>
/// What the model file tells of its training. No times, dates, directories or thread counts: equal input gives an equal file.
/// </summary>
internal static class TrainingRecordJson
{
    public static string Write(TrainSettings settings, TrainingResult result, int trainRows, Evaluation? test) =>
        JsonText.Object(writer =>
    {
        writer.WriteString("version", Application.Version);
        writer.WriteString("data", FileName(settings.Data!));
        writer.WriteNumber("rows", trainRows);
        writer.WriteObject("settings", members =>
        {
            foreach ((Setting setting, string value) in settings.Given.Where(given => !given.Setting.IsUnrecorded)
                .OrderBy(given => given.Setting.Name, StringComparer.Ordinal))
            {
                members.WriteString(setting.Name, setting.Kind == SettingKind.Path ? FileName(value) : value);
            }
        });
        writer.WriteNumber("epochs", result.Epochs.Count);
        writer.WriteNumber("best_epoch", result.BestEpoch);
        writer.WriteString("end", result.End switch
        {
            TrainingEnd.Completed => "completed",
            TrainingEnd.EarlyStopping => "early stopping",
            TrainingEnd.Budget => "budget",
            _ => "interrupted",
        });
        writer.WriteObject("valid", members => WriteScores(members, result.Validation));
        if (test is not null) writer.WriteObject("test", members => WriteScores(members, test));
    });

    private static void WriteScores(Utf8JsonWriter writer, Evaluation scores)
    {
        writer.WriteNumber("rows", scores.Rows);
        writer.WriteNumber("loss", scores.Loss);
        writer.WriteNumber("accuracy", scores.Accuracy);
        writer.WriteNumber("macro_f1", scores.MacroF1);
    }

    private static string FileName(string path) => Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
}
