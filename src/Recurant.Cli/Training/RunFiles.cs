using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary>What a <c>train</c> command writes down of its run: the record, the page, the events for TensorBoard.</summary>
internal sealed class RunFiles : IDisposable
{
    private const string Ending = ".run.jsonl";

    private readonly UserTerminal _terminal;
    private readonly TrainSettings _settings;
    private readonly string? _recordPath;
    private readonly bool _isResumed, _isQuiet;
    private RunRecorder? _recorder;
    private TensorBoardObserver? _events;
    private FallibleObserver? _record;
    private bool _hasFailed;

    private RunFiles(Invocation call, TrainSettings settings, bool isResumed)
    {
        (_terminal, _settings, _isResumed, _isQuiet) = (call.Terminal, settings, isResumed, call.Quiet);
        _recordPath = settings.RecordFile
            ?? (settings.ReportFile is null ? null : Path.ChangeExtension(settings.OutFile!, Ending));
    }

    /// <summary>Decides what is written where, and finds out whether it can be.</summary>
    /// <exception cref="IOException">It cannot be.</exception>
    /// <exception cref="UsageException">A file stands where a directory should.</exception>
    public static RunFiles For(Invocation call, TrainSettings settings, bool isResumed)
    {
        var files = new RunFiles(call, settings, isResumed);
        if (files._recordPath is { } record) OutputFile.CheckRecord("--record", record);
        if (settings.ReportFile is { } report) OutputFile.CheckPage("--report", report);
        if (settings.TensorBoardDirectory is { } events && File.Exists(events))
        {
            throw new UsageException($"--tensorboard: {events} is a file. Name a directory; it is created if necessary.");
        }

        return files;
    }

    /// <summary>Begins to write.</summary>
    /// <param name="task">The name of the task.</param>
    /// <param name="rows">The number of rows to learn from.</param>
    /// <returns>The settings with those who look on.</returns>
    public TrainSettings Begin(TrainSettings settings, string task, int rows)
    {
        var observers = new List<TrainingObserver>(settings.Training.Observers);
        if (_recordPath is not null)
        {
            _recorder = new RunRecorder(_recordPath, append: _isResumed);
            _recorder.Write("run", writer => WriteBeginning(writer, task, rows));
            observers.Add(_record = new FallibleObserver(_recorder, fault => TellFault("the record", _recordPath, fault)));
        }

        if (settings.TensorBoardDirectory is { } directory)
        {
            _events = new TensorBoardObserver(directory);
            observers.Add(new FallibleObserver(_events, fault => TellFault("the events", directory, fault)));
        }

        return settings with { Training = settings.Training with { Observers = observers } };
    }

    /// <summary>Writes a line into the record, if there is one.</summary>
    public void Write(string kind, Action<Utf8JsonWriter> members) => _record?.Try(() => _recorder!.Write(kind, members));

    /// <summary>Writes what came of the run, and draws the page.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Its file, which is written.</param>
    /// <param name="end">Why the training ended.</param>
    /// <param name="members">Writes scores and other members of the line.</param>
    /// <returns>Whether all of the run was written; why not, the user was told.</returns>
    public bool Finish(TrainedModel model, string path, TrainingEnd end, Action<Utf8JsonWriter> members)
    {
        Close(_events);
        if (_recorder is not null && !_hasFailed)
        {
            try
            {
                WriteResult(model, path, end, members);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                TellFault("the record", _settings.ReportFile ?? _recordPath!, fault);
                _terminal.WriteNote($"The model, {path}, is complete.");
            }
        }

        return !_hasFailed;
    }

    private void WriteResult(TrainedModel model, string path, TrainingEnd end, Action<Utf8JsonWriter> members)
    {
        ModelDescription? description;
        using (SafetensorsFile file = SafetensorsFile.Open(path)) description = ModelFile.TryDescribe(file);
        // The steps that are still gathered come before the result.
        _recorder!.WriteGathered();
        _recorder.Write("result", writer =>
        {
            writer.Write(
                ("end", TrainingRecordJson.End(end)), ("summary", model.Summary), ("parameters", model.ParameterCount));
            members(writer);
            writer.WriteObjects("layers", description?.Layers ?? [], layer =>
            {
                writer.Write(("name", layer.Name), ("shape", layer.Shape), ("parameters", layer.ParameterCount));
                writer.WriteStrings("equations", layer.Equations);
            });
        });
        _recorder.Dispose();
        if (_settings.ReportFile is { } report) PageFile.Write(report, RunReport.Html(RunRecord.Read(_recordPath!)));
        if (!_isQuiet) _terminal.WriteNote($"Wrote {_settings.ReportFile ?? _recordPath}");
    }

    public void Dispose()
    {
        Close(_recorder);
        Close(_events);
    }

    /// <summary>Closing writes what is left, and may fail as writing does.</summary>
    private void Close(IDisposable? file)
    {
        try
        {
            file?.Dispose();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (!_hasFailed) TellFault("the record", _recordPath ?? _settings.TensorBoardDirectory!, fault);
        }
    }

    private void TellFault(string what, string path, Exception fault)
    {
        _hasFailed = true;
        _terminal.WriteNote($"recurant: {what} of the run is incomplete: {PathFault.Explain(fault, [path])}");
    }

    private void WriteBeginning(Utf8JsonWriter writer, string task, int rows)
    {
        writer.Write(("format", 1), ("task", task), ("data", _settings.Data), ("rows", rows), ("model", _settings.OutFile));
        writer.WriteObject("settings", members =>
        {
            foreach ((Setting setting, string value) in Told()) members.WriteString(setting.Name, value);
        });
        writer.Write(
            ("command", Command()), ("version", Application.Version), ("runtime", RuntimeInformation.FrameworkDescription),
            ("machine", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}, "
                + Numbers.Of(Environment.ProcessorCount, "processor")),
            ("begun", DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)));
        if (_isResumed) writer.WriteBoolean("continued", true);
    }

    private IEnumerable<(Setting Setting, string Value)> Told() =>
        _settings.Given.Where(given => SettingTable.IsForCommand(given.Setting));

    /// <summary>The command that does the run again, without what only wrote it down.</summary>
    private string Command()
    {
        var command = new StringBuilder("recurant train ").Append(ShellCommand.Quote(_settings.Data!));
        foreach ((Setting setting, string value) in Told())
        {
            command.Append(" --").Append(setting.Name).Append(' ').Append(ShellCommand.Quote(value));
        }

        return command.Append(" --out ").Append(ShellCommand.Quote(_settings.OutFile!)).ToString();
    }
}
