namespace Recurant.Tasks;

/// <summary>Tagged sentences turned into numbers, and the model they are for.</summary>
internal sealed class TaggerData
{
    private static readonly DataKind<TaggedDataset> s_kind = new(
        "sentences", data => data.Name, data => data.Count, (data, rows) => data.Subset(rows), RunIdentity.Of,
        (data, row) => data.Sentences[row].Words.Sum(word => 1L + word.Length))
    {
        Split = TaggedSplit.Random,
    };

    public required TaggerModel Model { get; init; }

    public required TaggerPlan Plan { get; init; }

    /// <summary>The sentences with their tags as they were divided.</summary>
    public required DividedData<TaggedDataset> Divided { get; init; }

    /// <summary>The forms that the numbers of all sentences speak of.</summary>
    public required WordForms Forms { get; init; }

    public required TokenRows Train { get; init; }

    public required TokenRows TrainTags { get; init; }

    public required TokenRows Validation { get; init; }

    public int? VectorsFound { get; init; }

    public static TaggerData Make(
        TaggedDataset all, TaggedDataset? validation, TaggerTrainingOptions options, PhaseWork? work = null)
    {
        work ??= PhaseWork.Unwatched;
        if (all.Tags.Count == 1)
        {
            throw new InvalidDataException(
                $"{all.Name}: all {all.WordCount} words have the tag \"{all.Tags[0]}\". A tagger needs at least two tags: "
                + "name the right column as that of the tags (--tag-column on the command line).");
        }

        DividedData<TaggedDataset> divided = s_kind.Divide(all, validation, options, work);
        TaggedDataset train = divided.Train, held = divided.Validation;
        // The sentences themselves are looked at again whenever the model is scored.
        if (options.ReleasesData) held = new TaggedDataset(held.Name, [.. held.Sentences]);
        Vocabulary counted = Vocabulary.Build(
            work.Over(PreparedData.VocabularyPhase, train.Sentences).Select(
                sentence => WordForms.Normalise(sentence.Words, options.Lowercase)),
            options.MinimumCount ?? 1, options.MaximumVocabulary);
        Vocabulary vocabulary = options.Vectors is { } extra
            ? VectorWords.Add(counted, extra, options.MaximumVocabulary)
            : counted;
        Vocabulary characters = options.Characters == 0
            ? new Vocabulary(["<unk>"])
            : WordForms.CharactersOf(train.Sentences.Select(sentence => sentence.Words));
        TaggerPlan plan = TaggerPlan.For(
            options, train.Count, train.WordCount, all.Tags, vocabulary.Count, characters.Count,
            keepsRules: TagSpan.RulesOf(all)?.Hold ?? true);
        var model = new TaggerModel(plan.Spec, vocabulary, characters, all.Tags);
        model.Network.Initialise(options.Seed);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Stack.Cells, options.Seed);
        WordForms forms = model.NewForms(counted.Counts);
        TokenRows encoded = new(), tags = new();
        foreach (TaggedSentence sentence in work.Over("encoding", train.Sentences))
        {
            encoded.Add(forms.Encode(sentence.Words));
            tags.Add(model.NumbersOf(sentence.Tags));
        }

        TokenRows encodedHeld = TokenRows.Of(
            work.Over("encoding", held.Sentences).Select(sentence => forms.Encode(sentence.Words)));
        TimeShare.Release(options.ReleasesData, all.Sentences, validation?.Sentences);
        return new TaggerData
        {
            Model = model,
            Plan = plan,
            Divided = divided with { Validation = held },
            Forms = forms,
            Train = encoded,
            TrainTags = tags,
            Validation = encodedHeld,
            VectorsFound = options.Vectors is { } vectors
                ? VectorWords.Use(model.Network.WordVectors, vocabulary, vectors, options.FreezeVectors)
                : null,
        };
    }
}
