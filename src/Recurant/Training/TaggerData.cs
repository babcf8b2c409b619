using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;

namespace Recurant.Training;

/// <summary>Tagged sentences turned into numbers, and the model they are for.</summary>
internal sealed class TaggerData
{
    public required TaggerModel Model { get; init; }

    public required TaggerPlan Plan { get; init; }

    /// <summary>The forms that the numbers of all sentences speak of.</summary>
    public required WordForms Forms { get; init; }

    public required int[][] Train { get; init; }

    public required int[][] TrainTags { get; init; }

    public required int[][] Validation { get; init; }

    /// <summary>The sentences of <see cref="Validation"/>, with their tags.</summary>
    public required TaggedDataset ValidationData { get; init; }

    public int? VectorsFound { get; init; }

    /// <summary>The fingerprints of the sentences before they were divided; empty where no checkpoints are kept.</summary>
    public string SentencesGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    public static TaggerData Make(TaggedDataset all, TaggedDataset? validation, TaggerTrainingOptions options)
    {
        Check(all, validation);
        bool isFingerprinted = options.Checkpoint is not null;
        string sentencesGiven = isFingerprinted ? RunIdentity.Of(all) : "";
        string validationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : RunIdentity.Of(validation);
        (TaggedDataset train, TaggedDataset checkedWith) = validation is null
            ? TaggedSplit.Random(all, options.ValidationFraction, options.Seed)
            : (all, validation);
        if (checkedWith.Count == 0)
        {
            throw new InvalidDataException(
                $"{all.Name}: {all.Count} sentences are too few, or too much alike, to set some aside for validation. "
                + "Give more, or sentences of their own to validate with (--valid on the command line).");
        }

        Vocabulary counted = Vocabulary.Build(
            train.Sentences.Select(sentence => Normalised(sentence, options.Lowercase)), options.MinimumCount ?? 1,
            options.MaximumVocabulary);
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
        return new TaggerData
        {
            Model = model,
            Plan = plan,
            Forms = forms,
            Train = [.. train.Sentences.Select(sentence => forms.Encode(sentence.Words))],
            TrainTags = [.. train.Sentences.Select(sentence => model.NumbersOf(sentence.Tags))],
            Validation = [.. checkedWith.Sentences.Select(sentence => forms.Encode(sentence.Words))],
            ValidationData = checkedWith,
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
