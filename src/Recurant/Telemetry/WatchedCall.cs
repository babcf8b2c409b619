using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recurant.Telemetry;

/// <summary>
/// A call that is timed and traced if anybody listens, and otherwise nothing: a struct of zeros, for which no memory is taken.
/// <code>
/// WatchedCall call = WatchedCall.Predict(task, items);
/// try
/// {
///     ...
///     call.EndPredict(tokens);
/// }
/// catch (Exception fault) when (call.Fails(fault))   // looks on; never caught here
/// {
///     throw;
/// }
/// </code>
/// </summary>
internal struct WatchedCall
{
    private Histogram<double>? _duration;
    private Activity? _activity;
    private string? _task;
    private long _begun;
    private int _items;
    private bool _isActive, _isDetached;

    /// <summary>Whether anybody hears of this call; what only a listener needs is not computed otherwise.</summary>
    public readonly bool IsWatched => _duration is not null;

    /// <summary>A call of a predictor begins.</summary>
    /// <param name="task">One of the tasks' names.</param>
    /// <param name="items">The texts, sentences or images.</param>
    public static WatchedCall Predict(string task, int items)
    {
        if (!Instruments.PredictDuration.Enabled && !Instruments.PredictItems.Enabled && !Instruments.PredictTokens.Enabled
            && !Instruments.PredictActive.Enabled && !Instruments.Activities.HasListeners())
        {
            return default;
        }

        WatchedCall call = Begin(Instruments.PredictDuration, TelemetryNames.PredictActivity, task);
        call._items = items;
        call._activity?.SetTag(TelemetryNames.Items, items);
        call._isActive = Instruments.PredictActive.Enabled;
        if (call._isActive) Instruments.PredictActive.Add(1, Tag(TelemetryNames.Task, task));
        return call;
    }

    /// <summary>A model begins to be read.</summary>
    /// <param name="path">Its file; null if it comes from a stream or from bytes.</param>
    public static WatchedCall Load(string? path)
    {
        if (!Instruments.LoadDuration.Enabled && !Instruments.Activities.HasListeners()) return default;
        WatchedCall call = Begin(Instruments.LoadDuration, TelemetryNames.LoadActivity, task: null);
        if (path is not null) call._activity?.SetTag(TelemetryNames.FilePath, path);
        return call;
    }

    private static WatchedCall Begin(Histogram<double> duration, string activity, string? task)
    {
        var call = new WatchedCall
        {
            _duration = duration, _task = task, _activity = Instruments.Activities.StartActivity(activity),
        };
        if (task is not null) call._activity?.SetTag(TelemetryNames.Task, task);
        call._begun = Stopwatch.GetTimestamp();
        return call;
    }

    /// <summary>The file is read.</summary>
    /// <param name="task">The task of its model.</param>
    public void EndLoad(string task)
    {
        if (_duration is null) return;
        _task = task;
        _activity?.SetTag(TelemetryNames.Task, task);
        End(fault: null, Stopwatch.GetElapsedTime(_begun));
    }

    /// <summary>The predictor has answered.</summary>
    /// <param name="read">The tokens it read.</param>
    /// <param name="written">The tokens it wrote; only if it writes texts.</param>
    public void EndPredict(long read, long written = 0)
    {
        if (_duration is null) return;
        EndPredict(read, written, Stopwatch.GetElapsedTime(_begun));
    }

    /// <summary>The same of a call whose time was measured piece by piece.</summary>
    public void EndPredict(long read, long written, TimeSpan elapsed)
    {
        if (_duration is null) return;
        KeyValuePair<string, object?> task = Tag(TelemetryNames.Task, _task);
        Instruments.PredictItems.Add(_items, task);
        if (read > 0) Instruments.PredictTokens.Add(read, task, Tag(TelemetryNames.TokenType, "input"));
        if (written > 0) Instruments.PredictTokens.Add(written, task, Tag(TelemetryNames.TokenType, "output"));
        End(fault: null, elapsed);
    }

    /// <summary>The call threw; always false, so that an exception filter can tell of it without catching it.</summary>
    public bool Fails(Exception fault)
    {
        if (_duration is not null) End(fault, Stopwatch.GetElapsedTime(_begun));
        return false;
    }

    /// <summary>
    /// Leaves the caller's activity the current one: of an answer that is made piece by piece, between whose pieces the caller
    /// goes on.
    /// </summary>
    /// <param name="current">What the current activity was before the call began.</param>
    public void Detach(Activity? current)
    {
        if (_activity is null) return;
        _isDetached = true;
        Activity.Current = current;
    }

    private void End(Exception? fault, TimeSpan elapsed)
    {
        Histogram<double> duration = _duration!;
        _duration = null;
        if (_isActive) Instruments.PredictActive.Add(-1, Tag(TelemetryNames.Task, _task));
        var tags = default(TagList);
        if (_task is not null) tags.Add(TelemetryNames.Task, _task);
        if (fault is not null)
        {
            string type = fault.GetType().FullName!;
            tags.Add(TelemetryNames.ErrorType, type);
            _activity?.SetTag(TelemetryNames.ErrorType, type).SetStatus(ActivityStatusCode.Error, fault.Message);
        }

        duration.Record(elapsed.TotalSeconds, tags);
        if (_activity is null) return;
        Activity? current = Activity.Current;
        _activity.Dispose();
        // An activity that ends makes its parent the current one.
        if (_isDetached) Activity.Current = current;
    }

    private static KeyValuePair<string, object?> Tag(string name, string? value) => new(name, value);
}
