using Recurant.Cells;
using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>A tagger in a model file: its specification, its words, its characters, its tags.</summary>
internal sealed class TaggerFormat : ModelFormat
{
    public override string Task => TaskNames.Tag;

    public override bool Fits(TrainedModel model) => model is TaggerModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var tagger = (TaggerModel)model;
        AddSpecification(writer, tagger.Spec, SpecificationContext.Default.TaggerSpec);
        writer.AddMetadata(ModelMetadata.VocabularyKey, StringListJson.Write(tagger.Vocabulary.Words));
        writer.AddMetadata(ModelMetadata.CharactersKey, StringListJson.Write(tagger.Characters.Words));
        writer.AddMetadata(ModelMetadata.LabelsKey, StringListJson.Write(tagger.Tags));
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        TaggerSpec spec = metadata.Specification(SpecificationContext.Default.TaggerSpec);
        Vocabulary vocabulary = metadata.Parse(
            ModelMetadata.VocabularyKey, json => new Vocabulary(StringListJson.Read(json)));
        Vocabulary characters = metadata.Parse(ModelMetadata.CharactersKey, json => new Vocabulary(StringListJson.Read(json)));
        List<string> tags = metadata.DistinctStrings(ModelMetadata.LabelsKey, "tag");
        metadata.RequireCount(ModelMetadata.VocabularyKey, vocabulary.Count, "vocabulary_size", spec.VocabularySize);
        metadata.RequireCount(
            ModelMetadata.CharactersKey, characters.Count, "character_vocabulary_size", spec.CharacterVocabularySize);
        metadata.RequireCount(ModelMetadata.LabelsKey, tags.Count, "tags", spec.Tags);
        return metadata.Parse(ModelMetadata.SpecificationKey, _ => new TaggerModel(spec, vocabulary, characters, tags));
    }

    public override ModelDescription Describe(TrainedModel model)
    {
        var tagger = (TaggerModel)model;
        string characters = tagger.Spec.CharacterSize > 0 ? $" and {tagger.Characters.Count} characters" : "";
        return new ModelDescription
        {
            Task = model.Task,
            Summary = model.Summary,
            Tokens = tagger.Vocabulary.Count,
            Reading = $"words{characters}; looks words up {(tagger.Spec.Lowercase ? "in small letters" : "as they are")}",
            Labels = tagger.Tags,
            Layers = model.Describe(),
            TrainingRecord = model.TrainingRecord,
        };
    }
}
