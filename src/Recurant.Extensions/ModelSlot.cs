using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Recurant.Telemetry;

namespace Recurant.Extensions;

/// <summary>
/// Where the model of a name lies. It is replaced as a whole by one write of a reference, so that nobody ever meets half of one.
/// </summary>
internal sealed partial class ModelSlot : IDisposable
{
    private static readonly Meter s_meter = new(TelemetryNames.Source);
    private static readonly Counter<long> s_reloads = s_meter.CreateCounter<long>(
        "recurant.model.reloads", "{reload}", "Replaced model files that were taken up or refused.");

    private readonly ModelOptions _options;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly ILogger _logger;
    private readonly Lock _loading = new();
    private volatile Loaded? _loaded;
    private volatile Exception? _fault;
    private ITimer? _timer;
    private FileStamp? _seen, _refused;
    private bool _isDisposed;

    /// <param name="name">The name that it is asked for by.</param>
    /// <param name="path">The full path.</param>
    /// <param name="options">How it is served.</param>
    /// <param name="interval">How often the file is looked at; null: never.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of what happens.</param>
    public ModelSlot(
        string name, string path, ModelOptions options, TimeSpan? interval, TimeProvider time, ILogger logger)
    {
        (Name, Path, _options, _time, _logger) = (name, path, options, time, logger);
        _interval = interval ?? Timeout.InfiniteTimeSpan;
    }

    public string Name { get; }

    public string Path { get; }

    /// <summary>The task that the model must have; null where the file decides.</summary>
    public string? Task => _options.Task;

    /// <summary>What was read last; null before.</summary>
    public Loaded? Loaded => _loaded;

    /// <summary>Why the file that lies there could not be taken up; null if it could.</summary>
    public Exception? Fault => _fault;

    /// <summary>The model, read now if that has not been done.</summary>
    public Loaded Current => _loaded ?? LoadFirst();

    private Loaded LoadFirst()
    {
        lock (_loading)
        {
            if (_loaded is { } loaded) return loaded;
            FileStamp? stamp = FileStamp.Of(Path);
            (TrainedModel Model, ServedKind Kind) read;
            try
            {
                read = Read(stamp);
            }
            catch (Exception fault) when (IsOfFile(fault))
            {
                _fault = Named(fault);
                Tell(() => LogNotLoaded(Name, fault.Message));
                throw _fault;
            }

            loaded = Make(read, stamp);
            Take(loaded);
            // After each look the timer is set again, so that looks never overlap.
            if (_interval != Timeout.InfiniteTimeSpan && !_isDisposed)
            {
                _timer = _time.CreateTimer(static slot => ((ModelSlot)slot!).Look(), this, _interval, Timeout.InfiniteTimeSpan);
            }

            return loaded;
        }
    }

    /// <summary>Reads the file again, changed or not.</summary>
    public void Reload()
    {
        lock (_loading)
        {
            if (_loaded is null)
            {
                LoadFirst();
                return;
            }

            // Before the file is read: of one that is still written to only what was read is refused.
            FileStamp? stamp = FileStamp.Of(Path);
            (TrainedModel Model, ServedKind Kind) read;
            try
            {
                read = Read(stamp);
            }
            catch (Exception fault) when (IsOfFile(fault))
            {
                Refuse(fault, stamp);
                throw Named(fault);
            }

            Take(Make(read, stamp));
        }
    }

    /// <summary>Reads the file if it is another than before and has not changed since the last look.</summary>
    private void Look()
    {
        lock (_loading)
        {
            if (_isDisposed) return;
            try
            {
                LookAt(FileStamp.Of(Path));
            }
            catch (Exception fault)
            {
                // Nobody stands above a timer: what escaped here would end the process. Told once.
                if (_fault is null) Refuse(fault, stamp: null);
            }
            finally
            {
                _timer!.Change(_interval, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void LookAt(FileStamp? stamp)
    {
        FileStamp? seen = _seen;
        _seen = stamp;
        if (stamp is null) return;
        if (stamp == _loaded!.Stamp)
        {
            // The file that is served lies there, perhaps again: one that was refused has gone.
            (_fault, _refused) = (null, null);
            return;
        }

        if (stamp == _refused || stamp != seen) return;
        try
        {
            Loaded next = Make(Read(stamp), stamp);
            // Else somebody writes to it: the next look will see how it stands then.
            if (FileStamp.Of(Path) == stamp) Take(next);
        }
        catch (Exception fault)
        {
            if (FileStamp.Of(Path) == stamp) Refuse(fault, stamp);
        }
    }

    /// <param name="stamp">That of before the file is read: whatever happens to it later is a change.</param>
    private (TrainedModel Model, ServedKind Kind) Read(FileStamp? stamp)
    {
        if (stamp is { Length: 0 })
        {
            throw new InvalidDataException($"{Path} has no bytes, or is a pipe or a device; expected a .safetensors file.");
        }

        TrainedModel model = ModelFile.Load(Path);
        ServedKind kind = ServedKind.All.FirstOrDefault(each => each.Task == model.Task) ?? throw new InvalidDataException(
            $"{Path} holds a {model.Noun} (task '{model.Task}'), which cannot be served; expected one of "
            + $"{string.Join(", ", ServedKind.All.Select(each => each.Task))}. Name another file.");
        string? expected = _options.Task ?? _loaded?.Kind.Task;
        if (expected is not null && kind.Task != expected)
        {
            throw new InvalidDataException(
                $"{Path} holds a {model.Noun} (task '{kind.Task}'); expected a model of the task '{expected}'. Name another "
                + $"file, or correct Recurant:Models:{Name}:Task.");
        }

        return (model, kind);
    }

    /// <summary>Not a part of reading: what fails here is no fault of the file.</summary>
    private Loaded Make((TrainedModel Model, ServedKind Kind) read, FileStamp? stamp) => new(
        read.Kind.Make(read.Model, _options.Threads), read.Model, read.Kind, (_loaded?.Version ?? 0) + 1, _time.GetUtcNow(),
        stamp);

    private void Take(Loaded loaded)
    {
        _loaded = loaded;
        _fault = null;
        _refused = null;
        Tell(() => LogLoaded(Name, loaded.Version, loaded.Model.Summary, Path));
        if (loaded.Version > 1) Tell(() => CountReload("replaced"));
    }

    private void Refuse(Exception fault, FileStamp? stamp)
    {
        _refused = stamp;
        _fault = Named(fault);
        Tell(() => LogRefused(Name, _loaded!.Version, fault.Message));
        Tell(() => CountReload("refused"));
    }

    /// <summary>A logger or a listener that throws must neither decide which model is served nor end the process.</summary>
    private static void Tell(Action tell)
    {
        try
        {
            tell();
        }
        catch (Exception)
        {
            // There is nobody left to tell.
        }
    }

    private void CountReload(string outcome)
    {
        if (!s_reloads.Enabled) return;
        s_reloads.Add(1, new KeyValuePair<string, object?>("recurant.model.name", Name),
            new KeyValuePair<string, object?>("recurant.model.reload.outcome", outcome));
    }

    private InvalidOperationException Named(Exception fault) => new(
        $"The model '{Name}' could not be read from {Path}: {fault.Message} Expected a model file that 'recurant train --out' or "
        + $"Save wrote; put one there, or change Recurant:Models:{Name}:Path.", fault);

    private static bool IsOfFile(Exception fault) =>
        fault is IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or NotSupportedException;

    public void Dispose()
    {
        lock (_loading)
        {
            _isDisposed = true;
            _timer?.Dispose();
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Model '{Name}': version {Version} ({Summary}) is served from {Path}.")]
    private partial void LogLoaded(string name, int version, string summary, string path);

    [LoggerMessage(2, LogLevel.Error, "Model '{Name}' could not be read: {Reason}")]
    private partial void LogNotLoaded(string name, string reason);

    [LoggerMessage(
        3, LogLevel.Warning, "Model '{Name}': the new file is refused, version {Version} goes on being served: {Reason}")]
    private partial void LogRefused(string name, int version, string reason);
}
