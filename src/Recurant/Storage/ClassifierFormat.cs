using Recurant.Data;
using Recurant.Models;

namespace Recurant.Storage;

/// <summary>A classifier in a model file: its specification, its words, its labels.</summary>
internal sealed class ClassifierFormat : ModelFormat
{
    public override string Task => TaskNames.Classify;

    public override bool Fits(TrainedModel model) => model is ClassifierModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var classifier = (ClassifierModel)model;
        AddSpecification(writer, classifier.Spec, SpecificationContext.Default.ClassifierSpec);
        writer.AddMetadata(ModelMetadata.VocabularyKey, StringListJson.Write(classifier.Vocabulary.Words));
        writer.AddMetadata(ModelMetadata.LabelsKey, StringListJson.Write(classifier.Labels));
        if (classifier.Spec.CharacterSize == 0) return;
        writer.AddMetadata(ModelMetadata.CharactersKey, StringListJson.Write(classifier.Characters.Words));
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        ClassifierSpec spec = metadata.Specification(SpecificationContext.Default.ClassifierSpec);
        Vocabulary vocabulary = metadata.Parse(
            ModelMetadata.VocabularyKey, json => new Vocabulary(StringListJson.Read(json)));
        List<string> labels = metadata.Strings(ModelMetadata.LabelsKey);
        metadata.RequireCount(ModelMetadata.VocabularyKey, vocabulary.Count, "vocabulary_size", spec.VocabularySize);
        metadata.RequireCount(ModelMetadata.LabelsKey, labels.Count, "classes", spec.Classes);
        metadata.DistinctStrings(ModelMetadata.LabelsKey, "label");
        Vocabulary? characters = null;
        if (spec.CharacterSize > 0)
        {
            characters = metadata.Parse(ModelMetadata.CharactersKey, json => new Vocabulary(StringListJson.Read(json)));
            metadata.RequireCount(
                ModelMetadata.CharactersKey, characters.Count, "character_vocabulary_size", spec.CharacterVocabularySize);
        }

        return metadata.Parse(ModelMetadata.SpecificationKey, _ => new ClassifierModel(spec, vocabulary, labels, characters));
    }

    public override ModelDescription Describe(TrainedModel model)
    {
        var classifier = (ClassifierModel)model;
        ClassifierSpec spec = classifier.Spec;
        string unit = spec.Unit == TokenUnit.Character ? "characters" : "words";
        string pairs = spec.Model == ModelKind.BagOfWords ? " and pairs of them" : "";
        string capitals = spec.Lowercase ? "as small letters" : "as they are";
        string reading = spec.CharacterSize > 0
            ? $"words and {classifier.Characters.Count} characters; looks words up "
                + (spec.Lowercase ? "in small letters" : "as they are")
            : $"{unit}{pairs}; reads capitals {capitals}";
        return new ModelDescription
        {
            Task = model.Task,
            Summary = spec.Summary,
            Tokens = classifier.Vocabulary.Count,
            Reading = reading,
            Labels = classifier.Labels,
            Layers = model.Describe(),
            TrainingRecord = model.TrainingRecord,
        };
    }
}
