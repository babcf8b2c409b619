using System.Text.Json;
using Recurant.Data;
using Recurant.Models;
using static Recurant.Storage.SpecificationText;

namespace Recurant.Storage;

/// <summary>A language model in a model file: its specification, and its tokens or subwords.</summary>
internal sealed class LanguageModelFormat : ModelFormat
{
    public override string Task => "language model";

    public override bool Fits(TrainedModel model) => model is LanguageModel;

    public override void WriteMetadata(TrainedModel model, SafetensorsWriter writer)
    {
        var language = (LanguageModel)model;
        writer.AddMetadata(ModelMetadata.SpecificationKey, Write(language.Spec));
        if (language.Encoder.Subwords is { } subwords)
        {
            PiecesFormat.Write(writer, new SubwordPieces(subwords));
            return;
        }

        writer.AddMetadata(ModelMetadata.VocabularyKey, StringListJson.Write(language.Vocabulary.Words));
    }

    public override TrainedModel Read(ModelMetadata metadata)
    {
        LanguageModelSpec spec = metadata.Parse(ModelMetadata.SpecificationKey, Read);
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

    private string Write(LanguageModelSpec spec) => SpecificationText.Write(Task, writer =>
    {
        writer.WriteString("unit", Name(spec.Unit));
        writer.WriteBoolean("lowercase", spec.Lowercase);
        writer.WriteNumber("vocabulary_size", spec.VocabularySize);
        writer.WriteNumber("embedding_size", spec.EmbeddingSize);
        writer.WriteBoolean("tied", spec.Tied);
        writer.WriteString("cell", Name(spec.Cell));
        writer.WriteString("activation", Name(spec.Activation));
        writer.WriteString("form", Name(spec.Form));
        writer.WriteString("gru_reset", Name(spec.GruReset));
        writer.WriteNumber("hidden_size", spec.HiddenSize);
        writer.WriteNumber("layers", spec.Layers);
        writer.WriteNumber("forget_bias", spec.ForgetBias);
    });

    private static LanguageModelSpec Read(string json) => SpecificationText.Read(json, root => new LanguageModelSpec
    {
        Unit = Choice<TokenUnit>(root, "unit"),
        Lowercase = Flag(root, "lowercase"),
        VocabularySize = Number(root, "vocabulary_size"),
        EmbeddingSize = Number(root, "embedding_size"),
        Tied = Flag(root, "tied"),
        Cell = Choice<Cells.CellKind>(root, "cell"),
        Activation = Choice<Cells.Activation>(root, "activation"),
        Form = Choice<Cells.ElmanForm>(root, "form"),
        GruReset = Choice<Cells.GruReset>(root, "gru_reset"),
        HiddenSize = Number(root, "hidden_size"),
        Layers = Number(root, "layers"),
        ForgetBias = Real(root, "forget_bias"),
    });
}
