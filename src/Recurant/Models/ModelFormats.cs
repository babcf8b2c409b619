using static Recurant.Models.ModelMetadata;

namespace Recurant.Models;

/// <summary>A classifier: its words, its labels, and the characters if it reads them.</summary>
internal sealed class ClassifierFormat()
    : ModelFormat<ClassifierModel, ClassifierSpec>(TaskNames.Classify, SpecificationContext.Default.ClassifierSpec)
{
    protected override ClassifierSpec SpecOf(ClassifierModel model) => model.Spec;

    protected override void WriteLists(ClassifierModel model, IDictionary<string, string> metadata)
    {
        metadata[VocabularyKey] = StringListJson.Write(model.Vocabulary.Words);
        metadata[LabelsKey] = StringListJson.Write(model.Labels);
        if (model.Spec.CharacterSize == 0) return;
        metadata[CharactersKey] = StringListJson.Write(model.Characters.Words);
    }

    protected override ClassifierModel Make(ClassifierSpec spec, ModelMetadata metadata)
    {
        Vocabulary words = metadata.Words(VocabularyKey, "vocabulary_size", spec.VocabularySize);
        List<string> labels = metadata.DistinctStrings(LabelsKey, "label");
        metadata.RequireCount(LabelsKey, labels.Count, "classes", spec.Classes);
        Vocabulary? characters = spec.CharacterSize == 0
            ? null : metadata.Words(CharactersKey, "character_vocabulary_size", spec.CharacterVocabularySize);
        return new ClassifierModel(spec, words, labels, characters);
    }

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(ClassifierModel model)
    {
        ClassifierSpec spec = model.Spec;
        string unit = spec.Unit == TokenUnit.Character ? "characters" : "words";
        string pairs = spec.Model == ModelKind.BagOfWords ? " and pairs of them" : "";
        string reading = spec.CharacterSize > 0
            ? $"words and {model.Characters.Count} characters; looks words up {Capitals(spec.Lowercase)}"
            : $"{unit}{pairs}; reads capitals {(spec.Lowercase ? "as small letters" : "as they are")}";
        return (model.Vocabulary.Count, reading, model.Labels);
    }
}

/// <summary>A tagger: its words, its characters, its tags.</summary>
internal sealed class TaggerFormat() : ModelFormat<TaggerModel, TaggerSpec>(
    TaskNames.Tag, SpecificationContext.Default.TaggerSpec)
{
    protected override TaggerSpec SpecOf(TaggerModel model) => model.Spec;

    protected override void WriteLists(TaggerModel model, IDictionary<string, string> metadata)
    {
        metadata[VocabularyKey] = StringListJson.Write(model.Vocabulary.Words);
        metadata[CharactersKey] = StringListJson.Write(model.Characters.Words);
        metadata[LabelsKey] = StringListJson.Write(model.Tags);
    }

    protected override TaggerModel Make(TaggerSpec spec, ModelMetadata metadata)
    {
        Vocabulary words = metadata.Words(VocabularyKey, "vocabulary_size", spec.VocabularySize);
        Vocabulary characters = metadata.Words(CharactersKey, "character_vocabulary_size", spec.CharacterVocabularySize);
        List<string> tags = metadata.DistinctStrings(LabelsKey, "tag");
        metadata.RequireCount(LabelsKey, tags.Count, "tags", spec.Tags);
        return new TaggerModel(spec, words, characters, tags);
    }

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(TaggerModel model)
    {
        string characters = model.Spec.CharacterSize > 0 ? $" and {model.Characters.Count} characters" : "";
        return (model.Vocabulary.Count, $"words{characters}; looks words up {Capitals(model.Spec.Lowercase)}", model.Tags);
    }
}

/// <summary>A language model: its tokens or subwords.</summary>
internal sealed class LanguageModelFormat()
    : ModelFormat<LanguageModel, LanguageModelSpec>(TaskNames.LanguageModel, SpecificationContext.Default.LanguageModelSpec)
{
    protected override LanguageModelSpec SpecOf(LanguageModel model) => model.Spec;

    protected override void WriteLists(LanguageModel model, IDictionary<string, string> metadata) => PiecesFormat.Write(
        metadata,
        model.Encoder.Subwords is { } subwords ? new SubwordPieces(subwords) : new WordPieces(model.Vocabulary));

    protected override LanguageModel Make(LanguageModelSpec spec, ModelMetadata metadata)
    {
        if (spec.Unit != TokenUnit.Subword)
        {
            return new LanguageModel(spec, metadata.Words(VocabularyKey, "vocabulary_size", spec.VocabularySize));
        }

        BytePairEncoding subwords = PiecesFormat.ReadSubwords(metadata, added: 2, spec.VocabularySize, "vocabulary_size");
        return new LanguageModel(spec, RunningText.TokensOf(subwords), subwords);
    }

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(LanguageModel model) =>
        (model.Vocabulary.Count,
            $"{model.Spec.UnitName}; reads capitals {(model.Spec.Lowercase ? "as small letters" : "as they are")}", []);
}

/// <summary>A translator: the subwords of both sides, or the words of each.</summary>
internal sealed class TranslatorFormat()
    : ModelFormat<TranslatorModel, TranslatorSpec>(TaskNames.Translate, SpecificationContext.Default.TranslatorSpec)
{
    private const string OfSource = "source_";

    protected override TranslatorSpec SpecOf(TranslatorModel model) => model.Spec;

    protected override void WriteLists(TranslatorModel model, IDictionary<string, string> metadata)
    {
        PiecesFormat.Write(metadata, model.Target);
        if (!ReferenceEquals(model.Source, model.Target)) PiecesFormat.Write(metadata, model.Source, OfSource);
    }

    protected override TranslatorModel Make(TranslatorSpec spec, ModelMetadata metadata)
    {
        TextPieces target = PiecesFormat.Read(metadata, spec.TargetVocabularySize, "target_vocabulary_size");
        TextPieces source = spec.Tied == TiedVectors.All
            ? target : PiecesFormat.Read(metadata, spec.SourceVocabularySize, "source_vocabulary_size", OfSource);
        return new TranslatorModel(spec, source, target);
    }

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(TranslatorModel model) =>
        (model.Target.Count, $"{PiecesFormat.NameOf(model.Target)}; reads capitals as they are", []);
}

/// <summary>A captioner: the pieces of its sentences.</summary>
internal sealed class CaptionerFormat()
    : ModelFormat<CaptionerModel, CaptionerSpec>(TaskNames.Caption, SpecificationContext.Default.CaptionerSpec)
{
    protected override CaptionerSpec SpecOf(CaptionerModel model) => model.Spec;

    protected override void WriteLists(CaptionerModel model, IDictionary<string, string> metadata) =>
        PiecesFormat.Write(metadata, model.Target);

    protected override CaptionerModel Make(CaptionerSpec spec, ModelMetadata metadata) =>
        new(spec, PiecesFormat.Read(metadata, spec.Network.TargetVocabularySize, "target_vocabulary_size"));

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(CaptionerModel model)
    {
        CaptionerSpec spec = model.Spec;
        string colour = spec.Channels == 1 ? "grey" : "in colour";
        return (model.Target.Count,
            $"{PiecesFormat.NameOf(model.Target)}; reads images of {spec.Width} x {spec.Height} pixels, {colour}", []);
    }
}

/// <summary>A network for a generated problem: nothing beside its specification.</summary>
internal sealed class SequenceFormat()
    : ModelFormat<SequenceModel, SequenceSpec>(TaskNames.Problem, SpecificationContext.Default.SequenceSpec)
{
    protected override SequenceSpec SpecOf(SequenceModel model) => model.Spec;

    protected override SequenceModel Make(SequenceSpec spec, ModelMetadata metadata) => new(spec);

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(SequenceModel model) =>
        (0, $"{model.Spec.Problem.Steps} steps of {model.Spec.Problem.Inputs} numbers", []);
}

/// <summary>A forecaster: its columns stand in its specification.</summary>
internal sealed class ForecasterFormat()
    : ModelFormat<ForecasterModel, ForecasterSpec>(TaskNames.Forecast, SpecificationContext.Default.ForecasterSpec)
{
    protected override ForecasterSpec SpecOf(ForecasterModel model) => model.Spec;

    protected override ForecasterModel Make(ForecasterSpec spec, ModelMetadata metadata) => new(spec);

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(ForecasterModel model) =>
        (0, $"{string.Join(", ", model.Spec.Targets.Select(target => target.Name))}; {model.Spec.Lookback} steps back", []);
}

/// <summary>A model of sequences of measurements: its labels, if it answers with such.</summary>
internal sealed class SeriesFormat()
    : ModelFormat<SeriesModel, SeriesSpec>(FormatName, SpecificationContext.Default.SeriesSpec)
{
    public const string FormatName = "series";

    protected override SeriesSpec SpecOf(SeriesModel model) => model.Spec;

    protected override void WriteLists(SeriesModel model, IDictionary<string, string> metadata)
    {
        if (model.Spec.IsOfLabels) metadata[LabelsKey] = StringListJson.Write(model.Labels);
    }

    protected override SeriesModel Make(SeriesSpec spec, ModelMetadata metadata)
    {
        if (!spec.IsOfLabels) return new SeriesModel(spec, []);
        List<string> labels = metadata.DistinctStrings(LabelsKey, "label");
        metadata.RequireCount(LabelsKey, labels.Count, "outputs", spec.Outputs);
        return new SeriesModel(spec, labels);
    }

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(SeriesModel model) =>
        (0, string.Join(", ", model.Spec.Columns.Select(column => column.Name)), model.Labels);
}

/// <summary>A model of music: nothing beside its specification.</summary>
internal sealed class NotesFormat()
    : ModelFormat<NotesModel, NotesSpec>(TaskNames.Notes, SpecificationContext.Default.NotesSpec)
{
    protected override NotesSpec SpecOf(NotesModel model) => model.Spec;

    protected override NotesModel Make(NotesSpec spec, ModelMetadata metadata) => new(spec);

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(NotesModel model) =>
        (0, $"the notes {model.Spec.Lowest} to {model.Spec.Lowest + model.Spec.Notes - 1}", []);
}

/// <summary>A transcriber: its symbols.</summary>
internal sealed class SpeechFormat()
    : ModelFormat<SpeechModel, SpeechSpec>(TaskNames.Transcribe, SpecificationContext.Default.SpeechSpec)
{
    protected override SpeechSpec SpecOf(SpeechModel model) => model.Spec;

    protected override void WriteLists(SpeechModel model, IDictionary<string, string> metadata) =>
        metadata[LabelsKey] = StringListJson.Write(model.Symbols);

    protected override SpeechModel Make(SpeechSpec spec, ModelMetadata metadata)
    {
        List<string> symbols = metadata.DistinctStrings(LabelsKey, "symbol");
        metadata.RequireCount(LabelsKey, symbols.Count, "symbols", spec.Symbols);
        return new SpeechModel(spec, symbols);
    }

    protected override (int Tokens, string Reading, IReadOnlyList<string> Labels) About(SpeechModel model) =>
        (model.Symbols.Count,
            $"sound of {model.Spec.Sound.SampleRate} Hz; writes {(model.Spec.Unit == TokenUnit.Word ? "words" : "characters")}",
            model.Symbols);
}
