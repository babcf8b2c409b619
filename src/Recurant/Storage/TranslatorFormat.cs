using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>
/// A translator in a model file: its specification; and the subwords of both sides, or the words of each.
/// </summary>
internal sealed class TranslatorFormat : ModelFormat
{
    private const string OfSource = "source_";

    public override string Task => TaskNames.Translate;

    public override bool Fits(TrainedModel model) => model is TranslatorModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var translator = (TranslatorModel)model;
        AddSpecification(writer, translator.Spec, SpecificationContext.Default.TranslatorSpec);
        PiecesFormat.Write(writer, translator.Target);
        if (!ReferenceEquals(translator.Source, translator.Target)) PiecesFormat.Write(writer, translator.Source, OfSource);
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        TranslatorSpec spec = metadata.Specification(SpecificationContext.Default.TranslatorSpec);
        TextPieces target = PiecesFormat.Read(metadata, spec.TargetVocabularySize, "target_vocabulary_size");
        TextPieces source = spec.Tied == TiedVectors.All
            ? target
            : PiecesFormat.Read(metadata, spec.SourceVocabularySize, "source_vocabulary_size", OfSource);
        return metadata.Parse(ModelMetadata.SpecificationKey, _ => new TranslatorModel(spec, source, target));
    }

    public override ModelDescription Describe(TrainedModel model)
    {
        var translator = (TranslatorModel)model;
        string reading = translator.Target is SubwordPieces ? "subwords" : "whole words";
        return new ModelDescription
        {
            Task = model.Task,
            Summary = model.Summary,
            Tokens = translator.Target.Count,
            Reading = $"{reading}; reads capitals as they are",
            Labels = [],
            Layers = model.Describe(),
            TrainingRecord = model.TrainingRecord,
        };
    }
}

/// <summary>The pieces of texts in the metadata of a model file.</summary>
internal static class PiecesFormat
{
    private const string CharactersKey = "subword_characters", MergesKey = "subword_merges";

    /// <summary>Adds the pieces under keys with a prefix.</summary>
    public static void Write(SafetensorsWriter writer, TextPieces pieces, string prefix = "")
    {
        if (pieces is SubwordPieces { Encoding: { } encoding })
        {
            writer.AddMetadata(prefix + CharactersKey, StringListJson.Write(encoding.Characters));
            writer.AddMetadata(prefix + MergesKey, StringListJson.Write(encoding.Merges));
            return;
        }

        writer.AddMetadata(prefix + ModelMetadata.VocabularyKey, StringListJson.Write(((WordPieces)pieces).Words.Words));
    }

    /// <summary>Reads the pieces; with the end mark there must be as many as the specification says.</summary>
    public static TextPieces Read(ModelMetadata metadata, int expected, string property, string prefix = "")
    {
        string wordsKey = prefix + ModelMetadata.VocabularyKey;
        if (metadata.Has(prefix + MergesKey)) return new SubwordPieces(ReadSubwords(metadata, 1, expected, property, prefix));
        Vocabulary words = metadata.Parse(wordsKey, json => new Vocabulary(StringListJson.Read(json)));
        metadata.RequireCount(wordsKey, words.Count + 1, property, expected);
        return new WordPieces(words);
    }

    /// <summary>Reads subwords; with so many tokens added there must be as many as the specification says.</summary>
    public static BytePairEncoding ReadSubwords(
        ModelMetadata metadata, int added, int expected, string property, string prefix = "")
    {
        List<string> characters = metadata.Strings(prefix + CharactersKey);
        BytePairEncoding encoding = metadata.Parse(
            prefix + MergesKey, json => new BytePairEncoding(characters, StringListJson.Read(json)));
        metadata.RequireCount(prefix + MergesKey, encoding.Count + added, property, expected);
        return encoding;
    }
}
