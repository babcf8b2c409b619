using System.Globalization;

namespace Recurant.Tasks;

/// <summary>A word that was heard.</summary>
/// <param name="Word">The word.</param>
/// <param name="Start">When it begins, in seconds.</param>
/// <param name="End">When its last symbol was heard, in seconds; what sounds on behind it is not told.</param>
public sealed record SpokenWord(string Word, double Start, double End)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SpokenWord), PrintMembers);
}

/// <summary>What was heard in a clip.</summary>
/// <param name="Text">The words with a space between them.</param>
/// <param name="Words">Each with its time, in the network's steps: by default of 30 ms.</param>
public sealed record Transcript(string Text, IReadOnlyList<SpokenWord> Words)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(Transcript), PrintMembers);
}

/// <summary>
/// Learns to write down speech, tells how well it does, and does it. May be used from many threads at once.
/// <code>
/// Transcriber transcriber = Transcriber.Train(clips);
/// Transcript said = transcriber.Transcribe(samples, sampleRate: 16_000);
/// </code>
/// </summary>
public sealed class Transcriber : FrontDoor<Transcriber, SpeechModel>, IFrontDoor<Transcriber, SpeechModel>
{
    private readonly WorkspacePool<SpeechScorer> _scorers;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model; it must not be trained meanwhile.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    public Transcriber(SpeechModel model, int threads = 0) : base(model) =>
        _scorers = WorkspacePool.Of(model, threads, workers => new SpeechScorer(model, workers));

    static Transcriber IFrontDoor<Transcriber, SpeechModel>.Of(SpeechModel model, int threads) => new(model, threads);

    /// <summary>
    /// The beginnings of texts that are followed side by side; 1 for the best path, which is quicker. Default: 1.
    /// </summary>
    public int Beam
    {
        get;
        init => field = value is >= 1 and <= CtcSearchOptions.MostBeam ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"The beam must be 1 to {CtcSearchOptions.MostBeam}.");
    } = 1;

    /// <summary>Whether sound of another rate than the model's is resampled; else it is refused. Default: no.</summary>
    public bool Resample { get; init; }

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<SpeechModel, TranscriptScore>? Training { get; private init; }

    /// <summary>Trains a model; see <see cref="TranscriberTrainer.Train"/> for parameters and exceptions.</summary>
    public static Transcriber Train(
        SpeechDataset train, TranscriberOptions? options = null, SpeechDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        TrainingResult<SpeechModel, TranscriptScore> result =
            TranscriberTrainer.Train(train, options, validation, progress, cancellation);
        return new Transcriber(result.Model, options?.Threads ?? 0) { Training = result, Resample = options?.Resample ?? false };
    }

    /// <summary>
    /// Scores the transcripts of clips. Symbols that the model never saw (<see cref="Unknown"/>) count as errors; the loss is
    /// that of the other clips.
    /// </summary>
    /// <param name="data">The clips, and what was said in them.</param>
    /// <param name="cancellation">Looked at between clips.</param>
    /// <exception cref="InvalidDataException">A clip has another sample rate than the model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public TranscriptScore Evaluate(SpeechDataset data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        SpeechFrames frames = FramesOf(data.Clips);
        return _scorers.Use(scorer => scorer.Score(frames, Beam, cancellation));
    }

    /// <summary>The symbols of transcripts that the model cannot write, with how often each occurs.</summary>
    /// <param name="data">The clips.</param>
    public IReadOnlyList<(string Symbol, int Count)> Unknown(SpeechDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        return new SpeechTexts(Model).Unknown(data.Clips.Select(clip => clip.Text));
    }

    /// <summary>Writes down what is said.</summary>
    /// <param name="samples">The samples of one channel, -1 to 1; at least one.</param>
    /// <param name="sampleRate">Samples a second, in Hz.</param>
    /// <exception cref="ArgumentException">There is no sample.</exception>
    /// <exception cref="InvalidDataException">
    /// The rate is another than the model's, or the model answers with no numbers.
    /// </exception>
    public Transcript Transcribe(ReadOnlyMemory<float> samples, int sampleRate) =>
        Transcribe([new SpeechClip("the sound", samples, sampleRate)])[0];

    /// <summary>Writes down what is said in clips; what they say themselves is not looked at.</summary>
    /// <param name="clips">The clips.</param>
    /// <param name="cancellation">Looked at between clips.</param>
    /// <exception cref="InvalidDataException">
    /// The rate of a clip is another than the model's, or the model answers with no numbers.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Transcript> Transcribe(IReadOnlyList<SpeechClip> clips, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(clips);
        SpeechFrames frames = FramesOf(clips);
        var texts = new SpeechTexts(Model);
        int classes = Model.Spec.Classes;
        var found = new Transcript[clips.Count];
        return _scorers.Use(scorer =>
        {
            scorer.Answer(frames, (number, logits, _) =>
            {
                IReadOnlyList<int> text = scorer.Decode(logits, Beam);
                CtcSymbol[] symbols = CtcAlignment.Of(logits, classes, text, SpeechTexts.Blank) ?? [];
                found[number] = new Transcript(
                    texts.Text(text), texts.Words(symbols, Model.Spec.StepSeconds, clips[number].Seconds));
            }, cancellation);
            return found;
        });
    }

    private SpeechFrames FramesOf(IReadOnlyList<SpeechClip> clips) =>
        new(Model, [.. clips.Select(clip => clip.Require(Model.Spec.Sound.SampleRate, Resample))]);
}
