using System.Globalization;
using System.Text.Json;

namespace Recurant.Training;

/// <summary>One epoch of a recorded run.</summary>
/// <param name="Stage">What was being trained, as in <see cref="TrainingProgress.Stage"/>.</param>
/// <param name="Number">From 1.</param>
/// <param name="TrainLoss">The mean training loss, in nats.</param>
/// <param name="TrainAccuracy">The training accuracy; NaN where the task does not look at it.</param>
/// <param name="ValidationLoss">The mean loss on the validation data, in nats.</param>
/// <param name="Measure">The name of the measure that decides, <see cref="Score.Measure"/>.</param>
/// <param name="Value">Its value on the validation data.</param>
/// <param name="HigherIsBetter">Whether more of it is better.</param>
/// <param name="IsBest">Whether it was the best epoch so far.</param>
/// <param name="Seconds">The time it took, validation included.</param>
public sealed record RecordedEpoch(
    string Stage, int Number, double TrainLoss, double TrainAccuracy, double ValidationLoss, string Measure, double Value,
    bool HigherIsBetter, bool IsBest, double Seconds)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(RecordedEpoch), PrintMembers);
}

/// <summary>A training run as <see cref="RunRecorder"/> wrote it down.</summary>
public sealed record RunRecord
{
    /// <summary>The name of the file.</summary>
    public required string Path { get; init; }

    /// <summary>What was trained on what: the line of the kind "run".</summary>
    public JsonElement? Run { get; init; }

    /// <summary>The steps in order, stage after stage.</summary>
    public required IReadOnlyList<RecordedSteps> Steps { get; init; }

    /// <summary>The epochs in order, stage after stage.</summary>
    public required IReadOnlyList<RecordedEpoch> Epochs { get; init; }

    /// <summary>What came of it: the line of the kind "result"; null for a run that was not finished.</summary>
    public JsonElement? Result { get; init; }

    /// <summary>All other lines, in order, such as those of the kind "lens".</summary>
    public required IReadOnlyList<JsonElement> Others { get; init; }

    /// <summary>The lines of a kind among <see cref="Others"/>.</summary>
    public IEnumerable<JsonElement> OfKind(string kind) =>
        Others.Where(line => line.GetProperty("kind").GetString() == kind);

    /// <summary>Reads a record. Of a last line that is not complete nothing is read.</summary>
    /// <exception cref="InvalidDataException">Another line is no line of a record; the message names it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunRecord Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var steps = new List<RecordedSteps>();
        var epochs = new List<RecordedEpoch>();
        var others = new List<JsonElement>();
        JsonElement? run = null, result = null;
        using FileStream file = InputFile.Open(path, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        (int Number, string Message)? cut = null;
        for (int number = 1; reader.ReadLine() is { } text; number++)
        {
            if (text.Length == 0) continue;
            JsonElement line;
            string? kind;
            try
            {
                using JsonDocument document = JsonDocument.Parse(text);
                line = document.RootElement.Clone();
                kind = line.GetProperty("kind").GetString();
                // Half a line may end the file, or stand where the run was stopped before it was continued.
                if (cut is { } half && kind != "run") throw Unreadable(path, half.Number, half.Message);
                cut = null;
                switch (kind)
                {
                    case "run":
                        // A run that was continued says so again; what it was told the first time stands.
                        run ??= line;
                        break;
                    case "steps":
                        RecordedSteps read = ReadSteps(line);
                        DropFrom(steps, old => old.Stage == read.Stage && old.Last >= read.First);
                        steps.Add(read);
                        break;
                    case "epoch":
                        RecordedEpoch epoch = ReadEpoch(line);
                        DropFrom(epochs, old => old.Stage == epoch.Stage && old.Number >= epoch.Number);
                        epochs.Add(epoch);
                        break;
                    case "result":
                        result = line;
                        break;
                    default:
                        others.Add(line);
                        break;
                }
            }
            catch (JsonException e) when (cut is null && number > 1)
            {
                cut = (number, Said(e));
            }
            catch (Exception e) when (
                e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
            {
                throw Unreadable(path, cut?.Number ?? number, Said(e));
            }
        }

        if (run is null && steps.Count == 0 && epochs.Count == 0)
        {
            throw new InvalidDataException(
                $"{path}: this is no record of a training run. 'recurant train --record FILE' makes one.");
        }

        return new RunRecord { Path = path, Run = run, Steps = steps, Epochs = epochs, Result = result, Others = others };
    }

    /// <summary>Drops from the end what is told again.</summary>
    private static void DropFrom<T>(List<T> list, Predicate<T> isToldAgain)
    {
        while (list.Count > 0 && isToldAgain(list[^1])) list.RemoveAt(list.Count - 1);
    }

    private static RecordedSteps ReadSteps(JsonElement line) => new(
        line.GetProperty("stage").GetString() ?? "", line.GetProperty("epoch").GetInt32(),
        line.GetProperty("first").GetInt64(), line.GetProperty("last").GetInt64(), Number(line, "loss"), Number(line, "norm"),
        Number(line, "largest_norm"), line.GetProperty("clipped").GetInt32(), Number(line, "rate"),
        line.GetProperty("tokens").GetInt64(), Number(line, "seconds"));

    private static RecordedEpoch ReadEpoch(JsonElement line) => new(
        line.GetProperty("stage").GetString() ?? "", line.GetProperty("epoch").GetInt32(), Number(line, "train_loss"),
        Number(line, "train_accuracy"), Number(line, "valid_loss"), line.GetProperty("measure").GetString() ?? "",
        Number(line, "value"), line.GetProperty("higher_is_better").GetBoolean(), line.GetProperty("best").GetBoolean(),
        Number(line, "seconds"));

    private static double Number(JsonElement line, string name)
    {
        JsonElement value = line.GetProperty(name);
        return value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();
    }

    /// <summary>A parser's own words count lines of its own.</summary>
    private static string Said(Exception fault) => fault is JsonException { BytePositionInLine: { } position }
        ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"it is not JSON from column {position + 1} on")
        : fault.Message;

    private static InvalidDataException Unreadable(string path, int line, string message) => new(
        $"{path}, line {line}: this is no line of a run record as 'recurant train --record FILE' writes it: "
        + $"{message.TrimEnd('.')}.");
}
