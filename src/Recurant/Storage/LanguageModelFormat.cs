using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>A language model in a model file: its specification, and its tokens or subwords.</summary>
internal sealed class LanguageModelFormat : ModelFormat
{
    public override string Task => TaskNames.LanguageModel;

    public override bool Fits(TrainedModel model) => model is LanguageModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var language = (LanguageModel)model;
        AddSpecification(writer, language.Spec, SpecificationContext.Default.LanguageModelSpec);
        if (language.Encoder.Subwords is { } subwords)
        {
            PiecesFormat.Write(writer, new SubwordPieces(subwords));
            return;
        }

        writer.AddMetadata(ModelMetadata.VocabularyKey, StringListJson.Write(language.Vocabulary.Words));
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        LanguageModelSpec spec = metadata.Specification(SpecificationContext.Default.LanguageModelSpec);
        if (spec.Unit == TokenUnit.Subword)
        {
            BytePairEncoding subwords = PiecesFormat.ReadSubwords(metadata, added: 2, spec.VocabularySize, "vocabulary_size");
            return metadata.Parse(
                ModelMetadata.SpecificationKey, _ => new LanguageModel(spec, RunningText.TokensOf(subwords), subwords));
        }

        Vocabulary vocabulary = metadata.Parse(
            ModelMetadata.VocabularyKey, json => new Vocabulary(StringListJson.Read(json)));
        metadata.RequireCount(ModelMetadata.VocabularyKey, vocabulary.Count, "vocabulary_size", spec.VocabularySize);
        return metadata.Parse(ModelMetadata.SpecificationKey, _ => new LanguageModel(spec, vocabulary));
    }

    public override ModelDescription Describe(TrainedModel model)
    {
        var language = (LanguageModel)model;
        string capitals = language.Spec.Lowercase ? "as small letters" : "as they are";
        return new ModelDescription
        {
            Task = model.Task,
            Summary = model.Summary,
            Tokens = language.Vocabulary.Count,
            Reading = $"{language.Spec.UnitName}; reads capitals {capitals}",
            Labels = [],
            Layers = model.Describe(),
            TrainingRecord = model.TrainingRecord,
        };
    }
}
