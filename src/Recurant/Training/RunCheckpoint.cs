using System.Text.Json;
using System.Text;

namespace Recurant.Training;

/// <summary>The tensors of a run that a checkpoint holds; the memory stays the run's.</summary>
/// <param name="Parameters">The weights; those that are not trained are made again from the data.</param>
/// <param name="Best">The best weights so far, in the order of the parameters.</param>
/// <param name="Optimizer">The moments.</param>
/// <param name="Average">The averaged weights, if the run keeps them.</param>
/// <param name="Carried">What else lasts from one step to the next.</param>
internal sealed record RunTensors(
    IReadOnlyList<Parameter> Parameters, IReadOnlyList<float[]> Best, Optimizer Optimizer, WeightAverage? Average,
    IReadOnlyList<(string Name, int[] Shape, Memory<float> Values)> Carried);

/// <summary>Keeps the state of a run in a directory and brings it back, as its <see cref="CheckpointOptions"/> say.</summary>
internal sealed class RunCheckpoint : IDisposable
{
    private readonly CheckpointOptions _options;
    private readonly CheckpointStore _store;
    private List<(string Name, string Value)> _identity = [];
    private string? _stage;

    private RunCheckpoint(CheckpointOptions options, CheckpointStore store)
    {
        _options = options;
        _store = store;
    }

    /// <summary>How long after the last checkpoint the next is kept, in seconds.</summary>
    public double Interval => _options.Interval.TotalSeconds;

    /// <summary>Opens the directory before any work is done; null where no checkpoints are wanted.</summary>
    /// <exception cref="DirectoryNotFoundException">There is none, and the run was to continue.</exception>
    /// <exception cref="IOException">The directory cannot be used, or has a checkpoint and the run was to begin anew.</exception>
    public static RunCheckpoint? Open(CheckpointOptions? options)
    {
        if (options is null) return null;
        // Before the directory is made: a wrong name must not leave an empty one behind.
        if (options.Start == CheckpointStart.Resume) CheckpointFiles.OpenLast(options.Directory);
        CheckpointStore store = CheckpointStore.Open(options.Directory);
        if (options.Start != CheckpointStart.New || !Checkpoint.Exists(options.Directory))
        {
            return new RunCheckpoint(options, store);
        }

        store.Dispose();
        throw new IOException(
            $"{options.Directory} holds the checkpoint of a run that was not finished. Continue that run, remove the directory, "
            + "or choose another one.");
    }

    private bool Resumes => _options.Start is CheckpointStart.Resume
        || (_options.Start is CheckpointStart.ResumeOrNew && Checkpoint.Exists(_options.Directory));

    /// <summary>The runs that were finished before the one that is to be continued; none if nothing is.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public IReadOnlyList<FinishedRun> Finished(Func<JsonElement, Score> readScore) =>
        Resumes ? ReadRun<IReadOnlyList<FinishedRun>>(text => RunStateJson.ReadStage(text) == LearningPlan.PretrainingStage
            ? [] : RunStateJson.Read(text, readScore).State.Finished) : [];

    /// <summary>Whether the run that is to be continued has left a stage behind it.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is damaged.</exception>
    public bool IsPast(string stage) => Resumes && ReadRun(text => RunStateJson.ReadStage(text) != stage);

    private T ReadRun<T>(Func<string, T> read)
    {
        CheckpointFiles files = CheckpointFiles.OpenLast(_options.Directory);
        try
        {
            return read(files.ReadText(CheckpointStore.RunFile));
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw CheckpointFiles.Damaged(Path.Combine(files.Path, CheckpointStore.RunFile), fault.Message, fault);
        }
    }

    /// <summary>
    /// Takes note of whose run it is; brings its state back if it is to be continued. A run or stage that follows another in
    /// the same process begins anew.
    /// </summary>
    /// <returns>Where the run stood; null for one that begins anew.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is damaged, or of a run with other data or options.</exception>
    public RunState? Begin(TrainingTask task, RunTensors tensors, string stage)
    {
        _identity = task.Identity();
        bool follows = _stage is not null;
        _stage = stage;
        if (follows || !Resumes) return null;
        CheckpointFiles files = CheckpointFiles.OpenLast(_options.Directory);
        try
        {
            string text = files.ReadText(CheckpointStore.RunFile);
            // Its scores are of another kind: nothing else of it could be read.
            if (stage != LearningPlan.PretrainingStage && RunStateJson.ReadStage(text) == LearningPlan.PretrainingStage)
            {
                throw OtherRun("pre-training", "under way", "none");
            }

            RunStateJson.Content content = RunStateJson.Read(text, task.ReadScore);
            RequireSameRun(content.Identity);
            using SafetensorsFile state = files.OpenState();
            foreach ((string name, _, Memory<float> values) in Tensors(tensors, content.State))
            {
                state.ReadFloats(name, values.Span);
            }

            foreach (Parameter parameter in tensors.Parameters)
            {
                if (!parameter.IsTrainable) continue;
                state.ReadFloats("weights/" + parameter.Name, parameter.Value);
                parameter.MarkChanged();
            }

            tensors.Optimizer.Powers = content.Powers;
            if (tensors.Average is { } average) average.Counters = content.Average;
            return content.State;
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw CheckpointFiles.Damaged(Path.Combine(files.Path, CheckpointStore.RunFile), fault.Message, fault);
        }
    }

    /// <summary>Keeps the state of the run; to be called between two steps.</summary>
    /// <exception cref="IOException">
    /// It cannot be written, and nobody wants to be told by <see cref="CheckpointOptions.Failed"/>; the checkpoint before it is
    /// unchanged.
    /// </exception>
    public void Save(RunState state, RunTensors tensors)
    {
        var writer = new SafetensorsWriter();
        foreach (Parameter parameter in tensors.Parameters)
        {
            if (!parameter.IsTrainable) continue;
            writer.Add("weights/" + parameter.Name, [.. parameter.Shape], (first, destination) =>
                parameter.Value.Slice((int)first, destination.Length).CopyTo(destination));
        }

        foreach ((string name, int[] shape, Memory<float> values) in Tensors(tensors, state))
        {
            writer.Add(name, [.. shape], values);
        }


        var content = new RunStateJson.Content(
            _identity, state, tensors.Optimizer.Powers, tensors.Average?.Counters ?? (0, 0), _stage!);
        try
        {
            _store.Write(RunStateJson.Write(content), writer, _options.Note);
        }
        catch (IOException fault) when (_options.Failed is not null)
        {
            _options.Failed(fault);
            return;
        }

        _options.Saved?.Invoke();
    }

    public void Dispose() => _store.Dispose();

    /// <summary>All tensors but the weights themselves, each with its name in the file.</summary>
    private static IEnumerable<(string Name, int[] Shape, Memory<float> Values)> Tensors(
        RunTensors tensors, RunState state)
    {
        foreach ((string kind, Parameter parameter, Numerics.FloatBuffer values) in tensors.Optimizer.Moments)
        {
            yield return ($"{kind}/{parameter.Name}", [.. parameter.Shape], values.Memory);
        }

        foreach ((Parameter parameter, Numerics.FloatBuffer values) in tensors.Average?.Averages ?? [])
        {
            yield return ("average/" + parameter.Name, [.. parameter.Shape], values.Memory);
        }

        for (int i = 0; i < tensors.Best.Count && state.Best is not null; i++)
        {
            Parameter parameter = tensors.Parameters[i];
            if (parameter.IsTrainable) yield return ("best/" + parameter.Name, [.. parameter.Shape], tensors.Best[i]);
        }

        foreach ((string name, int[] shape, Memory<float> values) in tensors.Carried)
        {
            yield return ("carried/" + name, shape, values);
        }
    }

    private void RequireSameRun(IReadOnlyList<(string Name, string Value)> stored)
    {
        var byName = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in stored) byName[name] = value;
        foreach ((string name, string now) in _identity)
        {
            string then = byName.GetValueOrDefault(name, "nothing");
            if (then == now) continue;
            throw OtherRun(name, then, now);
        }
    }

    private InvalidDataException OtherRun(string name, string then, string now) => new(
        $"{_options.Directory}: the checkpoint belongs to another run: "
        + MessageText.Bounded($"{name}: {then} there, {now} here") + ". "
        + "Continue it with the data and options it was started with, or start a new run.");
}
