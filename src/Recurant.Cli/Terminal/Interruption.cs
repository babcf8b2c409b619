using System.Runtime.InteropServices;

namespace Recurant.Cli;

/// <summary>
/// What a signal does to the command, whatever it is doing. The first Ctrl-C, SIGTERM or SIGHUP asks the work to stop; work
/// that has not stopped a moment later, because it reads, waits or computes without looking, is ended with the exit code that
/// shells expect. A part that must not be cut off, such as saving a model, holds that end back. A second signal ends at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private const int CodeOfSignals = 128, Hangup = 1, Interrupt = 2, Terminate = 15;

    /// <summary>Long enough for work that looks at the token to end by itself and say more.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _source = new();
    private readonly Timer _timer;
    private readonly Action<string> _note;
    private readonly Action<int> _exit;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private string? _held;
    private int _holds;
    private bool _isOver;

    /// <param name="note">Writes a line for the user; called from another thread.</param>
    /// <param name="exit">Ends the process with an exit code.</param>
    public Interruption(Action<string> note, Action<int> exit)
    {
        _note = note;
        _exit = exit;
        _timer = new Timer(_ => End());
    }

    /// <summary>Asks the work to stop.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>
    /// The exit code of a command that a signal ended, 128 + its number; 130, as for Ctrl-C, as long as none came.
    /// </summary>
    public int Code { get; private set; } = ExitCode.Interrupted;

    /// <summary>What is true if the process ends here: "nothing was written", or what is complete.</summary>
    public string? Outcome { get; set; }

    /// <summary>Begins to listen to the signals of this process.</summary>
    public Interruption Listen()
    {
        Register(PosixSignal.SIGINT, Interrupt);
        Register(PosixSignal.SIGTERM, Terminate);
        // nohup lets a command go on when its terminal is closed.
        if (!IsIgnored(Hangup)) Register(PosixSignal.SIGHUP, Hangup);
        return this;

        void Register(PosixSignal signal, int number) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            if (Ask(number)) context.Cancel = true; // otherwise the system ends the process
        }));
    }

    /// <summary>Handles a signal; false for one after the first.</summary>
    internal bool Ask(int signal)
    {
        lock (_lock)
        {
            if (_source.IsCancellationRequested || _isOver) return false;
            Code = CodeOfSignals + signal;
            if (_holds == 0) _timer.Change(s_grace, Timeout.InfiniteTimeSpan);
            else if (_held is not null) _note(_held);
        }

        _source.Cancel();
        return true;
    }

    /// <summary>
    /// Until the result is disposed of the process is not ended from outside: the work is short, or looks at
    /// <see cref="Token"/> by itself.
    /// </summary>
    /// <param name="note">What the user is told who presses Ctrl-C meanwhile; null for nothing.</param>
    public IDisposable Hold(string? note = null)
    {
        lock (_lock)
        {
            _holds++;
            _held = note ?? _held;
            if (_source.IsCancellationRequested) _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        return new Held(this);
    }

    /// <summary>The command is over and reports by itself.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            _isOver = true;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        Finish();
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _timer.Dispose();
        _source.Dispose();
    }

    private void Release()
    {
        lock (_lock)
        {
            if (--_holds > 0) return;
            _held = null;
            if (_source.IsCancellationRequested && !_isOver) _timer.Change(s_grace, Timeout.InfiniteTimeSpan);
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (_isOver || _holds > 0) return;
            _isOver = true;
            _note(FailureReport.Interrupted(Outcome));
        }

        _exit(Code);
    }

    private static bool IsIgnored(int signal)
    {
        const string Status = "/proc/self/status", Ignored = "SigIgn:";
        try
        {
            return File.Exists(Status)
                && File.ReadLines(Status).FirstOrDefault(each => each.StartsWith(Ignored, StringComparison.Ordinal)) is { } line
                && (Convert.ToUInt64(line[Ignored.Length..].Trim(), 16) >> (signal - 1) & 1) != 0;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or FormatException)
        {
            return false;
        }
    }

    private sealed class Held(Interruption owner) : IDisposable
    {
        private bool _isReleased;

        public void Dispose()
        {
            if (_isReleased) return;
            _isReleased = true;
            owner.Release();
        }
    }
}
