using System.Text;
using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>All that a training run is told: where the data is and how to learn.</summary>
internal sealed record TrainSettings
{
    /// <summary>The file or directory to learn from.</summary>
    public string? Data { get; init; }

    /// <summary>What is to be learnt; null: as the data suggests.</summary>
    public string? Task { get; init; }

    public string? TextColumn { get; init; }

    public string? LabelColumn { get; init; }

    public string? Format { get; init; }

    /// <summary>What the texts are written in; null: UTF-8, or what a byte order mark says.</summary>
    public Encoding? Encoding { get; init; }

    /// <summary>The files that were opened.</summary>
    public DataFiles Files { get; init; } = new();

    /// <summary>The character between columns; null: as the data suggests.</summary>
    public char? Delimiter { get; init; }

    /// <summary>What need not be guessed about a file of texts.</summary>
    public TextFormatOptions TextFormat => new()
    {
        TextColumn = TextColumn, LabelColumn = LabelColumn, Format = Format, Delimiter = Delimiter,
    };

    /// <summary>The column of the tags of words.</summary>
    public string? TagColumn { get; init; }

    /// <summary>The width of the layer that reads words' characters; null: the task's default.</summary>
    public int? Characters { get; init; }

    /// <summary>Whether a random field scores neighbouring tags; null: as the tags suggest.</summary>
    public bool? RandomField { get; init; }

    /// <summary>The file of validation texts; null sets a share of the data aside.</summary>
    public string? ValidationFile { get; init; }

    /// <summary>The file of test texts; null sets a tenth of the data aside.</summary>
    public string? TestFile { get; init; }

    /// <summary>The file of pretrained word vectors.</summary>
    public string? VectorsFile { get; init; }

    /// <summary>The texts without labels, or the language model, that a classifier starts from.</summary>
    public string? PretrainingFile { get; init; }

    /// <summary>Whether <c>--pretrain</c> names a language model, and not texts.</summary>
    public bool StartsFromModel => PretrainingFile?.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The most passes over the texts without labels; null: as many as fit their number.</summary>
    public int? PretrainingEpochs { get; init; }

    /// <summary>The model file to write; null takes the data's name.</summary>
    public string? OutFile { get; init; }

    /// <summary>Where the state of the run is kept; null takes a place beside the model file, "none" keeps nothing.</summary>
    public string? CheckpointDirectory { get; init; }

    /// <summary>How often it is kept.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The file in which the run is written down.</summary>
    public string? RecordFile { get; init; }

    /// <summary>The page on which the run is drawn.</summary>
    public string? ReportFile { get; init; }

    /// <summary>The directory of the events for TensorBoard.</summary>
    public string? TensorBoardDirectory { get; init; }

    /// <summary>Every how many steps the gradient's reach is looked at; null: never.</summary>
    public int? LensEvery { get; init; }

    /// <summary>How the model learns.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>The settings with another way to learn.</summary>
    public TrainSettings Learning(Func<TrainingOptions, TrainingOptions> change) => this with { Training = change(Training) };

    /// <summary>What only language models are told.</summary>
    public LanguageModelOptions Language { get; init; } = new();

    /// <summary>How a language model learns.</summary>
    public LanguageModelOptions LanguageOptions => LearningOptions.WithCommon(Language, Training);

    /// <summary>What only generated problems are told.</summary>
    public ProblemTrainingOptions Problem { get; init; } = new();

    /// <summary>How a network learns a generated problem.</summary>
    public ProblemTrainingOptions ProblemOptions => LearningOptions.WithCommon(Problem, Training);

    /// <summary>What is told of tables of numbers.</summary>
    public SeriesSettings Series { get; init; } = new();

    /// <summary>How a forecaster learns.</summary>
    public ForecastOptions ForecastOptions => LearningOptions.WithCommon(Series.Forecast, Training) with
    {
        Targets = Target is null ? null : SettingValue.List(Target), Known = Series.Known, Static = Series.Static,
        Past = Series.Past,
    };

    /// <summary>How a model of sequences learns.</summary>
    /// <param name="target">The column of the right answers.</param>
    public SequenceOptions SequenceOptions(string target) => LearningOptions.WithCommon(Series.Sequence, Training) with
    {
        Target = target, Inputs = Series.Past, Bidirectional = Training.Bidirectional,
    };

    /// <summary>What only models of music are told.</summary>
    public NotesOptions Music { get; init; } = new();

    /// <summary>How a model of music learns.</summary>
    public NotesOptions NotesOptions => LearningOptions.WithCommon(Music, Training);

    /// <summary>What only transcribers are told.</summary>
    public TranscriberOptions Speech { get; init; } = new();

    /// <summary>How a transcriber learns.</summary>
    public TranscriberOptions SpeechOptions => LearningOptions.WithCommon(Speech, Training) with
    {
        Unit = Language.Unit ?? Speech.Unit, Convolutions = Series.Sequence.Convolutions, Bidirectional = Training.Bidirectional,
        Features = Series.Features?.Convention ?? Speech.Features,
    };

    /// <summary>The column or the file of the texts to translate.</summary>
    public string? Source { get; init; }

    /// <summary>The column or the file of their translations.</summary>
    public string? Target { get; init; }

    /// <summary>What only translators are told.</summary>
    public TranslatorTrainingOptions Translation { get; init; } = new();

    /// <summary>How a translator learns.</summary>
    public TranslatorTrainingOptions TranslationOptions => LearningOptions.WithCommon(Translation, Training) with
    {
        MaximumPieces = Training.MaximumTokens ?? Translation.MaximumPieces,
    };

    /// <summary>A file of texts, opened in the encoding given.</summary>
    public DataFile File(string path) => Files.Find(path, Encoding);

    /// <summary>What the user decided, in the order of the table of settings, for the record in the model file.</summary>
    public IReadOnlyList<(Setting Setting, string Value)> Given { get; init; } = [];
}
