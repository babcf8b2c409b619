using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recurant.Training;

/// <summary>
/// Writes the record of a training run while it runs: JSON lines, each an object whose member "kind" says what it tells of:
/// "run" (what was trained on what), "steps", "epoch", "lens", "result". A line is written whole and at once; a run that is
/// stopped leaves the lines so far, and <see cref="RunRecord.Read"/> makes nothing of a last line that was cut off. It records
/// one run; two threads at once get an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class RunRecorder : TrainingObserver, IDisposable
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Who writes.</summary>
    private readonly SoleUse _use = new($"A {nameof(RunRecorder)}", "Give each run a recorder and a file of its own.");

    private readonly FileStream _file;
    private readonly StepWindow _window = new();
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <summary>Begins a record, or goes on with one.</summary>
    /// <param name="path">The file, by convention with the ending <c>.run.jsonl</c>.</param>
    /// <param name="append">
    /// Whether the run was continued, so that new lines follow those there are. Steps and epochs told again replace the older.
    /// </param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public RunRecorder(string path, bool append = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _file = new FileStream(
            path, append ? FileMode.OpenOrCreate : FileMode.Create, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        _file.Seek(0, SeekOrigin.End);
        if (_file.Length == 0) return;
        // Half a line, left by a process that was killed, must not swallow the line that follows.
        _file.Seek(-1, SeekOrigin.End);
        if (_file.ReadByte() != '\n') _file.WriteByte((byte)'\n');
    }

    /// <summary>Writes a line.</summary>
    /// <param name="kind">The value of its member "kind".</param>
    /// <param name="members">Writes its other members.</param>
    public void Write(string kind, Action<Utf8JsonWriter> members)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(members);
        using SoleUse.Call call = _use.Enter();
        _line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_line, s_options))
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            members(writer);
            writer.WriteEndObject();
        }

        _line.Write("\n"u8);
        _file.Write(_line.WrittenSpan);
    }

    /// <inheritdoc/>
    public override void OnStep(in TrainingStep step)
    {
        if (_window.Add(step) is { } steps) Write(steps);
    }

    /// <inheritdoc/>
    public override void OnEpoch(string stage, EpochRecord epoch, bool isBest)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        WriteGathered();
        Write("epoch", writer =>
        {
            writer.WriteString("stage", stage);
            writer.WriteNumber("epoch", epoch.Number);
            WriteNumber(writer, "train_loss", epoch.TrainLoss);
            WriteNumber(writer, "train_accuracy", epoch.TrainAccuracy);
            WriteNumber(writer, "valid_loss", epoch.Validation.Loss);
            writer.WriteString("measure", epoch.Validation.Measure);
            WriteNumber(writer, "value", epoch.Validation.Value);
            writer.WriteBoolean("higher_is_better", epoch.Validation.HigherIsBetter);
            writer.WriteBoolean("best", isBest);
            WriteNumber(writer, "seconds", epoch.Seconds);
        });
    }

    /// <summary>Writes the steps that are still gathered, as at the end of an epoch.</summary>
    public void WriteGathered()
    {
        if (_window.Take() is { } steps) Write(steps);
    }

    /// <summary>Writes the steps that are still gathered, and closes the file.</summary>
    public void Dispose()
    {
        WriteGathered();
        _file.Dispose();
    }

    private void Write(RecordedSteps steps) => Write("steps", writer =>
    {
        writer.WriteString("stage", steps.Stage);
        writer.WriteNumber("epoch", steps.Epoch);
        writer.WriteNumber("first", steps.First);
        writer.WriteNumber("last", steps.Last);
        WriteNumber(writer, "loss", steps.Loss);
        WriteNumber(writer, "norm", steps.GradientNorm);
        WriteNumber(writer, "largest_norm", steps.LargestNorm);
        writer.WriteNumber("clipped", steps.Clipped);
        WriteNumber(writer, "rate", steps.LearningRate);
        writer.WriteNumber("tokens", steps.Tokens);
        WriteNumber(writer, "seconds", steps.Seconds);
    });

    /// <summary>Six significant digits are enough for a curve; what is not finite is null.</summary>
    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        if (!double.IsFinite(value)) writer.WriteNull(name);
        else writer.WriteNumber(name, Rounded(value));
    }

    private static double Rounded(double value)
    {
        if (value == 0) return 0;
        int digits = 5 - (int)Math.Floor(Math.Log10(Math.Abs(value)));
        return digits is >= 0 and <= 15 ? Math.Round(value, digits) : value;
    }
}
