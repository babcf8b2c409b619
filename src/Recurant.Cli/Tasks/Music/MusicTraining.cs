using System.Text.Json;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary><c>train</c> for music, beside notes that depend on nothing but themselves one step earlier.</summary>
internal sealed class MusicTraining(MusicTask task) : TaskTraining<NotesModel, NotesFile, NotesScore>(task)
{
    private const int TestEvery = 10, FewestToTest = 4;

    protected override string MeasureHeading => "nats";

    protected override string BaselineName => "repeated notes";

    protected override string Knows(TrainingResult<NotesModel, NotesScore> result) =>
        $"the notes {result.Model.Spec.Lowest} to {result.Model.Spec.Lowest + result.Model.Spec.Notes - 1}";

    protected override string Next(string path) => $"generate {path} --out tune.mid";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        TrainSettings given = settings;
        Train = task.Read(settings.Data!, settings, call);
        settings = settings with { Music = settings.Music with { StepsPerQuarter = Train.StepsPerQuarter } };
        if (Train.Parts is { } parts)
        {
            (Validation, Tested) = (Train with { Pieces = parts.Valid }, Train with { Pieces = parts.Test });
            call.Tell("its parts are learnt from, validated and tested with");
        }

        if (settings.ValidationFile is { } valid) Validation = task.Read(valid, given, call);
        if (settings.TestFile is { } test) Tested = task.Read(test, given, call);
        if (Tested is null && Train.Pieces.Pieces.Count >= FewestToTest) SetAside(call);
        settings.NotesOptions.Validate();
        return Train.Pieces.Pieces.Count;
    }

    /// <summary>Every tenth piece, but at least one.</summary>
    private void SetAside(Invocation call)
    {
        IReadOnlyList<NotePiece> all = Train.Pieces.Pieces;
        bool IsTest(int i) => i % TestEvery == Math.Min(TestEvery, all.Count) - 1;
        Tested = Train with { Pieces = new NoteDataset(Train.Pieces.Name, [.. all.Where((_, i) => IsTest(i))]) };
        Train = Train with { Pieces = new NoteDataset(Train.Pieces.Name, [.. all.Where((_, i) => !IsTest(i))]) };
        call.Tell($"{Numbers.Of(Tested.Pieces.Pieces.Count, "piece")} set aside for the test (--test gives a file of its own)");
    }

    protected override TrainingResult<NotesModel, NotesScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        NotesTrainer.Train(Train.Pieces, settings.NotesOptions, Validation?.Pieces, progress, cancellation);

    protected override NotesScore? Test(
        Invocation call, TrainingResult<NotesModel, NotesScore> result, TrainSettings settings) => Tested is null
        ? null : task.Score(result.Model, Tested, call, settings.Training.Threads, Interrupted, Phases);

    protected override NotesScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<NotesModel, NotesScore> result, NotesScore? test,
        CancellationToken cancellation) => test is null ? null : NoteRepetition.Score(Train.Pieces, Tested!.Pieces);

    protected override void WriteData(Utf8JsonWriter writer) => writer.WriteString("description", Train.Description);
}
