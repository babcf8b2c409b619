namespace Recurant.Tests.Models;

/// <summary>A small model of each task with distinct weights, made without training.</summary>
internal static class SmallModels
{
    public const int ImageWidth = 6, ImageHeight = 4;

    private static readonly string[] s_words = ["<unk>", "\u2581good", "\u2581bad", "\u2581not", "\u2581film", "\u2581the"];

    public static ClassifierModel Classifier(ulong seed = 5) => Filled(ModelFileCase.Model(ModelFileCase.Spec), seed);

    public static TaggerModel Tagger(ulong seed = 5)
    {
        var spec = new TaggerSpec
        {
            VocabularySize = ModelFileCase.Words.Length, Tags = 3, EmbeddingSize = 4, ShapeSize = 2,
            CharacterVocabularySize = ModelFileCase.Characters.Length, CharacterEmbeddingSize = 2, CharacterSize = 3,
            Recurrent = new RecurrentSpec { HiddenSize = 4, Bidirectional = true }, RandomField = true,
        };
        return Filled(new TaggerModel(
            spec, new Vocabulary(ModelFileCase.Words), new Vocabulary(ModelFileCase.Characters), ["O", "B-X", "I-X"]), seed);
    }

    public static LanguageModel Language(ulong seed = 5)
    {
        var spec = new LanguageModelSpec
        {
            Unit = TokenUnit.Word, VocabularySize = ModelFileCase.Words.Length + 1, EmbeddingSize = 4,
            Recurrent = new RecurrentSpec { HiddenSize = 6, Layers = 2 },
        };
        return Filled(new LanguageModel(spec, new Vocabulary(["<unk>", "\n", .. ModelFileCase.Words.Skip(1)])), seed);
    }

    /// <summary>A translator that seldom ends, so that a search lasts.</summary>
    public static TranslatorModel Translator(ulong seed = 5, int size = 5, bool ends = true)
    {
        TranslatorSpec spec = TranslatorCase.SpecOf(CellKind.Lstm, AttentionKind.General) with
        {
            SourceVocabularySize = s_words.Length + 1, TargetVocabularySize = s_words.Length + 1, EncoderSize = size,
            DecoderSize = size,
        };
        WordPieces source = new(new Vocabulary(s_words)), target = new(new Vocabulary(s_words));
        TranslatorModel model = Filled(new TranslatorModel(spec, source, target), seed);
        Parameter bias = model.Parameters[^1];
        bias.Value[s_words.Length] += ends ? 2 : -50;
        bias.MarkChanged();
        return model;
    }

    public static CaptionerModel Captioner(ulong seed = 5)
    {
        var spec = new CaptionerSpec
        {
            Width = ImageWidth, Height = ImageHeight, Channels = 1, BandHeight = 2, StripWidth = 3,
            Network = TranslatorCase.SpecOf(CellKind.Gru, AttentionKind.General, vectors: true) with
            {
                SourceVectorSize = 6, TargetVocabularySize = s_words.Length + 1,
            },
        };
        CaptionerModel model = Filled(new CaptionerModel(spec, new WordPieces(new Vocabulary(s_words))), seed);
        model.Parameters[^1].Value[s_words.Length] += 2;
        model.Parameters[^1].MarkChanged();
        return model;
    }

    public static SequenceModel Problem(ulong seed = 5) => Filled(new SequenceModel(new SequenceSpec
    {
        Problem = new SequenceProblem(ProblemKind.Adding, 12), Recurrent = new RecurrentSpec { HiddenSize = 4 },
    }), seed);

    public static CaptionDataset Images(int count) => new(
        "images", [.. Enumerable.Range(0, count).Select(i => new CaptionedImage(
            Enumerable.Range(0, ImageWidth * ImageHeight).Select(p => (byte)(37 * p * (i + 1) + i)).ToArray(), ""))],
        ImageWidth, ImageHeight, 1);

    /// <summary>
    /// Texts as users send them: known and unknown words, emoji, halves of surrogate pairs, none at all, a long one.
    /// </summary>
    public static string[] Texts(int count, int longest) =>
        [.. Enumerable.Range(0, count).Select(i => (i % 7) switch
        {
            0 => $"the film number {i} is not good",
            1 => $"\U0001F600 good {i} \U0001F926\U0001F3FD",
            2 => $"bad \uD800 film {i}",
            3 => $"not \uDC00\uD800 {i}",
            4 => i == 4 ? "" : string.Concat(Enumerable.Repeat("good not bad ", i % 40)),
            5 => i == 5 ? new string('x', longest) : $"the{i}film",
            _ => $"film {i}, bad; GOOD! \u0000\t\u2028 the",
        })];

    private static TModel Filled<TModel>(TModel model, ulong seed) where TModel : TrainedModel
    {
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(seed++, 0, 0.9f);
        return model;
    }
}
