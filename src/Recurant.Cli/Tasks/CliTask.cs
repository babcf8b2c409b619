using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>
/// What the commands know of a task: its settings, how it is trained and tested, and what its models answer. A command that a
/// task does not have is refused, with the one that fits. A task is a folder with a class of these and a row of <see
/// cref="CliTasks"/>.
/// </summary>
internal abstract class CliTask
{
    /// <summary>Settings that several tasks have: of data in files, of words, of the cells that one network is made of.</summary>
    protected static readonly string[] OfFiles = ["encoding", "valid", "test"], OfWords = ["embedding", "min-count", "max-words"],
        OfCells = ["activation", "form", "gru-reset", "forget-bias"],
        OfTables = ["format", "delimiter", "encoding", "time", "id", "time-zone", "day-first", "duplicates", "pixels"];

    /// <summary>Its name after <c>--task</c>, in JSON and in model files.</summary>
    public abstract string Name { get; }

    /// <summary>Whether a model is one of this task's: texts and numbers have tasks of the same names.</summary>
    public abstract bool IsOf(TrainedModel model);

    /// <summary>The command that its models are made for.</summary>
    public virtual string Command => "predict";

    /// <summary>The settings it has of those that not every task has.</summary>
    public abstract IReadOnlyList<string> Settings { get; }

    /// <summary>Why it has no such setting, where more can be said than that it is another task's.</summary>
    public virtual IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>();

    /// <summary>The options of <c>predict</c> and <c>explain</c> that act on its models and not on all.</summary>
    public virtual IReadOnlyList<string> Options => [];

    /// <summary>What data of this task are detected as; null where there are none to detect.</summary>
    public virtual DataKind? Kind => null;

    /// <summary>What an item of its data is called.</summary>
    public virtual string Item => "text";

    /// <summary>Whether DATA names something that only this task has.</summary>
    public virtual bool Owns(string data) => false;

    /// <summary>Whether settings or files were given that only this task has.</summary>
    public virtual bool IsToldBy(TrainSettings settings) => false;

    /// <summary>Whether data come with validation and test data of their own.</summary>
    public virtual bool HasParts(string data) => data.StartsWith(SdkData.Prefix, StringComparison.Ordinal);

    /// <summary>Whether the tokens are subwords.</summary>
    public virtual bool HasSubwords(TrainSettings settings) => false;

    /// <summary>Whether rare words are left out of the vocabulary.</summary>
    public virtual bool CountsWords(TrainSettings settings) => true;

    /// <summary>The places of dropout that the network has.</summary>
    public abstract IReadOnlyList<string> DropoutPlaces(TrainSettings settings);

    /// <summary>Whether one rate for all usual places is welcome although the network has not all of them.</summary>
    public virtual bool TakesOneRate => true;

    /// <summary>
    /// The number of layers between which dropout acts; null where it acts elsewhere as well, or none can tell.
    /// </summary>
    public virtual int? StackedLayers(TrainSettings settings) => null;

    /// <summary>A new training.</summary>
    public abstract TaskTraining Train();

    /// <summary>Scores a model on the data of the command line, and tells the scores.</summary>
    public abstract void Test(Invocation call, TrainedModel model, TrainSettings settings);

    /// <summary>What answers the texts of <c>predict</c>.</summary>
    public virtual AnswerWriter Answers(Invocation call, TrainedModel model, int threads) => throw CliTasks.Unfit(call, model);

    /// <summary>The program that <c>new</c> writes for its models.</summary>
    public abstract AnsweringProgram Program { get; }

    /// <summary>What continues texts.</summary>
    public virtual TextGenerator Generator(Invocation call, TrainedModel model) => throw CliTasks.Unfit(call, model);

    /// <summary>Writes what a model makes of a beginning. Default: text, as it is written.</summary>
    public virtual int Generate(Invocation call, TrainedModel model, GenerateRequest ask) =>
        GenerateCommand.WriteText(call, Generator(call, model), ask);

    /// <summary>The lesson of a sentence with a model's weights.</summary>
    public virtual Lesson Teach(string path, TrainedModel model, string sentence, LessonOptions options) =>
        throw CliTasks.Unfit(path, model, "lesson");

    /// <summary>The explanations that were asked for: of a data set, or one a text.</summary>
    public virtual IEnumerable<IExplanationView> Explain(ExplainRequest ask)
    {
        if (ask.Data is { } data)
        {
            TrainSettings settings = ask.Call.Apply(SettingTable.Columns, new TrainSettings());
            yield return new DataView(
                ExplainData(ask, data, settings, ask.Call.Whole(ExplainCommand.LimitOption, 1) ?? 1000), Item, data);
            yield break;
        }

        if (ask.Texts.Count == 0) throw ExplainRequest.Missing("TEXT");
        foreach (string text in ask.Texts) yield return ExplainText(ask, text);
    }

    /// <summary>The explanation of a text.</summary>
    protected virtual IExplanationView ExplainText(ExplainRequest ask, string text) => throw CliTasks.Unfit(ask.Call, ask.Model);

    /// <summary>The explanation of a data set.</summary>
    protected virtual DataExplanation ExplainData(ExplainRequest ask, string data, TrainSettings settings, int limit) =>
        throw new UsageException(
            $"{ExplainCommand.DataOption} does not apply to {ask.Call.Arguments[0]}, a {ask.Model.Noun} model: give a TEXT.");

    /// <summary>How far back the gradient of a model reaches on data.</summary>
    public virtual LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        throw CliTasks.Unfit(call, model);

    /// <summary>The same of the network that training would start from.</summary>
    public virtual LensResult LookBefore(Invocation call, string data, TrainSettings settings, LensOptions options) =>
        throw new UsageException($"--task: {data} is for the task {Name}, which 'lens' does not support.");

    /// <summary>What is wrong with data and, if one is given, with a model.</summary>
    public virtual DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model) => throw new UsageException(
        model is null
            ? $"doctor: there are no checks for data of the task \"{Name}\". Give labelled or tagged texts, pairs or running "
            + $"text."
            : $"doctor: a {model.Noun} model cannot be checked with data.");
}

/// <summary>A task with the types it works with.</summary>
/// <typeparam name="TModel">Its models.</typeparam>
/// <typeparam name="TData">Its data.</typeparam>
/// <typeparam name="TScore">What its models are scored by.</typeparam>
internal abstract class CliTask<TModel, TData, TScore> : CliTask
    where TModel : TrainedModel
    where TData : class
    where TScore : Score
{
    public sealed override bool IsOf(TrainedModel model) => model is TModel && model.Task == Name;

    /// <summary>What a score tells.</summary>
    public abstract IReadOnlyList<ScoreColumn<TScore>> Columns { get; }

    /// <summary>Reads data, and passes on what they were taken for and warnings.</summary>
    public abstract TData Read(string path, TrainSettings settings, Invocation call);

    /// <summary>Reads data for the test of a model.</summary>
    protected virtual TData ReadFor(TModel model, string path, TrainSettings settings, Invocation call) =>
        Read(path, settings, call);

    /// <summary>Scores a model.</summary>
    public abstract TScore Score(
        TModel model, TData data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases);

    /// <summary>Writes a score as members of an object. Default: the columns.</summary>
    public virtual void WriteScore(Utf8JsonWriter writer, TScore score, ScoredOn place = ScoredOn.All) =>
        Columns.Write(writer, score, place);

    /// <summary>Writes more than the columns as members of the JSON object of <c>test</c>.</summary>
    protected virtual void WriteDetails(Utf8JsonWriter writer, TScore score)
    {
    }

    /// <summary>Writes more than the columns below the table of <c>test</c>.</summary>
    protected virtual void WriteDetails(UserTerminal terminal, TModel model, TScore score)
    {
    }

    public sealed override void Test(Invocation call, TrainedModel model, TrainSettings settings)
    {
        TModel own = Own(model);
        TScore score = Score(
            own, ReadFor(own, call.Arguments[1], settings, call), call, call.Threads, CancellationToken.None, null);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", Name);
                WriteScore(writer, score);
                WriteDetails(writer, score);
            }));
            return;
        }

        call.Terminal.WriteTable(
            [.. Columns.Headings(score).Zip(Columns.Cells(score), (heading, cell) => new[] { heading, cell })]);
        WriteDetails(call.Terminal, own, score);
    }

    /// <summary>Examines data, test data where they are given, and a model on these.</summary>
    protected DoctorReport Examine(
        Invocation call, TrainSettings settings, TrainedModel? model, Func<TData, TData?, DoctorReport> ofData,
        Func<TModel, TData, TData?, DoctorReport> ofModel)
    {
        TData data = Read(settings.Data!, settings, call);
        TData? test = settings.TestFile is { } file ? Read(file, settings, call) : null;
        DoctorReport report = ofData(data, test);
        return model is null ? report : report.With(ofModel(Own(model), test ?? data, test is null ? null : data));
    }

    /// <summary>A model whose file says that it is one of this task.</summary>
    protected static TModel Own(TrainedModel model) => (TModel)model;
}

/// <summary>What <c>explain</c> was asked.</summary>
/// <param name="Call">The command line.</param>
/// <param name="Model">The model.</param>
/// <param name="Texts">The texts; none where data are explained.</param>
/// <param name="Data">The data set; null where texts are explained.</param>
/// <param name="Options">How.</param>
internal sealed record ExplainRequest(
    Invocation Call, TrainedModel Model, IReadOnlyList<string> Texts, string? Data, ExplainOptions Options)
{
    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation => Call.Interruption.Token;

    /// <summary>The path of the data, which may also be given in the place of a text.</summary>
    public string Path(string what) => Data ?? (Texts is [var only] ? only : throw Missing($"DATA, {what},"));

    /// <summary>What to say where an argument is missing.</summary>
    public static UsageException Missing(string what) =>
        new($"{what} is missing. Usage: {ShellCommand.Name} explain MODEL [TEXT...]");
}
