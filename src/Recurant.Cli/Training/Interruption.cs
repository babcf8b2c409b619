using System.Runtime.InteropServices;

namespace Recurant.Cli;

/// <summary>Turns the first Ctrl-C into a request to stop; a second one ends the process at once.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;

    /// <param name="asked">Called on the first Ctrl-C, from another thread.</param>
    public Interruption(Action asked)
    {
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
        ];

        void Handle(PosixSignalContext signal)
        {
            if (_source.IsCancellationRequested) return; // nothing said: the system ends the process
            signal.Cancel = true;
            asked();
            _source.Cancel();
        }
    }

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
