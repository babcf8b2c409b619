namespace Recurant.Cli;

/// <summary>All settings of a training run, in the order in which help and <c>init</c> list them.</summary>
internal static class SettingTable
{
    private const string Data = "Data", Model = "Model", Learning = "Learning", Run = "The run";

    /// <summary>What texts are written in; <c>predict</c> takes this, too.</summary>
    public static Setting Encoding { get; } = new()
    {
        Name = "encoding", Group = Data, Value = "NAME",
        Help = "What the texts are written in, such as windows-1252, latin1, shift_jis or utf-16le. Default: UTF-8, or what a byte "
            + "order mark says.",
        Set = (s, v) => s with { Encoding = SettingValue.Encoding(v) },
    };

    /// <summary>What separates columns; <c>predict</c> takes this, too.</summary>
    public static Setting Delimiter { get; } = new()
    {
        Name = "delimiter", Group = Data, Value = "comma|semicolon|tab|pipe|CHAR",
        Help = "What separates the columns, or the label of fastText lines from its text. Guessed if not given.",
        Set = (s, v) => s with { Delimiter = SettingValue.Delimiter(v) },
    };

    /// <summary>Where the labelled texts are; <c>test</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> Columns { get; } =
    [
        new()
        {
            Name = "text", Group = Data, Value = "COLUMN",
            Help = "The column of the texts, by name or by number from 1. Guessed if not given.",
            Set = (s, v) => s with { TextColumn = v },
        },
        new()
        {
            Name = "label", Group = Data, Value = "COLUMN",
            Help = "The column of the labels, by name or by number from 1. Guessed if not given.",
            Set = (s, v) => s with { LabelColumn = v },
        },
        new()
        {
            Name = "format", Group = Data, Value = "csv|tsv|jsonl|fasttext|trec|directory",
            Help = "The format of the data. Guessed if not given.",
            Set = (s, v) => s with { Format = v },
        },
        Encoding,
        Delimiter,
        new()
        {
            Name = "tag-column", Group = Data, Value = "COLUMN",
            Help = "Tagging: the column of the tags, by name or number from 1. Default: UPOS in CoNLL-U, otherwise the last.",
            Set = (s, v) => s with { TagColumn = v },
        },
    ];

    /// <summary>What a recurrent network looks like; <c>gradcheck</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> Architecture { get; } =
    [
        new()
        {
            Name = "cell", Group = Model, Value = SettingValue.Names<CellKind>(),
            Help = "The recurrent cell. Default: lstm.",
            Set = (s, v) => With(s, t => t with { Cell = SettingValue.Choice<CellKind>(v) }),
        },
        new()
        {
            Name = "activation", Group = Model, Value = SettingValue.Names<Activation>(),
            Help = "The activation of an Elman, IndRNN or LRU cell or a feed-forward network. Default: tanh.",
            Set = (s, v) => With(s, t => t with { Activation = SettingValue.Choice<Activation>(v) }),
        },
        new()
        {
            Name = "form", Group = Model, Value = SettingValue.Names<ElmanForm>(),
            Help = "The formulation of an Elman cell: h_t = f(U x_t + W h_(t-1)), or s_t = U x_t + W f(s_(t-1)). "
                + "Default: hidden.",
            Set = (s, v) => With(s, t => t with { Form = SettingValue.Choice<ElmanForm>(v) }),
        },
        new()
        {
            Name = "gru-reset", Group = Model, Value = SettingValue.Names<GruReset>(),
            Help = "Where a GRU applies its reset gate: to W h (inside, as PyTorch) or to h (outside). Default: inside.",
            Set = (s, v) => With(s, t => t with { GruReset = SettingValue.Choice<GruReset>(v) }),
        },
        new()
        {
            Name = "hidden", Group = Model, Value = "N", Kind = SettingKind.Number,
            Help = "The width of each hidden layer and direction. Default: 128 (gradcheck: 5).",
            Set = (s, v) => With(s, t => t with { Hidden = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "layers", Group = Model, Value = "N", Kind = SettingKind.Number,
            Help = "The number of hidden layers. Default: 1.",
            Set = (s, v) => With(s, t => t with { Layers = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "bidirectional", Group = Model, Value = "true|false", Kind = SettingKind.Flag,
            Help = "Bidirectional: read the text from both ends. Default: true (gradcheck: false).",
            Set = (s, v) => With(s, t => t with { Bidirectional = SettingValue.Flag(v) }),
        },
        new()
        {
            Name = "pooling", Group = Model, Value = SettingValue.Names<Pooling>(),
            Help = "How the outputs of all steps are combined. Default: max (gradcheck: last).",
            Set = (s, v) => With(s, t => t with { Pooling = SettingValue.Choice<Pooling>(v) }),
        },
        new()
        {
            Name = "embedding", Group = Model, Value = "N|onehot", Kind = SettingKind.Number,
            Help = "The width of the word vectors, or onehot for one-hot input. Default: 100, of characters 64 (gradcheck: 4).",
            Set = (s, v) => With(s, t => t with { Embedding = v == "onehot" ? 0 : SettingValue.Whole(v) }),
        },
    ];

    public static Setting Seed { get; } = new()
    {
        Name = "seed", Group = Run, Value = "N", Kind = SettingKind.Number,
        Help = "The seed of all random numbers: same data and seed, same model file. Default: 1.",
        Set = (s, v) => With(s, t => t with { Seed = SettingValue.Seed(v) }),
    };

    public static Setting Threads { get; } = new()
    {
        Name = "threads", Group = Run, Value = "N", Kind = SettingKind.Number, IsUnrecorded = true,
        Help = "The number of threads; 0 for one per core. The result does not depend on it. Default: 0.",
        Set = (s, v) => With(s, t => t with { Threads = SettingValue.Whole(v) }),
    };

    /// <summary>Every setting of <c>train</c>.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new()
        {
            Name = "task", Group = Data, Value = string.Join('|', TaskChoice.All.Select(task => task.Name)),
            Help = "What to learn. Guessed from the data if not given.",
            Set = (s, v) => s with { Task = v },
        },
        .. Columns,
        new()
        {
            Name = "valid", Group = Data, Value = "FILE|FRACTION", Kind = SettingKind.Path,
            Help = "Validation texts for early stopping: a file, or the share of the data to set aside. Default: 0.1.",
            Set = SetValidation,
        },
        new()
        {
            Name = "test", Group = Data, Value = "FILE", Kind = SettingKind.Path,
            Help = "Labelled texts for the final scores. Default: a tenth of the data is set aside.",
            Set = (s, v) => s with { TestFile = v },
        },
        new()
        {
            Name = "unit", Group = Data, Value = SettingValue.Names<TokenUnit>(),
            Help = "What the tokens are; subword for language models alone. Default: word; guessed for language models.",
            Set = (s, v) => SetUnit(
                s, v == "character" ? TokenUnit.Character : SettingValue.Choice<TokenUnit>(v)),
        },
        new()
        {
            Name = "lowercase", Group = Data, Value = "true|false", Kind = SettingKind.Flag,
            Help = "Convert to lower case. Default: true; false for language models.",
            Set = (s, v) => SetLowercase(s, SettingValue.Flag(v)),
        },
        new()
        {
            Name = "min-count", Group = Data, Value = "N", Kind = SettingKind.Number,
            Help = "Words that occur less often are read as unknown. Decided from the data if not given.",
            Set = (s, v) => With(s, t => t with { MinimumCount = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "max-words", Group = Data, Value = "N", Kind = SettingKind.Number,
            Help = "The maximum size of the vocabulary. Default: 100000.",
            Set = (s, v) => With(s, t => t with { MaximumVocabulary = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "max-tokens", Group = Data, Value = "N", Kind = SettingKind.Number,
            Help = "Longer texts are cut to this many tokens, half from each end. Default: 400 words or 2000 characters.",
            Set = (s, v) => With(s, t => t with { MaximumTokens = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "vectors", Group = Data, Value = "FILE", Kind = SettingKind.Path,
            Help = "Pretrained word vectors: GloVe, word2vec or fastText text, or word2vec binary.",
            Set = (s, v) => s with { VectorsFile = v },
        },
        new()
        {
            Name = "freeze-vectors", Group = Data, Value = "true|false", Kind = SettingKind.Flag,
            Help = "Do not train pretrained word vectors. Default: false, they are trained.",
            Set = (s, v) => With(s, t => t with { FreezeVectors = SettingValue.Flag(v) }),
        },
        new()
        {
            Name = "model", Group = Model, Value = SettingValue.Names<ModelKind>(),
            Help = "The kind of model. Default: recurrent.",
            Set = (s, v) => With(s, t => t with { Model = SettingValue.Choice<ModelKind>(v) }),
        },
        .. Architecture,
        new()
        {
            Name = "characters", Group = Model, Value = "N", Kind = SettingKind.Number,
            Help = "The width of the layer that reads a word's characters, per direction; 0 for none. Default: 0; tagging: 64.",
            Set = (s, v) => s with { Characters = SettingValue.Whole(v) },
        },
        new()
        {
            Name = "crf", Group = Model, Value = "true|false", Kind = SettingKind.Flag,
            Help = "Tagging: score neighbouring tags with a conditional random field. "
                + "Default: true where tags mark spans (B-, I-), false otherwise.",
            Set = (s, v) => s with { RandomField = SettingValue.Flag(v) },
        },
        new()
        {
            Name = "direct", Group = Model, Value = "true|false", Kind = SettingKind.Flag,
            Help = "Also connect words and bigrams directly to the output, bypassing the recurrent layers. "
                + "Default: true for words, false for characters.",
            Set = (s, v) => With(s, t => t with { Direct = SettingValue.Flag(v) }),
        },
        new()
        {
            Name = "models", Group = Model, Value = "N", Kind = SettingKind.Number,
            Help = "Classification: train N models from different random numbers and average their answers. Default: 1.",
            Set = (s, v) => With(s, t => t with { Models = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "forget-bias", Group = Model, Value = "X", Kind = SettingKind.Number,
            Help = "What the forget-gate bias of an LSTM starts from. Default: 1.",
            Set = (s, v) => With(s, t => t with { ForgetBias = SettingValue.Real(v) }),
        },
        new()
        {
            Name = "recurrent-start", Group = Model, Value = SettingValue.Names<RecurrentStart>(),
            Help = "What the recurrent weights start from. orthogonal: each gate's keep the length of a gradient; identity: as relu's do. "
                + "Default: usual, +-1 / sqrt(hidden).",
            Set = (s, v) => With(s, t => t with { RecurrentStart = SettingValue.Choice<RecurrentStart>(v) }),
        },
        .. PretrainingSettings.All,
        .. LanguageSettings.All,
        .. ProblemSettings.All,
        .. TranslatorSettings.All,
        new()
        {
            Name = "dropout", Group = Learning, Value = "RATE|LIST",
            Help = "One rate for input, layers and output, or a list such as input=0.3,recurrent=0.1 of input, layers, recurrent, "
                + "word, embedding and output. Rates that are not named depend on the data.",
            Set = (s, v) => With(s, t => t with { Dropout = DropoutValue.Read(v) }),
        },
        new()
        {
            Name = "optimizer", Group = Learning, Value = SettingValue.Names<OptimizerKind>(),
            Help = "The optimiser. Default: adamw.",
            Set = (s, v) => With(s, t => t with { Optimizer = SettingValue.Choice<OptimizerKind>(v) }),
        },
        new()
        {
            Name = "learning-rate", Group = Learning, Value = "X", Kind = SettingKind.Number,
            Help = "The learning rate. Depends on the optimiser if not given; adamw and adam: 0.004, bag of words: 0.01.",
            Set = (s, v) => With(s, t => t with { LearningRate = SettingValue.Real(v) }),
        },
        new()
        {
            Name = "schedule", Group = Learning, Value = SettingValue.Names<ScheduleKind>(),
            Help = "The learning rate schedule; plateau halves it when validation does not improve. "
                + "Default: linear.",
            Set = (s, v) => With(s, t => t with { Schedule = SettingValue.Choice<ScheduleKind>(v) }),
        },
        new()
        {
            Name = "weight-decay", Group = Learning, Value = "X", Kind = SettingKind.Number,
            Help = "The weight decay. Default: 0.01, bag of words: 0.1.",
            Set = (s, v) => With(s, t => t with { WeightDecay = SettingValue.Real(v) }),
        },
        new()
        {
            Name = "clip", Group = Learning, Value = "X", Kind = SettingKind.Number,
            Help = "Clip the gradient of a step to this norm; 0 for no clipping. Default: 1.",
            Set = (s, v) => With(s, t => t with { Clip = SettingValue.Real(v) }),
        },
        new()
        {
            Name = "label-smoothing", Group = Learning, Value = "X", Kind = SettingKind.Number,
            Help = "Label smoothing: the share of the target spread over all labels. Default: depends on the data.",
            Set = (s, v) => With(s, t => t with { LabelSmoothing = SettingValue.Real(v) }),
        },
        new()
        {
            Name = "batch", Group = Learning, Value = "N", Kind = SettingKind.Number,
            Help = "The number of texts in a step. Default: 32.",
            Set = (s, v) => With(s, t => t with { Batch = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "epochs", Group = Learning, Value = "N", Kind = SettingKind.Number,
            Help = "The maximum number of epochs. Default: depends on the data.",
            Set = (s, v) => With(s, t => t with { Epochs = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "patience", Group = Learning, Value = "N", Kind = SettingKind.Number,
            Help = "Stop after N epochs without a better validation score. Default: 4.",
            Set = (s, v) => With(s, t => t with { Patience = SettingValue.Whole(v) }),
        },
        new()
        {
            Name = "recompute", Group = Run, Value = "true|false", Kind = SettingKind.Flag,
            Help = "For very long texts: keep only some states and recompute the others. Memory grows with the square root of the "
                + "length, a step takes a third longer. Needs --bidirectional false. Default: false.",
            Set = (s, v) => With(s, t => t with { Recompute = SettingValue.Flag(v) }),
        },
        new()
        {
            Name = "budget", Group = Run, Value = "TIME",
            Help = "Stop, with the best weights so far, so that all is done after 90s, 5m, 1h or 1h30m: reading, training, scores.",
            Set = (s, v) => With(s, t => t with { Budget = SettingValue.Duration(v) }),
        },
        Seed,
        Threads,
        new()
        {
            Name = "out", Group = Run, Value = "FILE", Kind = SettingKind.Path, IsUnrecorded = true,
            Help = "The model file to write. Default: the data's name with .safetensors, in the current directory.",
            Set = (s, v) => s with { OutFile = v },
        },
        new()
        {
            Name = "checkpoint", Group = Run, Value = "DIR|none", Kind = SettingKind.Path, IsUnrecorded = true,
            Help = "Where the state of the run is kept until the model file is written, so that --resume can continue it. "
                + "Default: the model file's name with .checkpoint.",
            Set = (s, v) => s with { CheckpointDirectory = v },
        },
        new()
        {
            Name = "checkpoint-every", Group = Run, Value = "TIME", IsUnrecorded = true,
            Help = "How often the state is saved: 30s, 10m. It is also saved on Ctrl-C. Default: 1m.",
            Set = (s, v) => s with { CheckpointInterval = SettingValue.Duration(v) },
        },
        .. RecordSettings.All,
        .. LensSettings.All,
    ];

    private static TrainSettings With(TrainSettings settings, Func<TrainingOptions, TrainingOptions> change) =>
        settings with { Training = change(settings.Training) };

    /// <summary>Subwords are for language models alone; the choice of the task looks after that.</summary>
    private static TrainSettings SetUnit(TrainSettings settings, TokenUnit unit) => LanguageSettings.With(
        unit == TokenUnit.Subword ? settings : With(settings, t => t with { Unit = unit }), t => t with { Unit = unit });

    private static TrainSettings SetLowercase(TrainSettings settings, bool lowercase) =>
        LanguageSettings.With(With(settings, t => t with { Lowercase = lowercase }), t => t with { Lowercase = lowercase });

    private static TrainSettings SetValidation(TrainSettings settings, string value) =>
        double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out double fraction) && !File.Exists(value)
            ? With(settings with { ValidationFile = null }, t => t with { ValidationFraction = fraction })
            : settings with { ValidationFile = value };

}
