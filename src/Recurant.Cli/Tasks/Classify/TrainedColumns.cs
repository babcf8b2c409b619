using System.Text.Json;

namespace Recurant.Cli;

/// <summary>
/// The columns that a model's texts and labels came from, as its file tells them: held-out data are read alike.
/// </summary>
/// <param name="Text">The name of the column, or the key, of the texts.</param>
/// <param name="Label">The same of the labels.</param>
internal sealed record TrainedColumns(string Text, string Label)
{
    private const string Key = "columns", TextKey = "text", LabelKey = "label";

    /// <summary>Writes them as a member of a training record.</summary>
    public static void Write(Utf8JsonWriter writer, string text, string label) => writer.WriteObject(Key, members =>
    {
        members.WriteString(TextKey, text);
        members.WriteString(LabelKey, label);
    });

    /// <summary>What a model's record says; null if it says nothing.</summary>
    public static TrainedColumns? Of(TrainedModel model)
    {
        if (model.TrainingRecord.Length == 0) return null;
        using JsonDocument record = JsonDocument.Parse(model.TrainingRecord);
        return record.RootElement.TryGetProperty(Key, out JsonElement columns) && columns.ValueKind == JsonValueKind.Object
            && Name(columns, TextKey) is { } text && Name(columns, LabelKey) is { } label
            ? new TrainedColumns(text, label)
            : null;
    }

    private static string? Name(JsonElement columns, string key) =>
        columns.TryGetProperty(key, out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString() : null;

    /// <inheritdoc/>
    public override string ToString() => $"{Text}, {Label}";
}
