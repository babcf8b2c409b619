namespace Recurant.Tasks;

/// <summary>Pairs of texts turned into numbers, and the model they are for.</summary>
internal sealed class TranslatorData
{
    /// <summary>Writing a translation takes as long as reading so many times its characters.</summary>
    public const long CharactersOfTranslation = 20;

    private static readonly DataKind<PairDataset> s_kind = new(
        "pairs", data => data.Name, data => data.Count, (data, rows) => data.Subset(rows), RunIdentity.Of,
        (data, row) => CharactersOfTranslation * data.Pairs[row].Target.Length)
    {
        MostValidation = 1000,
    };

    public required TranslatorModel Model { get; init; }

    public required TranslatorPlan Plan { get; init; }

    /// <summary>The pairs as they were divided.</summary>
    public required DividedData<PairDataset> Divided { get; init; }

    public required TokenRows Sources { get; init; }

    public required TokenRows Targets { get; init; }

    /// <summary>Training pairs that are too long.</summary>
    public required int PairsLeftOut { get; init; }

    public static TranslatorData Make(
        PairDataset all, PairDataset? validation, TranslatorTrainingOptions options, PhaseWork? work = null)
    {
        work ??= PhaseWork.Unwatched;
        DividedData<PairDataset> divided = s_kind.Divide(all, validation, options, work);
        (PairDataset train, PairDataset held) = (divided.Train, divided.Validation);
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
        if (options.ReleasesData) held = new PairDataset(held.Name, [.. held.Pairs]);
        TimeShare.Release(options.ReleasesData, all.Pairs, validation?.Pairs);
        return new TranslatorData
        {
            Model = model,
            Plan = plan,
            Divided = divided with { Validation = held },
            Sources = sources,
            Targets = targets,
            PairsLeftOut = train.Count - sources.Count,
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
