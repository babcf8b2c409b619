namespace Recurant.Tasks;

/// <summary>Trains language models: networks that predict the next token of a text.</summary>
public static class LanguageModelTrainer
{
    /// <summary>Trains a model.</summary>
    /// <remarks>Where no text is given to validate with, the end of the text is set aside.</remarks>
    /// <inheritdoc cref="ClassifierTrainer.Train"/>
    public static TrainingResult<LanguageModel, LanguageScore> Train(
        PlainText train, LanguageModelOptions? options = null, PlainText? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new LanguageModelOptions();
        options.Validate();
        return TrainingRun.Of<LanguageModel, LanguageScore>(options, progress, cancellation, (workers, work) =>
        {
            PreparedText data = PreparedText.Make(train, validation, options, work);
            return (data.Model, data.Plan, new LanguageModelTask(data, workers));
        });
    }

    /// <summary>Scores a model on a text.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">The text; its first token is predicted from the end of a line.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it.</param>
    /// <param name="cancellation">Looked at between windows.</param>
    /// <param name="progress">Told how much is scored.</param>
    /// <exception cref="InvalidDataException">The text is empty.</exception>
    public static LanguageScore Evaluate(
        LanguageModel model, PlainText text, int threads = 0, CancellationToken cancellation = default,
        IProgress<PhaseProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        PhaseWork work = PhaseWork.Of(progress, cancellation);
        TokenSequence tokens = model.Encoder.Pack(text, work);
        if (tokens.Count < 2) throw new InvalidDataException($"{text.Name}: there is no text to score the model on.");
        Workers workers = Workers.Asked(threads);
        var scorer = new LanguageScorer(model.Network, workers, model.Network.CreateMemory());
        return new LanguageScore
        {
            Loss = scorer.Loss(tokens, tokens, work: work), Tokens = tokens.Count - 1, Characters = RunningText.Characters(text),
            Unit = model.Spec.Unit,
        };
    }

    /// <summary>Cuts a text as <see cref="Train"/> does when it is given none for validation.</summary>
    /// <param name="text">The text, which is not shuffled.</param>
    /// <param name="share">
    /// The share of all characters to set aside, 0 to 1. Whole lines are, from the end; but a line so long that half as much
    /// again would be set aside is cut, at a blank where it has one.
    /// </param>
    public static (PlainText Train, PlainText Validation) SetEndAside(PlainText text, double share)
    {
        ArgumentNullException.ThrowIfNull(text);
        long total = text.Lines.Sum(line => (long)line.Length + 1), wanted = (long)(total * share), taken = 0;
        int first = text.Count;
        while (first > 0 && taken < wanted) taken += text.Lines[--first].Length + 1;
        if (taken - wanted > wanted / 2 && wanted > 0)
        {
            string line = text.Lines[first];
            int cut = CutNear(line, (int)(taken - wanted));
            return (
                new PlainText(text.Name, [.. text.Lines.Take(first), line[..cut].TrimEnd()]),
                new PlainText(text.Name, [line[cut..], .. text.Lines.Skip(first + 1)]));
        }

        return (text.Part(0, first), text.Part(first, text.Count));
    }

    /// <summary>
    /// Behind the last blank before a place, if one is not far; else the place, or the one beside it in a pair.
    /// </summary>
    private static int CutNear(string line, int place)
    {
        const int Far = 200;
        place = Math.Min(place, line.Length);
        for (int i = place; i > Math.Max(0, place - Far); i--)
        {
            if (char.IsWhiteSpace(line[i - 1])) return i;
        }

        return place > 0 && place < line.Length && char.IsLowSurrogate(line[place]) ? place - 1 : place;
    }
}

/// <summary>A text turned into numbers, and the model it is for.</summary>
internal sealed class PreparedText
{
    private const int FewestTokens = 20;

    /// <summary>Tokens that are characters are so many times as many as words, and each takes as long.</summary>
    private const int CharactersOfWord = 5;

    public required LanguageModel Model { get; init; }

    public required LanguageModelPlan Plan { get; init; }

    /// <summary>The tokens, the end of a line before them.</summary>
    public required IReadOnlyList<int> Train { get; init; }

    public required IReadOnlyList<int> Validation { get; init; }

    public required long ValidationCharacters { get; init; }

    /// <summary>The same before the text was cut for want of time.</summary>
    public long ValidationGivenCharacters { get; init; }

    /// <summary>The fingerprints of the texts; empty where no checkpoints are kept.</summary>
    public string TextGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    /// <summary>What decides the bits of the run.</summary>
    public List<(string Name, string Value)> Identity() =>
    [
        RunIdentity.Version,
        ("text", TextGiven),
        ("validation text", ValidationGiven),
        RunIdentity.Of("Seed", Plan.Seed),
        .. PlanText.Of(Plan, PlanContext.Default.LanguageModelPlan),
        ("vocabulary", RunIdentity.Of(Model.Vocabulary)),
        ("weights at the start", RunIdentity.Of(Model.Parameters)),
    ];

    public static PreparedText Make(
        PlainText all, PlainText? validation, LanguageModelOptions options, PhaseWork? work = null)
    {
        work ??= PhaseWork.Unwatched;
        bool isFingerprinted = options.Checkpoint is not null;
        string textGiven = isFingerprinted ? RunIdentity.Of(all) : "";
        string validationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : RunIdentity.Of(validation);
        (PlainText train, validation) = validation is null
            ? LanguageModelTrainer.SetEndAside(all, options.ValidationFraction)
            : (all, validation);
        TokenUnit unit = options.Unit ?? (RunningText.IsTokenised(all) ? TokenUnit.Word : TokenUnit.Character);
        BytePairEncoding? subwords = unit == TokenUnit.Subword ? LearnSubwords(train, options, work) : null;
        Vocabulary vocabulary = subwords is not null ? RunningText.TokensOf(subwords) : Vocabulary.Build(
            RunningText.Count(train, unit, options.Lowercase, work, PreparedData.VocabularyPhase),
            options.MinimumCount ?? 1, options.MaximumVocabulary);
        LanguageModelPlan plan = LanguageModelPlan.For(options, unit, vocabulary.Count);
        var model = new LanguageModel(plan.Spec, vocabulary, subwords);
        long given = RunningText.Characters(validation);
        if (TimeShare.ValidationCharacters(options.Budget) is { } most)
        {
            validation = Beginning(validation, unit == TokenUnit.Character ? most / CharactersOfWord : most);
        }

        TokenSequence tokens = model.Encoder.Pack(train, work), held = model.Encoder.Pack(validation, work);
        Require(tokens.Count, all.Name, "to learn from");
        Require(held.Count, validation.Name, "to check the model with");
        long characters = RunningText.Characters(validation);
        TimeShare.Release(options.ReleasesData, all.Lines, validation.Lines);
        // Of a short text fewer parts: a part must at least fill a window.
        int batch = Math.Clamp(tokens.Count / (2 * plan.Window), 1, plan.Batch);
        plan = plan with { Batch = batch, Window = Math.Min(plan.Window, tokens.Count / 2) };
        model.Network.Initialise(options.Seed);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Stack.Cells, options.Seed);
        return new PreparedText
        {
            Model = model, Plan = plan, Train = tokens, Validation = held, TextGiven = textGiven,
            ValidationGiven = validationGiven, ValidationCharacters = characters, ValidationGivenCharacters = given,
        };
    }

    private static BytePairEncoding LearnSubwords(PlainText train, LanguageModelOptions options, PhaseWork work)
    {
        int merges = options.Subwords ?? LanguageModelPlan.SubwordsFor(RunningText.Characters(train));
        IEnumerable<string> lines = work.Over(PreparedData.VocabularyPhase, train.Lines);
        if (options.Lowercase) lines = lines.Select(LetterCase.ToLower);
        return BytePairEncoding.Learn(lines, merges, options.MinimumCount ?? 1);
    }

    /// <summary>The first lines, of about so many characters; running text is not drawn from.</summary>
    private static PlainText Beginning(PlainText text, long characters)
    {
        int lines = 0;
        for (long left = characters; lines < text.Count && left > 0; lines++) left -= text.Lines[lines].Length + 1;
        return text.Part(0, lines);
    }

    private static void Require(int tokens, string name, string purpose)
    {
        if (tokens <= FewestTokens)
        {
            throw new InvalidDataException(
                $"{name}: {tokens - 1} tokens are too few {purpose}; a language model needs at least {FewestTokens}, and "
                + "tens of thousands to be of any use. Give more text.");
        }
    }
}
