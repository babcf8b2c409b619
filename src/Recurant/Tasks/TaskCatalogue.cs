namespace Recurant.Tasks;

/// <summary>
/// What may be asked about a model whose task is not known where it is asked: the one place that leads from a
/// <see cref="TrainedModel"/> to the code of its task.
/// </summary>
internal abstract class TaskEntry
{
    /// <summary>The task: one of <see cref="TaskNames"/>.</summary>
    public abstract string Task { get; }

    /// <summary>The task with the batch of a step as its only data, and the step; null where it cannot be made again.</summary>
    public virtual ReplayedStep? Replay(StepCapture capture, Workers workers) => null;

    /// <summary>The tokens of the texts that a model reads; null if it reads none.</summary>
    public abstract TextTokens? Tokens(TrainedModel model);

    /// <summary>The tokens of the texts that a model writes; null if it writes none.</summary>
    public abstract TextTokens? AnswerTokens(TrainedModel model);
}

/// <summary>The same of a task whose models are of one class.</summary>
internal abstract class TaskEntry<TModel> : TaskEntry where TModel : TrainedModel
{
    /// <inheritdoc/>
    public sealed override ReplayedStep? Replay(StepCapture capture, Workers workers) =>
        Replay((TModel)capture.Model, capture, workers);

    /// <inheritdoc/>
    public sealed override TextTokens? Tokens(TrainedModel model) => Tokens((TModel)model);

    /// <inheritdoc/>
    public sealed override TextTokens? AnswerTokens(TrainedModel model) => AnswerTokens((TModel)model);

    /// <summary>See <see cref="TaskEntry.Tokens"/>.</summary>
    protected virtual TextTokens? Tokens(TModel model) => null;

    /// <summary>See <see cref="TaskEntry.AnswerTokens"/>.</summary>
    protected virtual TextTokens? AnswerTokens(TModel model) => null;

    /// <summary>See <see cref="TaskEntry.Replay"/>.</summary>
    protected virtual ReplayedStep? Replay(TModel model, StepCapture capture, Workers workers) => null;
}

/// <summary>The tasks, a row each.</summary>
internal static class TaskCatalogue
{
    public static IReadOnlyList<TaskEntry> All { get; } =
        [new ClassifierEntry(), new TaggerEntry(), new LanguageEntry(), new TranslatorEntry(), new CaptionerEntry(),
            new ProblemEntry()];

    /// <summary>The row of a model's task.</summary>
    public static TaskEntry Of(TrainedModel model) => All.First(entry => entry.Task == model.Task);
}
