using System.Globalization;

namespace Recurant.Cli;

/// <summary>A generated problem such as <c>adding:600</c>.</summary>
internal sealed class ProblemTask : CliTask<SequenceModel, SequenceProblem, SequenceScore>
{
    private const string NumberOption = "--number", NoFile =
        "the sequences of a generated problem are made anew; there is no file of them";

    public override string Name => TaskNames.Problem;

    public override string Command => "test";

    public override string Item => "sequence";

    public override IReadOnlyList<string> Settings { get; } = [.. OfCells, "chrono"];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["bidirectional"] = "networks for generated problems read in one direction",
        ["embedding"] = "a generated problem consists of numbers, not of words",
        ["valid"] = NoFile,
        ["test"] = NoFile,
        ["encoding"] = "a generated problem is read from no file",
    };

    public override IReadOnlyList<string> Options { get; } = [NumberOption];

    public override IReadOnlyList<ScoreColumn<SequenceScore>> Columns { get; } =
    [
        new("sequences", "sequences", score => score.Sequences, Numbers.Count),
        new("loss", "squared error", score => score.Loss, Six) { IsOf = score => score.Recalled is null },
        new("loss", "nats a step", score => score.Loss, Six) { IsOf = score => score.Recalled is not null },
        new("recalled", "recalled", score => score.Recalled!.Value, Numbers.Four) { IsOf = score => score.Recalled is not null },
    ];

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => ["layers", "recurrent"];

    public override bool TakesOneRate => false;

    public override int? StackedLayers(TrainSettings settings) => settings.Training.Layers ?? 1;

    /// <summary>Whether it is the name of a problem, be it one that cannot be generated.</summary>
    public override bool Owns(string data)
    {
        try
        {
            return SequenceProblem.Parse(data) is not null;
        }
        catch (FormatException)
        {
            return true;
        }
    }

    public override TaskTraining Train() => new ProblemTraining(this);

    /// <summary>The problem of a name that is known to be one.</summary>
    /// <exception cref="UsageException">Its length does not fit.</exception>
    public override SequenceProblem Read(string path, TrainSettings settings, Invocation call)
    {
        try
        {
            return SequenceProblem.Parse(path)
                ?? throw new UsageException(
                    $"{path}: there is no such problem; there are adding:T and copying:T, T being a length.");
        }
        catch (FormatException fault)
        {
            throw new UsageException(fault.Message);
        }
    }

    protected override SequenceProblem ReadFor(SequenceModel model, string path, TrainSettings settings, Invocation call) =>
        Own(call, model, path, settings, "test it on");

    public override SequenceScore Score(
        SequenceModel model, SequenceProblem data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => ProblemTrainer.Evaluate(model, threads);

    public override IEnumerable<IExplanationView> Explain(ExplainRequest ask)
    {
        int number = ask.Call.Whole(NumberOption, 1, int.MaxValue) ?? 1;
        return [new ProblemView(
            Explainer.Explain(Own(ask.Model), number - 1, options: ask.Options, cancellation: ask.Cancellation))];
    }

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Tells what the network says of a sequence, given by its number from 1, and what is right",
        Item = "line",
        Example = "1",
        Usings = ["Recurant.Models", "Recurant.Storage", "Recurant.Tasks"],
        Load = "SequenceModel model = ModelFile.Load<SequenceModel>(ModelPath);",
        Answer = """
            if (!int.TryParse(line, out int number) || number < 1)
            {
                Console.Error.WriteLine($"\"{line}\" is not the number of a sequence: expected 1, 2, 3, ...");
                continue;
            }

            ProblemExplanation found = Explainer.Explain(model, number - 1);
            Console.WriteLine($"{string.Join(' ', found.Answer)}\t{string.Join(' ', found.Expected)}");
            """,
    };

    public override LensResult Look(Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options)
    {
        Own(call, Own(model), data, settings, "give");
        return GradientLens.Look(Own(model), options);
    }

    public override LensResult LookBefore(Invocation call, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.LookBefore(Read(data, settings, call), settings.ProblemOptions, options);

    public override DoctorReport Examine(Invocation call, TrainSettings settings, TrainedModel? model) =>
        model is null ? base.Examine(call, settings, model) : ModelDoctor.Examine(Own(model), call.Threads);

    /// <summary>The problem of DATA, which must be the model's own.</summary>
    private SequenceProblem Own(Invocation call, SequenceModel model, string data, TrainSettings settings, string remedy)
    {
        SequenceProblem own = model.Spec.Problem;
        return Read(data, settings, call) == own ? own : throw new UsageException(
            $"{call.Arguments[0]} was trained on {own}, not on {data}: {remedy} {own}.");
    }

    private static string Six(double value) => value.ToString("F6", CultureInfo.InvariantCulture);
}
