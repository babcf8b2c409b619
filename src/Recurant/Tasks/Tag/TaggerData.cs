namespace Recurant.Tasks;

/// <summary>Tagged sentences turned into numbers, and the model they are for.</summary>
internal sealed class TaggerData
{
    public required TaggerModel Model { get; init; }

    public required TaggerPlan Plan { get; init; }

    /// <summary>The forms that the numbers of all sentences speak of.</summary>
    public required WordForms Forms { get; init; }

    public required TokenRows Train { get; init; }

    public required TokenRows TrainTags { get; init; }

    public required TokenRows Validation { get; init; }

    /// <summary>The sentences of <see cref="Validation"/>, with their tags.</summary>
    public required TaggedDataset ValidationData { get; init; }

    /// <summary>How many validation sentences there were before some were chosen for want of time.</summary>
    public int ValidationGivenRows { get; init; }

    public int? VectorsFound { get; init; }

    /// <summary>The fingerprints of the sentences before they were divided; empty where no checkpoints are kept.</summary>
    public string SentencesGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    public static TaggerData Make(
        TaggedDataset all, TaggedDataset? validation, TaggerTrainingOptions options, PhaseWork? work = null)
    {
        work ??= PhaseWork.Unwatched;
        Check(all, validation);
        bool isFingerprinted = options.Checkpoint is not null;
        string sentencesGiven = isFingerprinted ? RunIdentity.Of(all) : "";
        string validationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : RunIdentity.Of(validation);
        (TaggedDataset train, TaggedDataset checkedWith) = validation is null
            ? TaggedSplit.Random(all, options.ValidationFraction, options.Seed, work)
            : (all, validation);
        if (checkedWith.Count == 0)
        {
            throw new InvalidDataException(
                $"{all.Name}: {all.Count} sentences are too few, or too much alike, to set some aside for validation. "
                + "Give more, or sentences of their own to validate with (--valid on the command line).");
        }

        int given = checkedWith.Count;
        if (TimeShare.ValidationCharacters(options.Budget) is { } most)
        {
            TaggedDataset whole = checkedWith;
            checkedWith = whole.Subset(DatasetSample.Rows(
                whole.Count, row => whole.Sentences[row].Words.Sum(word => 1L + word.Length), most));
        }

        // The sentences themselves are looked at again whenever the model is scored.
        if (options.ReleasesData) checkedWith = new TaggedDataset(checkedWith.Name, [.. checkedWith.Sentences]);
        Vocabulary counted = Vocabulary.Build(
            work.Over(PreparedData.VocabularyPhase, train.Sentences).Select(sentence => Normalised(sentence, options.Lowercase)),
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

        TokenRows held = TokenRows.Of(work.Over("encoding", checkedWith.Sentences).Select(sentence => forms.Encode(sentence.Words)));
        TimeShare.Release(options.ReleasesData, all.Sentences, validation?.Sentences);
        return new TaggerData
        {
            Model = model,
            Plan = plan,
            Forms = forms,
            Train = encoded,
            TrainTags = tags,
            Validation = held,
            ValidationData = checkedWith,
            ValidationGivenRows = given,
            SentencesGiven = sentencesGiven,
            ValidationGiven = validationGiven,
            VectorsFound = options.Vectors is { } vectors
                ? VectorWords.Use(model.Network.WordVectors, vocabulary, vectors, options.FreezeVectors)
                : null,
        };
    }

    private static void Check(TaggedDataset all, TaggedDataset? validation)
    {
        if (all.Count == 0) throw new InvalidDataException($"{all.Name}: there are no sentences to train on.");
        if (all.Tags.Count == 1)
        {
            throw new InvalidDataException(
                $"{all.Name}: all {all.WordCount} words have the tag \"{all.Tags[0]}\". A tagger needs at least two tags: "
                + "name the right column as that of the tags (--tag-column on the command line).");
        }

        if (validation is { Count: 0 })
        {
            throw new InvalidDataException(
                $"{validation.Name}: there are no sentences to check the model with. Give at least one.");
        }
    }

    private static List<string> Normalised(TaggedSentence sentence, bool lowercase) =>
        [.. sentence.Words.Select(word => WordForms.Normalise(word, lowercase))];
}
