using static Recurant.Cli.SettingValue;

namespace Recurant.Cli;

/// <summary>
/// All settings of a training run, in the order in which help and <c>init</c> list them, each with the rules where it would
/// change nothing. Which tasks have it, the tasks say.
/// </summary>
internal static class SettingTable
{
    private const string Data = "Data", Model = "Model", Learning = "Learning", Run = "The run", Record = "Record",
        Pretraining = "Pre-training", Language = "Language model", Problems = "Generated problems", Translator = "Translator",
        Numbers = "Tables of numbers", Forecasting = "Forecasting", Sequences = "Sequences of measurements",
        Music = "Music", Sound = "Sound";

    /// <summary>What texts are written in; <c>predict</c> takes this, too.</summary>
    public static Setting Encoding { get; } = new("encoding", Data, "NAME",
        "What the texts are written in, such as windows-1252, latin1, shift_jis or utf-16le. Default: UTF-8, or what a byte "
        + "order mark says.", (s, v) => s with { Encoding = SettingValue.Encoding(v) });

    /// <summary>What separates columns; <c>predict</c> takes this, too.</summary>
    public static Setting Delimiter { get; } = new("delimiter", Data, "comma|semicolon|tab|pipe|CHAR",
        "What separates the columns, or the label of fastText lines from its text. Guessed if not given.",
        (s, v) => s with { Delimiter = SettingValue.Delimiter(v) });

    public static Setting Seed { get; } = Learn("seed", Run, "N",
        "The seed of all random numbers: same data and seed, same model file. Default: 1.",
        (t, v) => t with { Seed = SettingValue.Seed(v) });

    /// <summary>What is done with sounds of another sample rate; <c>predict</c> and <c>test</c> take this, too.</summary>
    public static Setting Resample { get; } = new("resample", Sound, "true|false",
        "Bring sounds of another sample rate to that of the first, or of the model. Default: false, they are refused.",
        (s, v) => s with
        {
            Series = s.Series with { Resample = Flag(v) }, Speech = s.Speech with { Resample = Flag(v) },
        });

    /// <summary>Where the labelled texts are; <c>test</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> Columns { get; } =
    [
        new("text", Data, "COLUMN", "The column of the texts, by name or by number from 1. Guessed if not given.",
            (s, v) => s with { TextColumn = v }),
        new("label", Data, "COLUMN", "The column of the labels, by name or by number from 1. Guessed if not given.",
            (s, v) => s with { LabelColumn = v }),
        new("format", Data, "csv|tsv|jsonl|fasttext|trec|directory", "The format of the data. Guessed if not given.",
            (s, v) => s with { Format = v }),
        Encoding,
        Delimiter,
        new("tag-column", Data, "COLUMN",
            "Tagging: the column of the tags, by name or number from 1. Default: UPOS in CoNLL-U, otherwise the last.",
            (s, v) => s with { TagColumn = v }),
    ];

    /// <summary>Where pairs of texts are; <c>test</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> PairColumns { get; } =
    [
        new("source", Translator, "COLUMN|FILE",
            "The column of the texts to translate, by name or number; or, without DATA, their file with one text per line.",
            (s, v) => s with { Source = v }),
        new("target", Translator, "COLUMN|FILE",
            "The column or the file of their translations. Forecasting and regression: the column to answer with, in forecasting "
            + "also several with commas between them.",
            (s, v) => s with { Target = v }),
    ];

    /// <summary>How tables of numbers are read; whatever reads one takes these, too.</summary>
    public static IReadOnlyList<Setting> SeriesColumns { get; } =
    [
        OfNumbers("time", "COLUMNS", "The column of the time, or several as in year,month,day,hour. Guessed if not given.",
            (t, v) => t with { Time = List(v) }),
        OfNumbers("id", "COLUMN", "The column that says to which series a row belongs. Guessed if not given.",
            (t, v) => t with { Id = v }),
        OfNumbers("time-zone", "ZONE", "The zone whose clock tells the times, such as Europe/Berlin. Default: none is known.",
            (t, v) => t with { TimeZone = v }),
        OfNumbers("day-first", "true|false", "Whether 01/02/2024 is the first of February. Guessed from all rows if not given.",
            (t, v) => t with { DayFirst = Flag(v) }),
        OfNumbers("duplicates", "refuse|first|last|mean|sum",
            "What to do with rows of one series that have the same time and other values. Default: refuse the file.",
            (t, v) => t with
            {
                Duplicates = Choice(v, [.. Enum.GetValues<Formats.DuplicateRows>().Select(
                    each => (each.ToString().ToLowerInvariant(), each))]),
            }),
        OfNumbers("pixels", "row|pixel", "Of images: whether a step is a row of pixels or one pixel. Default: row.",
            (t, v) => t with
            {
                Pixels = Choice(v, [("row", Formats.PixelOrder.Row), ("pixel", Formats.PixelOrder.Pixel)]),
            }),
        Resample,
    ];

    /// <summary>Which rows a forecaster learns from and is tested with; <c>test</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> SeriesParts { get; } =
    [
        OfNumbers("test-rows", "N|DATE",
            "Of each series the last rows, or those from a day on, that are left for the test. Default: a fifth; with --test "
            + "FILE its rows.", (t, v) => t with { TestRows = RowsOrDay(v) }),
        OfNumbers("metric-scale", "data|standardised",
            "Whether errors are told on the data's own scale, or of values standardised by the training part. Default: data.",
            (t, v) => t with { Standardised = Choice(v, [("data", false), ("standardised", true)]) }),
    ];

    /// <summary>What a recurrent network looks like; <c>gradcheck</c> takes these, too.</summary>
    public static IReadOnlyList<Setting> Architecture { get; } =
    [
        Learn("cell", Model, Names<CellKind>(), "The recurrent cell. Default: lstm.",
            (t, v) => t with { Cell = Choice<CellKind>(v) }) with { Unless = [NotRecurrent] },
        Learn("activation", Model, Names<Activation>(),
            "The activation of an Elman, IndRNN or LRU cell or a feed-forward network. Default: tanh.",
            (t, v) => t with { Activation = Choice<Activation>(v) }) with { Unless = [IsBagOfWords, FixedActivation] },
        Learn("form", Model, Names<ElmanForm>(),
            "The formulation of an Elman cell: h_t = f(U x_t + W h_(t-1)), or s_t = U x_t + W f(s_(t-1)). Default: hidden.",
            (t, v) => t with { Form = Choice<ElmanForm>(v) }) with
        {
            Unless =
            [
                NotRecurrent,
                use => use.Cell is { } cell && cell.Kind != CellKind.Elman
                    ? $"only the cell elman has two forms, and the cell is {cell.Name}" : null,
            ],
        },
        Learn("gru-reset", Model, Names<GruReset>(),
            "Where a GRU applies its reset gate: to W h (inside, as PyTorch) or to h (outside). Default: inside.",
            (t, v) => t with { GruReset = Choice<GruReset>(v) }) with
        {
            Unless =
            [
                NotRecurrent,
                use => use.Cell is { } cell && cell.Kind != CellKind.Gru
                    ? $"only the cell gru has it, and the cell is {cell.Name}" : null,
            ],
        },
        Learn("hidden", Model, "N", "The width of each hidden layer and direction. Default: 128 (gradcheck: 5).",
            (t, v) => t with { Hidden = Whole(v) }) with { Unless = [IsBagOfWords] },
        Learn("layers", Model, "N", "The number of hidden layers. Default: 1.",
            (t, v) => t with { Layers = Whole(v) }) with { Unless = [IsBagOfWords] },
        Learn("bidirectional", Model, "true|false",
            "Bidirectional: read the text from both ends. Default: true (gradcheck: false).",
            (t, v) => t with { Bidirectional = Flag(v) }) with { Unless = [NotRecurrent] },
        Learn("pooling", Model, Names<Pooling>(), "How the outputs of all steps are combined. Default: max (gradcheck: last).",
            (t, v) => t with { Pooling = Choice<Pooling>(v) }) with { Unless = [NotRecurrent] },
        Learn("embedding", Model, "N|onehot",
            "The width of the word vectors, or onehot for one-hot input. Default: 100, of characters 64 (gradcheck: 4).",
            (t, v) => t with { Embedding = v == "onehot" ? 0 : Whole(v) }) with { Unless = [IsBagOfWords] },
    ];

    /// <summary>What a training run writes down of itself.</summary>
    private static readonly Setting[] s_records =
    [
        new("record", Record, "FILE",
            "Write the run down while it runs, as JSON lines: for 'recurant report' and 'recurant compare'. Default: with "
            + "--report, the model file's name with .run.jsonl; otherwise none.",
            (s, v) => s with { RecordFile = v }) { IsUnrecorded = true },
        new("report", Record, "FILE.html", "Write an HTML page about the run: curves, scores, mistakes, equations.",
            (s, v) => s with { ReportFile = v }) { IsUnrecorded = true },
        new("tensorboard", Record, "DIR", "Write the curves as events for TensorBoard into this directory.",
            (s, v) => s with { TensorBoardDirectory = v }) { IsUnrecorded = true },
    ];

    /// <summary>Every setting of <c>train</c>.</summary>
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("task", Data, string.Join('|', CliTasks.Names),
            "What to learn. Guessed from the data if not given.", (s, v) => s with { Task = v }),
        .. Columns,
        .. SeriesColumns,
        .. SeriesParts,
        OfNumbers("train-rows", "N|DATE",
            "Of each series the first rows, or those up to a day, that are learnt from. Default: all but those that validate and "
            + "test.", (t, v) => t with { TrainRows = RowsOrDay(v) }),
        OfNumbers("valid-rows", "N",
            "Of each series the rows behind those that are learnt from that validate. Default: the horizon, or a tenth if "
                + "that is "
            + "more.", (t, v) => t with { ValidRows = Whole(v).ToString(System.Globalization.CultureInfo.InvariantCulture) }),
        OfNumbers("known", "COLUMNS", "Columns that are known in advance: rows at the end without target are the horizon.",
            (t, v) => t with { Known = List(v) }),
        OfNumbers("static", "COLUMNS", "Columns that are the same in all rows of a series.",
            (t, v) => t with { Static = List(v) }),
        OfNumbers("past", "COLUMNS",
            "Columns that are read but not answered. Default: with --target all others; otherwise none.",
            (t, v) => t with { Past = List(v) }),
        OfForecast("horizon", "N", "The steps to forecast. Default: a season; the future rows of the data where there are any.",
            (t, v) => t with { Horizon = Whole(v) }),
        OfForecast("lookback", "N", "The steps to look back on. Default: follows horizon and season.",
            (t, v) => t with { Lookback = Whole(v) }),
        OfForecast("season", "N", "The steps of a season, 1 for none. Default: as the calendar suggests.",
            (t, v) => t with { Season = Whole(v) }),
        OfForecast("segment", "N", "The steps that are read and answered at once. Default: follows the season.",
            (t, v) => t with { Segment = Whole(v) }),
        OfForecast("distribution", Names<ForecastDistribution>(),
            "What is said of a value to come; negative-binomial is of counts, whole numbers from 0. Default: quantiles.",
            (t, v) => t with { Distribution = Choice<ForecastDistribution>(v) }),
        OfForecast("centre", Names<WindowCentre>(), "What each window is centred at. Default: follows the data.",
            (t, v) => t with { Centre = Choice<WindowCentre>(v) }),
        OfForecast("logarithms", "true|false",
            "Whether logarithms are read; all targets must be above 0. Default: follows the data.",
            (t, v) => t with { Logarithms = Flag(v) }),
        OfForecast("allow-negative", "true|false", "Whether forecasts may be below 0 although no target ever is. Default: false.",
            (t, v) => t with { AllowNegative = Flag(v) }),
        OfForecast("calendar", "true|false", "Whether the time of day, week and year is read. Default: follows the data.",
            (t, v) => t with { Calendar = Flag(v) }),
        OfForecast("linear", "true|false", "Whether a linear map stands beside the recurrent layers. Default: true.",
            (t, v) => t with { Linear = Flag(v) }),
        new("decay", Numbers, "true|false",
            "Whether it is read how long ago each value was known, and missing ones fade (GRU-D); irregular times count by the "
            + "clock. Default: false.",
            (s, v) => s with
            {
                Series = s.Series with
                {
                    Forecast = s.Series.Forecast with { Decay = Flag(v) }, Sequence = s.Series.Sequence with { Decay = Flag(v) },
                },
            }),
        new("refit", Numbers, "true|false",
            "Whether the model learns anew from all rows or sequences once it is known how long. Default: where there are few.",
            (s, v) => s with
            {
                Series = s.Series with
                {
                    Forecast = s.Series.Forecast with { Refit = Flag(v) }, Sequence = s.Series.Sequence with { Refit = Flag(v) },
                },
            }),
        OfFeatures("features", Names<SoundConvention>(), "Whose features are computed. Default: kaldi.",
            (t, v) => t with { Convention = Choice<SoundConvention>(v) }),
        OfFeatures("feature-kind", Names<SoundFeatureKind>(), "What is told of a frame. Default: log-mel.",
            (t, v) => t with { Kind = Choice<SoundFeatureKind>(v) }),
        OfFeatures("mel-bands", "N", "The bands of log mel energies. Default: 40.",
            (t, v) => t with { MelBands = Whole(v) }),
        OfFeatures("deltas", "0|1|2", "How often differences are appended. Default: 0.",
            (t, v) => t with { Deltas = Whole(v) }),
        OfSequences("answer", Names<SeriesAnswer>(), "What is answered. Default: follows the column of the right answers.",
            (t, v) => t with { Answer = Choice<SeriesAnswer>(v) }),
        OfSequences("cap", "X", "Regression: larger numbers to answer count as this one. Default: none.",
            (t, v) => t with { Cap = Real(v) }),
        OfSequences("window", "N", "The most steps of a sequence that are read at once in training. Default: follows the data.",
            (t, v) => t with { Window = Whole(v) }),
        OfSequences("convolutions", "N", "The number of convolutions before the recurrent layers. Default: 2.",
            (t, v) => t with { Convolutions = Whole(v) }),
        OfSequences("augmentation", "X",
            "How much sequences are changed at random in training, 0 for not at all. Default: 1 for labels of sequences, else 0.",
            (t, v) => t with { Augmentation = Real(v) }),
        OfMusic("chords", "true|false", "Whether the notes of a step depend on one another. Default: true.",
            (t, v) => t with { Chords = Flag(v) }),
        OfMusic("transpose", "N",
            "By how many half-tones pieces are moved at random in training, up or down; 0 for none. Default: 6, all keys; 0 "
            + "where all are in one.",
            (t, v) => t with { Transpose = Whole(v) }),
        OfMusic("steps-per-quarter", "N", "The steps of a quarter note of MIDI files. Default: 4, sixteenths.",
            (t, v) => t with { StepsPerQuarter = Whole(v) }),
        OfSpeech("masks", "true|false",
            "Whether bands and stretches of time are hidden at random in training (SpecAugment). Default: true.",
            (t, v) => t with { Masks = Flag(v) }),
        OfSpeech("join-frames", "N",
            "How many frames of 10 ms are read as one step. Default: 3, or fewer where transcripts are long for their sounds.",
            (t, v) => t with { Join = Whole(v) }),
        new("valid", Data, "FILE|FRACTION",
            "Validation texts for early stopping: a file, or the share of the data to set aside. Default: 0.1.", SetValidation)
        {
            Unless =
            [
                use => use.Settings.ValidationFile is null && use.Task?.HasParts(use.Settings.Data!) == true
                    ? new("the data has validation texts of its own", "Leave it out, or give a file of others") : null,
            ],
        },
        new("test", Data, "FILE", "Labelled texts for the final scores. Default: a tenth of the data is set aside.",
            (s, v) => s with { TestFile = v }),
        new("unit", Data, Names<TokenUnit>(),
            "What the tokens are; subword for language models alone. Default: word; guessed for language models.",
            (s, v) => SetUnit(s, v == "character" ? TokenUnit.Character : Choice<TokenUnit>(v)))
        {
            Unless =
            [
                use => use.Settings.Language.Unit == TokenUnit.Subword && use.Task is { } task && !use.HasSubwords
                    ? new($"subwords are the tokens of language models; the task is \"{task.Name}\"",
                        "Choose word or char, or --task lm") : null,
            ],
        },
        new("lowercase", Data, "true|false", "Convert to lower case. Default: true; false for language models.",
            (s, v) =>
                s.Learning(t => t with { Lowercase = Flag(v) }) with { Language = s.Language with { Lowercase = Flag(v) } }),
        Learn("min-count", Data, "N", "Words that occur less often are read as unknown. Decided from the data if not given.",
            (t, v) => t with { MinimumCount = Whole(v) }) with
        {
            Unless =
            [
                use => use.Task?.CountsWords(use.Settings) == false
                    ? new("the pieces are subwords", "Leave it out, or read whole words with --subwords 0") : null,
            ],
        },
        Learn("max-words", Data, "N", "The maximum size of the vocabulary. Default: 100000.",
            (t, v) => t with { MaximumVocabulary = Whole(v) }) with
        {
            Unless =
            [
                use => use.Settings.Training.Model == ModelKind.BagOfWords
                    ? "a bag of words knows every word and pair that --min-count leaves" : null,
                use => use.HasSubwords ? "the pieces are subwords, whose number --subwords limits" : null,
            ],
        },
        Learn("max-tokens", Data, "N",
            "Longer texts are cut to this many tokens, half from each end. Default: 400 words or 2000 characters.",
            (t, v) => t with { MaximumTokens = Whole(v) }),
        new("vectors", Data, "FILE", "Pretrained word vectors: GloVe, word2vec or fastText text, or word2vec binary.",
            (s, v) => s with { VectorsFile = v }) { Unless = [IsBagOfWords] },
        Learn("freeze-vectors", Data, "true|false", "Do not train pretrained word vectors. Default: false, they are trained.",
            (t, v) => t with { FreezeVectors = Flag(v) }) with
        {
            Unless =
            [
                IsBagOfWords,
                use => use.Settings.VectorsFile is null ? "there are no --vectors to keep as they are" : null,
            ],
        },
        Learn("model", Model, Names<ModelKind>(), "The kind of model. Default: recurrent.",
            (t, v) => t with { Model = Choice<ModelKind>(v) }),
        .. Architecture,
        new("characters", Model, "N",
            "The width of the layer that reads a word's characters, per direction; 0 for none. Default: 0; tagging: 64.",
            (s, v) => s with { Characters = Whole(v) }) { Unless = [NotRecurrent] },
        new("crf", Model, "true|false",
            "Tagging: score neighbouring tags with a conditional random field. Default: true where tags mark spans (B-, I-), "
            + "false otherwise.", (s, v) => s with { RandomField = Flag(v) }),
        Learn("direct", Model, "true|false",
            "Also connect words and bigrams directly to the output, bypassing the recurrent layers. Default: true for words, "
            + "false for characters.", (t, v) => t with { Direct = Flag(v) }) with { Unless = [NotRecurrent] },
        new("models", Model, "N",
            "Train N models from different random numbers and average their answers. Default: 1; for numbers it follows the "
                + "data.",
            (s, v) => s.Learning(t => t with { Models = Whole(v) }) with
            {
                Series = s.Series with
                {
                    Forecast = s.Series.Forecast with { Models = Whole(v) }, Sequence = s.Series.Sequence with { Models =
                        Whole(v) },
                },
            }),
        Learn("forget-bias", Model, "X", "What the forget-gate bias of an LSTM starts from. Default: 1.",
            (t, v) => t with { ForgetBias = Real(v) }) with
        {
            Unless =
            [
                NotRecurrent,
                use => use.Cell is { HasForgetBias: false } cell
                    ? new($"the cell {cell.Name} has no such bias",
                        $"Leave it out, or choose the cell {CellsWith(entry => entry.HasForgetBias)}") : null,
                use => use.Has("chrono") && use.Settings.Problem.MemorySteps != 0
                    && use.Settings.Training.Cell is null or CellKind.Lstm or CellKind.PeepholeLstm
                    ? new("the forget gates start as --chrono says, by default for the length of the problem",
                        "Leave it out, or give --chrono 0")
                    : null,
            ],
        },
        Learn("recurrent-start", Model, Names<RecurrentStart>(),
            "What the recurrent weights start from. orthogonal: each gate's keep the length of a gradient; identity: as "
            + "relu's do. Default: usual, +-1 / sqrt(hidden).",
            (t, v) => t with { RecurrentStart = Choice<RecurrentStart>(v) }) with { Unless = [NotRecurrent] },
        new("pretrain", Pretraining, "FILE",
            "Classification: unlabelled texts (labels are ignored) on which word vectors and layers are first trained to "
            + "predict words; or a language model (.safetensors) to start from.",
            (s, v) => s with { PretrainingFile = v }) { Unless = [NotRecurrent] },
        new("pretrain-epochs", Pretraining, "N",
            "The maximum number of epochs over the unlabelled texts. Default: as many as make six million tokens, 2 to 20.",
            (s, v) => s with { PretrainingEpochs = Whole(v) })
        {
            Unless =
            [
                NotRecurrent,
                use => use.Settings.PretrainingFile is null ? "there is no --pretrain whose epochs it would limit" : null,
                use => use.Settings.StartsFromModel ? "a language model that is trained already is not trained again" : null,
            ],
        },
        OfLanguage("bptt", Language, "N",
            "Truncated back-propagation: the steps of a window; states are carried over. Default: 35 words or 100 characters.",
            (t, v) => t with { Window = Whole(v) }),
        OfLanguage("samples", Language, "N",
            "Words drawn for each step of training, instead of a softmax over all; 0 for all. Default: 8192 of 100,000 words "
            + "or more, else 0.", (t, v) => t with { Samples = Whole(v) }),
        OfLanguage("tied", Language, "true|false",
            "Use the vectors of the tokens as the weights of the output, too. Default: true for words.",
            (t, v) => t with { Tied = Flag(v) }),
        new("chrono", Problems, "N",
            "LSTM and GRU: initialise the gates to keep the state for 1 to N steps; 0 for the usual initialisation. Default: "
            + "the length of the problem.", (s, v) => s with { Problem = s.Problem with { MemorySteps = Whole(v) } }),
        .. PairColumns,
        new("subwords", Translator, "N",
            "The number of byte-pair merges for the subwords of each side; 0 for whole words, where unknown ones are copied. "
            + "Default: a fifth of the pairs, 500 to 6000. Also for --unit subword; there the default is one for 500 "
            + "characters.",
            (s, v) => s with
            {
                Language = s.Language with { Subwords = Whole(v) }, Translation = s.Translation with { Subwords = Whole(v) },
            })
        {
            Unless =
            [
                use => use.Has("unit") && !use.HasSubwords
                    ? new("the tokens are no subwords", "Leave it out, or give --unit subword") : null,
            ],
        },
        OfTranslator("attention", Translator, Names<AttentionKind>(),
            "The attention of the decoder; bahdanau attends before each step and is several times slower. Default: general.",
            (t, v) => t with { Attention = Choice<AttentionKind>(v) }),
        OfTranslator("tied-vectors", Translator, Names<TiedVectors>(),
            "Which tables of word vectors are one: none; the decoder's and the output; all, with the same pieces on both "
            + "sides. Default: output.", (t, v) => t with { Tied = Choice<TiedVectors>(v) }),
        Learn("dropout", Learning, "RATE|LIST",
            "One rate for input, layers and output, or a list such as input=0.3,recurrent=0.1 of input, layers, recurrent, "
            + "word, embedding and output. Rates that are not named depend on the data.",
            (t, v) => t with { Dropout = DropoutValue.Read(v) }) with { Unless = [IsBagOfWords, SettingUse.OfDropout] },
        Learn("optimizer", Learning, Names<OptimizerKind>(), "The optimiser. Default: adamw.",
            (t, v) => t with { Optimizer = Choice<OptimizerKind>(v) }),
        Learn("learning-rate", Learning, "X",
            "The learning rate. Depends on the optimiser if not given; adamw and adam: 0.004, bag of words: 0.01.",
            (t, v) => t with { LearningRate = Real(v) }),
        Learn("schedule", Learning, Names<ScheduleKind>(),
            "The learning rate schedule; plateau halves it when validation does not improve. Default: linear.",
            (t, v) => t with { Schedule = Choice<ScheduleKind>(v) }),
        Learn("weight-decay", Learning, "X", "The weight decay. Default: 0.01, bag of words: 0.1.",
            (t, v) => t with { WeightDecay = Real(v) }),
        Learn("clip", Learning, "X", "Clip the gradient of a step to this norm; 0 for no clipping. Default: 1.",
            (t, v) => t with { Clip = Real(v) }),
        Learn("label-smoothing", Learning, "X",
            "Label smoothing: the share of the target spread over all labels. Default: depends on the data.",
            (t, v) => t with { LabelSmoothing = Real(v) }),
        Learn("batch", Learning, "N", "The number of texts in a step. Default: 32.", (t, v) => t with { Batch = Whole(v) }),
        Learn("epochs", Learning, "N", "The maximum number of epochs. Default: depends on the data.",
            (t, v) => t with { Epochs = Whole(v) }),
        Learn("patience", Learning, "N", "Stop after N epochs without a better validation score. Default: 4.",
            (t, v) => t with { Patience = Whole(v) }),
        Learn("recompute", Run, "true|false",
            "For very long texts: keep only some states and recompute the others. Memory grows with the square root of the "
            + "length, a step takes a third longer. Needs --bidirectional false. Default: false.",
            (t, v) => t with { Recompute = Flag(v) }) with { Unless = [NotRecurrent] },
        Learn("budget", Run, "TIME",
            "Stop, with the best weights so far, so that all is done after 90s, 5m, 1h or 1h30m: reading, training, scores.",
            (t, v) => t with { Budget = Duration(v) }),
        Seed,
        Learn("threads", Run, "N", "The number of threads; 0 for one per core. The result does not depend on it. Default: 0.",
            (t, v) => t with { Threads = Whole(v) }) with { IsUnrecorded = true },
        new("out", Run, "FILE", "The model file to write. Default: the data's name with .safetensors, in the current directory.",
            (s, v) => s with { OutFile = v }) { IsUnrecorded = true },
        new("checkpoint", Run, "DIR|none",
            "Where the state of the run is kept until the model file is written, so that --resume can continue it. Default: "
            + "the model file's name with .checkpoint.", (s, v) => s with { CheckpointDirectory = v }) { IsUnrecorded = true },
        new("checkpoint-every", Run, "TIME", "How often the state is saved: 30s, 10m. It is also saved on Ctrl-C. Default: 1m.",
            (s, v) => s with { CheckpointInterval = Duration(v) })
        {
            IsUnrecorded = true,
            Unless =
            [
                use => use.Settings.CheckpointDirectory == "none" ? "with --checkpoint none no state is kept" : null,
            ],
        },
        .. s_records,
        new("lens-every", Run, "N",
            "Every N steps, measure how far back the gradient reaches and how the gates behave, as 'recurant lens' does. 100 "
            + "is a good start. Default: never.",
            (s, v) => s with { LensEvery = LensSteps(v) }) { IsUnrecorded = true, Unless = [NotRecurrent] },
    ];

    /// <summary>Whether an option says what is learnt how, and not only where something is written.</summary>
    public static bool IsForCommand(Setting setting) =>
        setting.Group != Record && setting.Name is not ("out" or "checkpoint" or "checkpoint-every");

    private static Setting Learn(
        string name, string group, string value, string help, Func<TrainingOptions, string, TrainingOptions> set) =>
        new(name, group, value, help, (s, v) => s.Learning(t => set(t, v)));

    private static Setting OfLanguage(
        string name, string group, string value, string help, Func<LanguageModelOptions, string, LanguageModelOptions> set) =>
        new(name, group, value, help, (s, v) => s with { Language = set(s.Language, v) });

    private static Setting OfFeatures(
        string name, string value, string help, Func<SoundFeatureSpec, string, SoundFeatureSpec> set) =>
        new(name, Sound, value, help, (s, v) => s with
        {
            Series = s.Series with
            {
                Features = set(s.Series.Features ?? new SoundFeatureSpec { MelBands = SoundFeatureSpec.UsualBands }, v),
            },
        });

    private static Setting OfMusic(string name, string value, string help, Func<NotesOptions, string, NotesOptions> set) =>
        new(name, Music, value, help, (s, v) => s with { Music = set(s.Music, v) });

    private static Setting OfSpeech(
        string name, string value, string help, Func<TranscriberOptions, string, TranscriberOptions> set) =>
        new(name, Sound, value, help, (s, v) => s with { Speech = Checked(set(s.Speech, v)) });

    private static TranscriberOptions Checked(TranscriberOptions options)
    {
        options.Validate();
        return options;
    }

    private static Setting OfNumbers(
        string name, string value, string help, Func<SeriesSettings, string, SeriesSettings> set) =>
        new(name, Numbers, value, help, (s, v) => s with { Series = set(s.Series, v) });

    private static Setting OfForecast(
        string name, string value, string help, Func<ForecastOptions, string, ForecastOptions> set) =>
        new(name, Forecasting, value, help, (s, v) => s with
        {
            Series = s.Series with { Forecast = Checked(set(s.Series.Forecast, v)) },
        });

    private static Setting OfSequences(
        string name, string value, string help, Func<SequenceOptions, string, SequenceOptions> set) =>
        new(name, Sequences, value, help, (s, v) => s with
        {
            Series = s.Series with { Sequence = set(s.Series.Sequence, v) },
        });

    private static ForecastOptions Checked(ForecastOptions options)
    {
        options.Validate();
        return options;
    }

    /// <summary>A number of rows, or a day.</summary>
    private static string RowsOrDay(string value) =>
        int.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out int rows) && rows >= 0
            || DateTime.TryParse(
                value, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out _)
            ? value : throw Expected(value, "a number of rows, or a day such as 2011-01-01");

    private static Setting OfTranslator(
        string name, string group, string value, string help, Func<TranslatorTrainingOptions, string,
            TranslatorTrainingOptions> set) =>
        new(name, group, value, help, (s, v) => s with { Translation = set(s.Translation, v) });

    /// <summary>Subwords are for language models alone.</summary>
    private static TrainSettings SetUnit(TrainSettings settings, TokenUnit unit) =>
        (unit == TokenUnit.Subword ? settings : settings.Learning(t => t with { Unit = unit })) with
        {
            Language = settings.Language with { Unit = unit },
        };

    private static TrainSettings SetValidation(TrainSettings settings, string value) =>
        double.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out double fraction) && !File.Exists(value)
            ? (settings with { ValidationFile = null }).Learning(t => t with { ValidationFraction = fraction })
            : settings with { ValidationFile = value };

    private static int LensSteps(string value) => Whole(value) is >= 2 and var steps
        ? steps
        : throw new FormatException($"\"{value}\" is too often; the least is 2.");

    /// <summary>Settings of recurrent layers, which other kinds of classifier do not have.</summary>
    private static Idle? NotRecurrent(SettingUse use) => use.Settings.Training.Model == ModelKind.Recurrent
        ? null
        : $"--model {Choices.NameOf(use.Settings.Training.Model)} has no recurrent layers";

    /// <summary>Settings of hidden layers, which a bag of words does not have either.</summary>
    private static Idle? IsBagOfWords(SettingUse use) => use.Settings.Training.Model != ModelKind.BagOfWords
        ? null
        : "a bag of words has no hidden layers and no word vectors";

    private static Idle? FixedActivation(SettingUse use) => use.Cell is { HasActivation: false } cell
        ? new($"the activations of the cell {cell.Name} are fixed",
            $"Leave it out, or choose the cell {CellsWith(entry => entry.HasActivation)}")
        : null;

    /// <summary>"elman, indrnn or lru".</summary>
    private static string CellsWith(Func<CellEntry, bool> which) =>
        SettingUse.Listed([.. CellCatalogue.All.Where(which).Select(entry => entry.Name)], "or");
}
