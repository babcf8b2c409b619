using System.Globalization;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Music: the notes of the next step.</summary>
internal sealed class MusicTask : CliTask<NotesModel, NotesFile, NotesScore>
{
    public override string Name => TaskNames.Notes;

    public override string Command => "generate";

    public override DataKind? Kind => DataKind.Notes;

    public override string Item => "piece";

    public override IReadOnlyList<string> Settings { get; } =
        [.. OfCells, "valid", "test", "chords", "transpose", "steps-per-quarter"];

    public override IReadOnlyDictionary<string, string> Lacks { get; } = new Dictionary<string, string>
    {
        ["bidirectional"] = "what is to come cannot be read from its end",
        ["encoding"] = "music is read from MIDI files, JSON and tables of numbers",
    };

    public override IReadOnlyList<ScoreColumn<NotesScore>> Columns { get; } =
    [
        new("pieces", "pieces", score => score.Pieces, Numbers.Count),
        new("steps", "steps", score => score.Steps, Numbers.Count),
        new("loss_per_step", "nats a step", score => score.LossPerStep, Numbers.Four),
        new("loss_per_piece", "mean of pieces", score => score.LossPerPiece, Numbers.Four),
    ];

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => ["input", "layers", "output"];

    public override bool HasParts(string data) => false;

    public override TaskTraining Train() => new MusicTraining(this);

    /// <summary>Reads music, and tells what it was taken for.</summary>
    public override NotesFile Read(string path, TrainSettings settings, Invocation call)
    {
        NotesFile file = NotesReader.Read(settings.File(path), new NotesFormatOptions
        {
            StepsPerQuarter = settings.Music.StepsPerQuarter ?? new NotesFormatOptions().StepsPerQuarter,
        });
        NoteDataset[] all = file.Parts is { } parts ? [parts.Train, parts.Valid, parts.Test] : [file.Pieces];
        call.Tell(
        [
            $"{path}: {file.Description}; {Numbers.Of(all.Sum(part => part.Pieces.Count), "piece")}, "
            + Numbers.Of((int)Math.Min(int.MaxValue, all.Sum(part => part.StepCount)), "step"), .. file.Warnings.Take(MostNotes),
        ]);
        return file;
    }

    private const int MostNotes = 12;

    /// <summary>
    /// Music as a model reads it: of MIDI files as many steps a quarter note; of a file in parts that to test with.
    /// </summary>
    protected override NotesFile ReadFor(NotesModel model, string path, TrainSettings settings, Invocation call)
    {
        NotesFile file = Read(path, settings with
        {
            Music = settings.Music with { StepsPerQuarter = settings.Music.StepsPerQuarter ?? model.Spec.StepsPerQuarter ?? 1 },
        }, call);
        if (file.Parts is not { } parts) return file;
        call.Tell($"{path} has parts; the one to test with is scored");
        return file with { Pieces = parts.Test };
    }

    public override NotesScore Score(
        NotesModel model, NotesFile data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => new MusicGenerator(model, threads).Evaluate(data.Pieces, cancellation);

    public override LensResult Look(
        Invocation call, TrainedModel model, string data, TrainSettings settings, LensOptions options) =>
        GradientLens.Look(Own(model), ReadFor(Own(model), data, settings, call).Pieces, options);

    /// <summary>Continues a piece, or begins one, and writes it as a MIDI file, as JSON, or a line a step.</summary>
    public override int Generate(Invocation call, TrainedModel model, GenerateRequest ask)
    {
        NotesModel own = Own(model);
        if (ask.Sampling is not { TopK: 0, TopP: 1 })
        {
            throw new UsageException("--top-k and --top-p are for texts; notes are drawn one by one: give --temperature.");
        }

        string? path = ask.Out;
        if (path is not null) OutputFile.CheckMusic(GenerateCommand.Out, path);
        NotePiece? prompt = ask.Prompt.Length == 0 ? null
            : ReadFor(own, ask.Prompt, new TrainSettings(), call).Pieces.Pieces[0];
        NotePiece piece = new MusicGenerator(own, call.Threads).Continue(
            prompt, Math.Max(1, ask.Length), ask.Sampling.Temperature, ask.Sampling.Seed, call.Interruption.Token);
        double seconds = piece.StepSeconds!.Value;
        if (path is not null)
        {
            AtomicFile.Write(path, stream => stream.Write(MidiFile.Write(piece.Steps, seconds, own.Spec.StepsPerQuarter ?? 1)));
        }

        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                if (path is not null) writer.WriteString("out", path);
                writer.WriteNumber("prompt_steps", prompt?.Steps.Count ?? 0);
                writer.WriteNumber("step_seconds", seconds);
                writer.WriteStartArray("steps");
                foreach (IReadOnlyList<int> notes in piece.Steps)
                {
                    writer.WriteStartArray();
                    foreach (int note in notes) writer.WriteNumberValue(note);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
            }));
            return ExitCode.Done;
        }

        if (path is null)
        {
            foreach (IReadOnlyList<int> notes in piece.Steps) call.Terminal.Out.WriteLine(string.Join(' ', notes));
            return ExitCode.Done;
        }

        TimeSpan duration = TimeSpan.FromSeconds(seconds * piece.Steps.Count);
        call.Terminal.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"Wrote {path}: {Numbers.Of(piece.Steps.Count, "step")}, {duration:m\\:ss}"));
        return ExitCode.Done;
    }

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Continues each MIDI file by 64 steps and writes the result beside it",
        Item = "path",
        Example = "tune.mid",
        MorePackages = ["Recurant.Formats"],
        Usings = ["Recurant.Data", "Recurant.Formats", "Recurant.Tasks"],
        Load = "MusicGenerator music = MusicGenerator.Load(ModelPath);",
        Answer = """
            int stepsPerQuarter = music.Model.Spec.StepsPerQuarter ?? 4;
            NotePiece piece = music.Continue(MidiFile.Read(path).ToPiece(stepsPerQuarter), steps: 64);
            string written = Path.ChangeExtension(path, ".continued.mid");
            File.WriteAllBytes(written, MidiFile.Write(piece.Steps, piece.StepSeconds!.Value, stepsPerQuarter));
            Console.WriteLine(written);
            """,
    };
}
