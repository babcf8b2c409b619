using Recurant.Cells;
using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>A tagger in a model file: its specification, its words, its characters, its tags.</summary>
internal sealed class TaggerFormat : ModelFormat
{
    public override string Task => "tagging";

    public override bool Fits(TrainedModel model) => model is TaggerModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var tagger = (TaggerModel)model;
        TaggerSpec spec = tagger.Spec;
        writer.AddMetadata(ModelMetadata.SpecificationKey, SpecificationText.Write(Task, json =>
        {
            json.WriteNumber("vocabulary_size", spec.VocabularySize);
            json.WriteNumber("tags", spec.Tags);
            json.WriteBoolean("lowercase", spec.Lowercase);
            json.WriteNumber("embedding_size", spec.EmbeddingSize);
            json.WriteNumber("shape_size", spec.ShapeSize);
            json.WriteNumber("character_vocabulary_size", spec.CharacterVocabularySize);
            json.WriteNumber("character_embedding_size", spec.CharacterEmbeddingSize);
            json.WriteNumber("character_size", spec.CharacterSize);
            json.WriteNumber("maximum_characters", spec.MaximumCharacters);
            json.WriteString("cell", SpecificationText.Name(spec.Cell));
            json.WriteString("activation", SpecificationText.Name(spec.Activation));
            json.WriteString("form", SpecificationText.Name(spec.Form));
            json.WriteString("gru_reset", SpecificationText.Name(spec.GruReset));
            json.WriteNumber("forget_bias", spec.ForgetBias);
            json.WriteNumber("hidden_size", spec.HiddenSize);
            json.WriteNumber("layers", spec.Layers);
            json.WriteBoolean("random_field", spec.RandomField);
            json.WriteBoolean("constrained", spec.Constrained);
        }));
        writer.AddMetadata(ModelMetadata.VocabularyKey, StringListJson.Write(tagger.Vocabulary.Words));
        writer.AddMetadata(ModelMetadata.CharactersKey, StringListJson.Write(tagger.Characters.Words));
        writer.AddMetadata(ModelMetadata.LabelsKey, StringListJson.Write(tagger.Tags));
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        TaggerSpec spec = metadata.Parse(ModelMetadata.SpecificationKey, ReadSpecification);
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

    private static TaggerSpec ReadSpecification(string json) => SpecificationText.Read(json, root => new TaggerSpec
    {
        VocabularySize = SpecificationText.Number(root, "vocabulary_size"),
        Tags = SpecificationText.Number(root, "tags"),
        Lowercase = SpecificationText.Flag(root, "lowercase"),
        EmbeddingSize = SpecificationText.Number(root, "embedding_size"),
        ShapeSize = SpecificationText.Number(root, "shape_size"),
        CharacterVocabularySize = SpecificationText.Number(root, "character_vocabulary_size"),
        CharacterEmbeddingSize = SpecificationText.Number(root, "character_embedding_size"),
        CharacterSize = SpecificationText.Number(root, "character_size"),
        MaximumCharacters = SpecificationText.Number(root, "maximum_characters"),
        Cell = SpecificationText.Choice<CellKind>(root, "cell"),
        Activation = SpecificationText.Choice<Activation>(root, "activation"),
        Form = SpecificationText.Choice<ElmanForm>(root, "form"),
        GruReset = SpecificationText.Choice<GruReset>(root, "gru_reset"),
        ForgetBias = SpecificationText.Real(root, "forget_bias"),
        HiddenSize = SpecificationText.Number(root, "hidden_size"),
        Layers = SpecificationText.Number(root, "layers"),
        RandomField = SpecificationText.Flag(root, "random_field"),
        Constrained = SpecificationText.Flag(root, "constrained"),
    });
}
