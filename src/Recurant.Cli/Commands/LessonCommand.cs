using System.Text;
using System.Text.Json;
using Recurant.Reports;

namespace Recurant.Cli;

/// <summary><c>recurant lesson</c>: the chapter's equations with the numbers of a sentence put in.</summary>
internal sealed class LessonCommand() : CliCommand("lesson", "SENTENCE",
    "Show the mathematics of recurrent networks with real numbers: the forward and backward pass of a sentence, with "
    + "every product and sum written out, and one step of gradient descent.")
{
    private const string Cell = "--cell", ActivationOption = "--activation", Form = "--form", Reset = "--gru-reset",
        Hidden = "--hidden", OneHot = "--onehot", Embedding = "--embedding", Bias = "--bias", Seed = "--seed", Label = "--label",
        Classes = "--classes",
        Rate = "--learning-rate", Model = "--model", Part = "--part", Step = "--step", Units = "--units",
        Report = "--report";

    private static readonly string[] s_fresh =
        [Cell, ActivationOption, Form, Reset, Hidden, OneHot, Embedding, Bias, Seed, Classes];

    private static readonly (string Name, CellKind Value)[] s_cells =
        [("elman", CellKind.Elman), ("lstm", CellKind.Lstm), ("gru", CellKind.Gru)];

    private static readonly (string Name, LessonPart[] Value)[] s_parts =
    [
        ("forward", [LessonPart.Weights, LessonPart.Forward]), ("backward", [LessonPart.Backward, LessonPart.Expanded]),
        ("update", [LessonPart.Update]),
    ];

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(Label, "NAME[,NAME...]",
            "The expected label of the sentence (many to one), or one per word, separated by commas. Default: for each word "
            + "the next word; with a model, its most probable class."),
        new(Part, "forward|backward|update", "Show only this part."),
        new(Step, "N", "Show only this step: word N of the sentence, counted from 1."),
        new(Units, "N", "For sizes above 12, show only N units, rows, columns and terms; sums include all. Default: 3."),
        new(Rate, "X", "eta, the learning rate of the step. Default: 0.5."),
        new(Report, "FILE.html", "Write an HTML page with the unrolled network and every number."),
        new(Model, "FILE", "Use a saved classifier: its weights, words and labels."),
        new(Cell, "elman|lstm|gru", "The recurrent cell. Default: elman.") { Group = "Fresh weights" },
        new(ActivationOption, "tanh|relu|sigmoid", "The activation of an Elman cell. Default: tanh.") { Group = "Fresh weights" },
        new(Form, "hidden|preactivation", "The first (hidden) or second (preactivation) form of an Elman cell. Default: hidden.")
        {
            Group = "Fresh weights",
        },
        new(Reset, "inside|outside", "Where a GRU applies its reset gate. Default: inside.") { Group = "Fresh weights" },
        new(Hidden, "N", "H, the number of hidden units, 1 to 64. Default: 3.") { Group = "Fresh weights" },
        new(OneHot, null, "Words are one-hot vectors. The default.") { Group = "Fresh weights" },
        new(Embedding, "N", "Words are learned vectors of N numbers.") { Group = "Fresh weights" },
        new(Bias, null, "With biases; the plain equations have none.") { Group = "Fresh weights" },
        new(Classes, "NAME,NAME...", "The classes, in order. Default: those of --label.") { Group = "Fresh weights" },
        new(Seed, "N", "The seed of the random numbers: same seed, same weights. Default: 1.") { Group = "Fresh weights" },
    ];

    public override IReadOnlyList<string> FirstOptions =>
        [Label, Part, Step, Units, Report, Model, Cell, Hidden, Embedding, Seed];

    public override IReadOnlyList<string> Examples =>
    [
        "lesson \"this movie is not good\"",
        "lesson \"this movie is not good\" --label negative --step 4",
        "lesson \"this movie is not good\" --cell lstm --part backward | less",
        "lesson \"this movie is not good\" --model reviews.safetensors --report lesson.html",
    ];

    public override int Run(Invocation call)
    {
        LessonOptions options = OptionsOf(call);
        LessonPart[]? parts = call.Value(Part) is { } name ? Read(Part, name, text => SettingValue.Choice(text, s_parts)) : null;
        PageFile.Check(Report, call.Value(Report), [call.Value(Model)]);
        Lesson lesson = Make(call, options);
        int step = call.Value(Step) is { } number ? Read(Step, number, SettingValue.Whole) : 0;
        if (call.Value(Step) is not null && (step < 1 || step > lesson.Words.Count))
        {
            throw new UsageException($"{Step} is {step}; the sentence has {lesson.Words.Count} words, counted from 1.");
        }

        if (call.Value(Report) is { } file) WriteReport(call, file, lesson);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(Json(lesson));
            return ExitCode.Done;
        }

        // With the page alone, the text would be a thousand lines nobody asked for.
        if (call.Has(Report) && parts is null && step == 0) return ExitCode.Done;
        var text = new LessonText(call.Terminal.Out, call.Terminal.Width);
        foreach (LessonSection section in lesson.Sections)
        {
            if ((parts is not null && !parts.Contains(section.Part)) || (step > 0 && section.Step != step)) continue;
            text.Write(section);
            if (section.Part == LessonPart.Weights) text.Write(lesson.Tensors);
        }

        return ExitCode.Done;
    }

    private static void WriteReport(Invocation call, string file, Lesson lesson)
    {
        PageFile.Write(file, LessonPage.Write(lesson));
        if (!call.Quiet) call.Terminal.WriteNote($"Wrote {file}");
    }

    private static Lesson Make(Invocation call, LessonOptions options)
    {
        try
        {
            if (call.Value(Model) is not { } path) return Lesson.Of(call.Arguments[0], options);
            if (s_fresh.FirstOrDefault(call.Has) is { } unfit)
            {
                throw new UsageException($"{unfit} is for fresh weights and cannot be combined with {Model}.");
            }

            TrainedModel model = ModelFile.Load(path);
            return CliTasks.Of(model).Teach(path, model, call.Arguments[0], options);
        }
        catch (ArgumentException fault)
        {
            string message = fault.Message.Split(" (Parameter", 2)[0];
            string? option = fault.ParamName switch
            {
                nameof(LessonOptions.HiddenSize) => Hidden,
                nameof(LessonOptions.EmbeddingSize) => Embedding,
                nameof(LessonOptions.LearningRate) => Rate,
                nameof(LessonOptions.UnitsShown) => Units,
                _ => null,
            };
            throw new UsageException(
                option is null ? message : message.Replace(fault.ParamName!, option, StringComparison.Ordinal));
        }
    }

    private static LessonOptions OptionsOf(Invocation call)
    {
        var options = new LessonOptions();
        if (call.Has(OneHot) && call.Has(Embedding)) throw new UsageException($"{OneHot} and {Embedding} cannot be combined.");
        return options with
        {
            Cell = Value(call, Cell, text => SettingValue.Choice(text, s_cells), options.Cell),
            Activation = Value(call, ActivationOption, text => SettingValue.Choice<Activation>(text), options.Activation),
            Form = Value(call, Form, text => SettingValue.Choice<ElmanForm>(text), options.Form),
            GruReset = Value(call, Reset, text => SettingValue.Choice<GruReset>(text), options.GruReset),
            HiddenSize = Value(call, Hidden, SettingValue.Whole, options.HiddenSize),
            EmbeddingSize = Value(call, Embedding, SettingValue.Whole, options.EmbeddingSize),
            Bias = call.Has(Bias),
            Seed = Value(call, Seed, SettingValue.Seed, options.Seed),
            Labels = Value(call, Label, Names, options.Labels),
            Classes = Value(call, Classes, Names, options.Classes),
            LearningRate = Value(call, Rate, text => (double)SettingValue.Real(text), options.LearningRate),
            UnitsShown = Value(call, Units, SettingValue.Whole, options.UnitsShown),
        };
    }

    private static IReadOnlyList<string> Names(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static T Value<T>(Invocation call, string option, Func<string, T> read, T fallback) =>
        call.Value(option) is { } text ? Read(option, text, read) : fallback;

    private static T Read<T>(string option, string text, Func<string, T> read)
    {
        try
        {
            return read(text);
        }
        catch (FormatException fault)
        {
            throw new UsageException($"{option}: {fault.Message}");
        }
    }

    private static string Json(Lesson lesson)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions
        {
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }))
        {
            lesson.WriteJson(writer);
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
