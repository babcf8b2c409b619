namespace Recurant.Tasks;

/// <summary>Pairs of texts turned into numbers, and the model they are for.</summary>
internal sealed class TranslatorData
{
    /// <summary>The most validation pairs that are translated after every epoch.</summary>
    private const int MostValidation = 1000;

    /// <summary>Writing a translation takes as long as reading so many times its characters.</summary>
    public const long CharactersOfTranslation = 20;

    public required TranslatorModel Model { get; init; }

    public required TranslatorPlan Plan { get; init; }

    public required TokenRows Sources { get; init; }

    public required TokenRows Targets { get; init; }

    public required PairDataset Validation { get; init; }

    /// <summary>How many validation pairs there were before some were chosen for want of time.</summary>
    public int ValidationGivenRows { get; init; }

    /// <summary>Training pairs that are too long.</summary>
    public required int PairsLeftOut { get; init; }

    /// <summary>The fingerprints of the pairs before they were divided; empty where no checkpoints are kept.</summary>
    public string PairsGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    public static TranslatorData Make(
        PairDataset all, PairDataset? validation, TranslatorTrainingOptions options, PhaseWork? work = null)
    {
        work ??= PhaseWork.Unwatched;
        if (all.Count == 0) throw new InvalidDataException($"{all.Name}: there are no pairs to train on.");
        if (validation is { Count: 0 })
        {
            throw new InvalidDataException($"{validation.Name}: there are no pairs to check the model with. Give at least one.");
        }

        bool isFingerprinted = options.Checkpoint is not null;
        string pairsGiven = isFingerprinted ? RunIdentity.Of(all) : "";
        string validationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : RunIdentity.Of(validation);
        (PairDataset train, PairDataset checkedWith) = validation is null
            ? PairSplit.Random(all, options.ValidationFraction, options.Seed)
            : (all, validation);
        if (checkedWith.Count == 0)
        {
            throw new InvalidDataException(
                $"{all.Name}: {all.Count} pairs are too few, or too much alike, to set some aside for validation. "
                + "Give more, or pairs of their own to validate with (--valid on the command line).");
        }

        (TextPieces source, TextPieces target) = MakePieces(train, options, work);
        TranslatorPlan plan = TranslatorPlan.For(options, train.Count, new TranslatorSpec
        {
            SourceVocabularySize = source.Count + 1,
            TargetVocabularySize = target.Count + 1,
            Attention = options.Attention,
            Tied = options.Tied ?? TiedVectors.Output,
        });
        var model = new TranslatorModel(plan.Spec, source, target);
        TokenRows sources = new(), targets = new();
        foreach (TextPair pair in work.Over("encoding", train.Pairs))
        {
            int[] read = source.Encode(pair.Source), written = target.Encode(pair.Target);
            // One more for the mark.
            if (Math.Max(read.Length, written.Length) > options.MaximumPieces + 1) continue;
            sources.Add(read);
            targets.Add(written);
        }

        if (sources.Count == 0)
        {
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} pairs have more than {options.MaximumPieces} pieces on one side. Cut the texts "
                + "into sentences, or raise MaximumPieces (--max-tokens on the command line).");
        }

        model.Network.Initialise(options.Seed);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Cells, options.Seed);
        model.Network.StartOutput(targets, plan.LabelSmoothing);
        checkedWith = checkedWith.Count <= MostValidation
            ? checkedWith
            : PairSplit.Random(checkedWith, (double)MostValidation / checkedWith.Count, seed: 0).Second;
        int given = checkedWith.Count;
        if (TimeShare.ValidationCharacters(options.Budget) is { } most)
        {
            PairDataset whole = checkedWith;
            checkedWith = whole.Subset(DatasetSample.Rows(
                whole.Count, row => CharactersOfTranslation * whole.Pairs[row].Target.Length, most));
        }

        if (options.ReleasesData) checkedWith = new PairDataset(checkedWith.Name, [.. checkedWith.Pairs]);
        TimeShare.Release(options.ReleasesData, all.Pairs, validation?.Pairs);
        return new TranslatorData
        {
            Model = model,
            Plan = plan,
            Sources = sources,
            Targets = targets,
            Validation = checkedWith,
            ValidationGivenRows = given,
            PairsLeftOut = train.Count - sources.Count,
            PairsGiven = pairsGiven,
            ValidationGiven = validationGiven,
        };
    }

    private static (TextPieces Source, TextPieces Target) MakePieces(
        PairDataset train, TranslatorTrainingOptions options, PhaseWork work)
    {
        int subwords = options.Subwords ?? TranslatorPlan.SubwordsFor(train.Count);
        IEnumerable<string> sources = work.Over(PreparedData.VocabularyPhase, train.Pairs).Select(pair => pair.Source),
            targets = work.Over(PreparedData.VocabularyPhase, train.Pairs).Select(pair => pair.Target);
        if (options.Tied != TiedVectors.All) return (Make(sources), Make(targets));
        TextPieces both = Make(sources.Concat(targets));
        return (both, both);

        TextPieces Make(IEnumerable<string> texts) => subwords > 0
            ? new SubwordPieces(BytePairEncoding.Learn(texts, subwords))
            : new WordPieces(Vocabulary.Build(
                texts.Select(WordPieces.SegmentsOf), options.MinimumCount ?? 2, options.MaximumVocabulary));
    }
}

/// <summary>Divides pairs at random.</summary>
internal static class PairSplit
{
    /// <summary>Two parts, each in the order of the whole.</summary>
    /// <param name="data">The pairs.</param>
    /// <param name="secondFraction">The share of the second part.</param>
    /// <param name="seed">The same seed divides the same way.</param>
    public static (PairDataset First, PairDataset Second) Random(PairDataset data, double secondFraction, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        new Philox(seed, RandomPurpose.Splitting).Shuffle(order);
        int count = Math.Min(data.Count - 1, (int)Math.Ceiling(secondFraction * data.Count));
        var isSecond = new bool[data.Count];
        foreach (int i in order.AsSpan(0, Math.Max(0, count))) isSecond[i] = true;
        return (Part(false), Part(true));

        PairDataset Part(bool second) => data.Subset([.. Enumerable.Range(0, data.Count).Where(i => isSecond[i] == second)]);
    }
}
