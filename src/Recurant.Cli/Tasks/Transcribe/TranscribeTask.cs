using System.Globalization;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Speech: what was said.</summary>
internal sealed class TranscribeTask : CliTask<SpeechModel, SpeechDataset, TranscriptScore>
{
    private const int MostNotes = 12, MostUnknown = 20;

    public override string Name => TaskNames.Transcribe;

    public override string Item => "clip";

    public override IReadOnlyList<string> Settings { get; } =
        [.. OfFiles, .. OfCells, "bidirectional", "convolutions", "unit", "features", "resample", "masks", "join-frames"];

    public override IReadOnlyList<string> Options { get; } = [DecoderTask.BeamOption];

    public override IReadOnlyList<ScoreColumn<TranscriptScore>> Columns { get; } =
    [
        new("utterances", "utterances", score => score.Utterances, Numbers.Count),
        new("words", "words", score => score.Words, Numbers.Count),
        new("word_error_rate", "WER", score => score.WordErrorRate, Numbers.Four),
        new("character_error_rate", "CER", score => score.CharacterErrorRate, Numbers.Four),
        new("loss", "loss", score => score.Loss, Numbers.Four) { On = ScoredOn.Model },
    ];

    public override bool HasParts(string data) => false;

    public override bool IsToldBy(TrainSettings settings) =>
        settings.Given.Any(given => given.Setting.Name is "masks" or "join-frames");

    public override IReadOnlyList<string> DropoutPlaces(TrainSettings settings) => ["input", "layers", "output"];

    public override TaskTraining Train() => new TranscribeTraining(this);

    /// <summary>Reads a list and its sounds, and tells what they are.</summary>
    public override SpeechDataset Read(string path, TrainSettings settings, Invocation call)
    {
        SpeechDataset data = SpeechDatasetReader.Read(settings.File(path));
        string rates = string.Join(", ", data.Clips.Select(clip => clip.SampleRate).Distinct().Order().Select(
            rate => rate.ToString(CultureInfo.InvariantCulture)));
        call.Tell(
        [
            string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {Numbers.Of(data.Clips.Count, "clip")} of speech, {data.Seconds:F0} seconds, {rates} Hz"),
            .. data.Warnings.Take(MostNotes),
            .. data.Warnings.Count > MostNotes
                ? [$"{data.Warnings.Count - MostNotes} more notes of this kind"] : Array.Empty<string>(),
        ]);
        return data;
    }

    public override TranscriptScore Score(
        SpeechModel model, SpeechDataset data, Invocation call, int threads, CancellationToken cancellation,
        IProgress<PhaseProgress>? phases) => Score(Of(call, model, threads), data, call, cancellation);

    /// <summary>Scores clips, and tells which symbols of theirs the model does not know.</summary>
    public static TranscriptScore Score(
        Transcriber transcriber, SpeechDataset data, Invocation call, CancellationToken cancellation)
    {
        IReadOnlyList<(string Symbol, int Count)> unknown = transcriber.Unknown(data);
        if (unknown.Count > 0)
        {
            string what = transcriber.Model.Spec.Unit == TokenUnit.Word ? "words" : "characters";
            string named = string.Join(
                ", ", unknown.Take(MostUnknown).Select(each => $"\"{each.Symbol}\" {Numbers.Count(each.Count)}"));
            call.Tell($"{data.Name}: {what} that training had not, each counted as an error, with how often they come: {named}"
                + (unknown.Count > MostUnknown ? $", and {unknown.Count - MostUnknown} more" : ""));
        }

        return transcriber.Evaluate(data, cancellation);
    }

    public override AnswerWriter Answers(Invocation call, TrainedModel model, int threads) =>
        new TranscribeAnswers(Of(call, Own(model), threads), call.Terminal.Out, call.Json);

    public override AnsweringProgram Program { get; } = new()
    {
        Does = "Writes down what is said in each file of sound",
        Item = "path",
        Example = "speech.wav",
        MorePackages = ["Recurant.Formats"],
        Usings = ["Recurant.Data", "Recurant.Formats", "Recurant.Tasks"],
        Load = "Transcriber transcriber = Transcriber.Load(ModelPath);",
        Answer = """
            SpeechClip clip = SpeechDatasetReader.ReadClip(path);
            Console.WriteLine(transcriber.Transcribe(clip.Samples, clip.SampleRate).Text);
            """,
    };

    private static Transcriber Of(Invocation call, SpeechModel model, int threads) => new(model, threads)
    {
        Beam = call.Value(DecoderTask.BeamOption) is null ? 1 : DecoderTask.Beam(call), 
        Resample = call.Apply([SettingTable.Resample], new TrainSettings()).Series.Resample,
    };
}
