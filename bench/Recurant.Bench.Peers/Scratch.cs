using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Recurant.Bench.Peers;

/// <summary>
/// The files and processes of one run of the program; nothing of them is left when it ends, also by Ctrl-C or SIGTERM.
/// </summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recurant-bench-");
    private readonly List<Process> _processes = [];
    private readonly PosixSignalRegistration[] _signals;
    private int _files;

    private Scratch() => _signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => CleanUp()),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => CleanUp()),
    ];

    /// <summary>The only one; a worker makes none.</summary>
    public static Scratch Instance { get; } = new();

    /// <summary>A path for a new file, which is deleted with the folder.</summary>
    public string NewPath(string name) => Path.Combine(_folder.FullName, $"{_files++}-{name}");

    /// <summary>Makes a new folder, which is deleted with the whole.</summary>
    public string NewFolder(string name) => _folder.CreateSubdirectory($"{_files++}-{name}").FullName;

    /// <summary>Starts a process that is not to outlive this one.</summary>
    public Process Start(ProcessStartInfo start)
    {
        lock (_processes)
        {
            Process process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
            _processes.Add(process);
            return process;
        }
    }

    public void Dispose()
    {
        CleanUp();
        Array.ForEach(_signals, signal => signal.Dispose());
    }

    private void CleanUp()
    {
        lock (_processes)
        {
            foreach (Process process in _processes)
            {
                // One that ended by itself and was disposed of is none of ours any more.
                try { process.Kill(); } catch (InvalidOperationException) { }
            }

            _processes.Clear();
            if (_folder.Exists) _folder.Delete(recursive: true);
            _folder.Refresh();
        }
    }
}
