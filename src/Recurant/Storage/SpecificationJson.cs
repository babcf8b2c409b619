using System.Text.Json;
using Recurant.Models;
using static Recurant.Storage.SpecificationText;

namespace Recurant.Storage;

/// <summary>
/// A classifier's specification as JSON, written and read property by property (no reflection, nothing executable).
/// </summary>
internal static class SpecificationJson
{
    /// <summary>The task's name.</summary>
    public const string Task = "classification";

    public static string Write(ClassifierSpec spec) => SpecificationText.Write(Task, writer =>
    {
        writer.WriteString("model", Name(spec.Model));
        writer.WriteString("unit", Name(spec.Unit));
        writer.WriteBoolean("lowercase", spec.Lowercase);
        writer.WriteNumber("vocabulary_size", spec.VocabularySize);
        writer.WriteNumber("classes", spec.Classes);
        writer.WriteNumber("embedding_size", spec.EmbeddingSize);
        writer.WriteString("cell", Name(spec.Cell));
        writer.WriteString("activation", Name(spec.Activation));
        writer.WriteString("form", Name(spec.Form));
        writer.WriteString("gru_reset", Name(spec.GruReset));
        writer.WriteNumber("hidden_size", spec.HiddenSize);
        writer.WriteNumber("layers", spec.Layers);
        writer.WriteBoolean("bidirectional", spec.Bidirectional);
        writer.WriteString("pooling", Name(spec.Pooling));
        writer.WriteNumber("forget_bias", spec.ForgetBias);
        writer.WriteNumber("maximum_tokens", spec.MaximumTokens);
        writer.WriteNumber("direct_buckets", spec.DirectBuckets);
        if (spec.CharacterSize > 0)
        {
            writer.WriteNumber("character_vocabulary_size", spec.CharacterVocabularySize);
            writer.WriteNumber("character_embedding_size", spec.CharacterEmbeddingSize);
            writer.WriteNumber("character_size", spec.CharacterSize);
            writer.WriteNumber("maximum_characters", spec.MaximumCharacters);
        }

        if (spec.Models > 1) writer.WriteNumber("models", spec.Models);
    });

    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="FormatException">A property is missing, of the wrong type or out of range.</exception>
    public static ClassifierSpec Read(string json) => SpecificationText.Read(json, root =>
    {
        ClassifierSpec spec = ReadNetwork(root);
        if (root.TryGetProperty("character_size", out _))
        {
            spec = spec with
            {
                CharacterVocabularySize = Number(root, "character_vocabulary_size"),
                CharacterEmbeddingSize = Number(root, "character_embedding_size"),
                CharacterSize = Number(root, "character_size"),
                MaximumCharacters = Number(root, "maximum_characters"),
            };
        }

        return root.TryGetProperty("models", out _) ? spec with { Models = Number(root, "models") } : spec;
    });

    /// <summary>The properties that every specification has.</summary>
    private static ClassifierSpec ReadNetwork(JsonElement root) => new()
    {
        Model = Choice<ModelKind>(root, "model"),
        Unit = Choice<Data.TokenUnit>(root, "unit"),
        Lowercase = Flag(root, "lowercase"),
        VocabularySize = Number(root, "vocabulary_size"),
        Classes = Number(root, "classes"),
        EmbeddingSize = Number(root, "embedding_size"),
        Cell = Choice<Cells.CellKind>(root, "cell"),
        Activation = Choice<Cells.Activation>(root, "activation"),
        Form = Choice<Cells.ElmanForm>(root, "form"),
        GruReset = Choice<Cells.GruReset>(root, "gru_reset"),
        HiddenSize = Number(root, "hidden_size"),
        Layers = Number(root, "layers"),
        Bidirectional = Flag(root, "bidirectional"),
        Pooling = Choice<Layers.Pooling>(root, "pooling"),
        ForgetBias = Real(root, "forget_bias"),
        MaximumTokens = Number(root, "maximum_tokens"),
        DirectBuckets = Number(root, "direct_buckets"),
    };
}
