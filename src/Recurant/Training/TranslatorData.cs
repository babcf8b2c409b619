using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Numerics;

namespace Recurant.Training;

/// <summary>Pairs of texts turned into numbers, and the model they are for.</summary>
internal sealed class TranslatorData
{
    /// <summary>The most validation pairs that are translated after every epoch.</summary>
    private const int MostValidation = 1000;

    public required TranslatorModel Model { get; init; }

    public required TranslatorPlan Plan { get; init; }

    public required int[][] Sources { get; init; }

    public required int[][] Targets { get; init; }

    public required PairDataset Validation { get; init; }

    /// <summary>Training pairs that are too long.</summary>
    public required int PairsLeftOut { get; init; }

    /// <summary>The fingerprints of the pairs before they were divided; empty where no checkpoints are kept.</summary>
    public string PairsGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    public static TranslatorData Make(PairDataset all, PairDataset? validation, TranslatorTrainingOptions options)
    {
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

        (TextPieces source, TextPieces target) = MakePieces(train, options);
        TranslatorPlan plan = TranslatorPlan.For(options, train.Count, new TranslatorSpec
        {
            SourceVocabularySize = source.Count + 1,
            TargetVocabularySize = target.Count + 1,
            Attention = options.Attention,
            Tied = options.Tied ?? TiedVectors.Output,
        });
        var model = new TranslatorModel(plan.Spec, source, target);
        int[][] sources = [.. train.Pairs.Select(pair => source.Encode(pair.Source))];
        int[][] targets = [.. train.Pairs.Select(pair => target.Encode(pair.Target))];
        // One more for the mark.
        int[] kept = [.. Enumerable.Range(0, sources.Length).Where(
            i => sources[i].Length <= options.MaximumPieces + 1 && targets[i].Length <= options.MaximumPieces + 1)];
        if (kept.Length == 0)
        {
            throw new InvalidDataException(
                $"{train.Name}: all {train.Count} pairs have more than {options.MaximumPieces} pieces on one side. Cut the texts "
                + "into sentences, or raise MaximumPieces (--max-tokens on the command line).");
        }

        (sources, targets) = ([.. kept.Select(i => sources[i])], [.. kept.Select(i => targets[i])]);
        model.Network.Initialise(options.Seed);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Cells, options.Seed);
        model.Network.StartOutput(targets, plan.LabelSmoothing);
        return new TranslatorData
        {
            Model = model,
            Plan = plan,
            Sources = sources,
            Targets = targets,
            Validation = checkedWith.Count <= MostValidation
                ? checkedWith
                : PairSplit.Random(checkedWith, (double)MostValidation / checkedWith.Count, seed: 0).Second,
            PairsLeftOut = train.Count - kept.Length,
            PairsGiven = pairsGiven,
            ValidationGiven = validationGiven,
        };
    }

    private static (TextPieces Source, TextPieces Target) MakePieces(PairDataset train, TranslatorTrainingOptions options)
    {
        int subwords = options.Subwords ?? TranslatorPlan.SubwordsFor(train.Count);
        IEnumerable<string> sources = train.Pairs.Select(pair => pair.Source), targets = train.Pairs.Select(pair => pair.Target);
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

        PairDataset Part(bool second) => new(data.Name, [.. data.Pairs.Where((_, i) => isSecond[i] == second)]);
    }
}
