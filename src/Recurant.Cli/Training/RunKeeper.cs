namespace Recurant.Cli;

/// <summary>
/// Where a <c>train</c> command keeps the state of its run: in the directory that was named, or else beside the model file; and
/// what it says of it.
/// </summary>
internal sealed class RunKeeper
{
    private const string Ending = ".checkpoint", None = "none";

    private readonly UserTerminal _terminal;
    private readonly bool _wasNamed;

    private RunKeeper(UserTerminal terminal, CheckpointOptions? options, bool wasNamed)
    {
        _terminal = terminal;
        _wasNamed = wasNamed;
        Options = options;
    }

    /// <summary>What training is told; null if nothing is to be kept.</summary>
    public CheckpointOptions? Options { get; }

    /// <summary>Decides where, and whether a run is continued.</summary>
    /// <param name="call">The command line.</param>
    /// <param name="settings">All settings of the run.</param>
    /// <param name="resumed">The directory to continue from; null for a new run.</param>
    /// <exception cref="UsageException">The directory that was named holds a run that was not finished.</exception>
    public static RunKeeper For(Invocation call, TrainSettings settings, string? resumed)
    {
        string? named = settings.CheckpointDirectory;
        if (named == None && resumed is null) return new RunKeeper(call.Terminal, options: null, wasNamed: false);
        if (resumed is not null && named is not null && Path.GetFullPath(named) != Path.GetFullPath(resumed))
        {
            throw new UsageException(
                $"--checkpoint: a run that is continued keeps its checkpoints where they are, in {resumed}. Leave it out.");
        }

        string directory = resumed ?? named ?? Path.ChangeExtension(settings.OutFile!, Ending);
        if (resumed is null && Checkpoint.Exists(directory))
        {
            string command = ResumeCommand(directory);
            if (named is not null)
            {
                throw new UsageException(
                    $"--checkpoint: {directory} holds a run that was not finished. To continue it: {command}\n"
                    + "For a new run remove the directory, or choose another one.");
            }

            call.Terminal.WriteCommand(
                $"recurant: {directory} holds a run that was not finished, which this new run will replace. "
                + "To continue it instead:",
                command);
        }

        return new RunKeeper(call.Terminal, wasNamed: named is not null, options: new CheckpointOptions
        {
            Directory = directory,
            Interval = settings.CheckpointInterval,
            Start = resumed is not null ? CheckpointStart.Resume
                : named is not null ? CheckpointStart.New : CheckpointStart.Replace,
            Note = ResumeNote.Write(settings),
            Failed = FaultTeller(call.Terminal),
        });
    }

    /// <summary>Tells how to continue an interrupted run, if its state was kept.</summary>
    public void TellHowToContinue()
    {
        if (Options is not null && Checkpoint.Exists(Options.Directory))
        {
            _terminal.WriteCommand("To continue:", ResumeCommand(Options.Directory));
        }
    }

    /// <summary>
    /// The model is saved: its checkpoint goes, unless time ran out and the directory was named, when more time may be wanted.
    /// </summary>
    public void Finish(TrainingEnd end)
    {
        if (Options is null) return;
        if (end == TrainingEnd.Budget && _wasNamed)
        {
            _terminal.WriteCommand("To continue with more time:", $"{ResumeCommand(Options.Directory)} --budget TIME");
            return;
        }

        try
        {
            Checkpoint.Delete(Options.Directory);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            _terminal.WriteNote($"recurant: {Options.Directory} is no longer needed but cannot be removed: {fault.Message}");
        }
    }

    /// <summary>Tells a fault that recurs once; what is learnt is worth more than the state that cannot be kept.</summary>
    private static Action<IOException> FaultTeller(UserTerminal terminal)
    {
        string? told = null;
        return fault =>
        {
            if (told == fault.Message) return;
            told = fault.Message;
            terminal.WriteNote($"recurant: {fault.Message} The training goes on.");
        };
    }

    private static string ResumeCommand(string directory) => ShellCommand.Of("train", "--resume", directory);
}
