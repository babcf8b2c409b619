namespace Recurant.Tasks;

/// <summary>Images with their sentences turned into numbers, and the model they are for.</summary>
internal sealed class CaptionerData
{
    /// <summary>A strip of an image is read as a word of so many characters is.</summary>
    private const long CharactersOfStrip = 5;

    /// <summary>
    /// The height of a band, about, and the width of a strip: those of the digits of MNIST and a seventh of it.
    /// </summary>
    private const int GoodBand = 28, GoodStrip = 4;

    public required CaptionerModel Model { get; init; }

    public required TranslatorPlan Plan { get; init; }

    /// <summary>The images as they were divided.</summary>
    public required DividedData<CaptionDataset> Divided { get; init; }

    public required int[][] Targets { get; init; }

    public static CaptionerData Make(
        CaptionDataset all, CaptionDataset? validation, CaptionerTrainingOptions options, PhaseWork? work = null)
    {
        if (validation is { Count: > 0 }) all.RequireSize(validation);
        var kind = new DataKind<CaptionDataset>(
            "images", data => data.Name, data => data.Count, (data, rows) => data.Subset(rows), RunIdentity.Of,
            (data, row) => TranslatorData.CharactersOfTranslation * data.Images[row].Sentence.Length
                + CharactersOfStrip * SpecOf(all, options).Strips)
        {
            MostValidation = 2000,
        };
        DividedData<CaptionDataset> divided = kind.Divide(all, validation, options, work ?? PhaseWork.Unwatched);
        CaptionDataset train = divided.Train;
        IEnumerable<string> sentences = train.Images.Select(image => image.Sentence);
        TextPieces target = options.Subwords > 0
            ? new SubwordPieces(BytePairEncoding.Learn(sentences, options.Subwords))
            : new WordPieces(Vocabulary.Build(
                sentences.Select(WordPieces.SegmentsOf), options.MinimumCount ?? 1, options.MaximumVocabulary));
        CaptionerSpec spec = SpecOf(train, options);
        spec = spec with { Network = spec.Network with { TargetVocabularySize = target.Count + 1 } };
        DropoutOptions dropout = options.Dropout;
        // Of images there is as a rule more to learn from than of texts, and nothing to guess.
        var common = TranslatorTrainingOptions.From(options) with
        {
            Hidden = options.Hidden ?? 256,
            Embedding = options.Embedding ?? 64,
            LabelSmoothing = options.LabelSmoothing ?? 0f,
            LearningRate = options.LearningRate
                ?? (options.Optimizer is Optimizers.OptimizerKind.Adam or Optimizers.OptimizerKind.AdamW ? 2e-3f : null),
            Dropout = dropout with
            {
                Input = dropout.Input ?? 0.1f, Layers = dropout.Layers ?? 0.1f, Output = dropout.Output ?? 0.1f,
            },
        };
        TranslatorPlan plan = TranslatorPlan.For(common, train.Count, spec.Network);
        spec = spec with { Network = plan.Spec };
        var model = new CaptionerModel(spec, target);
        int[][] targets = [.. train.Images.Select(image => target.Encode(image.Sentence))];
        model.Network.Initialise(options.Seed);
        RecurrentStarts.Apply(options.RecurrentStart, model.Network.Cells, options.Seed);
        model.Network.StartOutput(targets, plan.LabelSmoothing);
        return new CaptionerData { Model = model, Plan = plan, Divided = divided, Targets = targets };
    }

    private static CaptionerSpec SpecOf(CaptionDataset images, CaptionerTrainingOptions options)
    {
        int bands = Math.Max(1, (int)Math.Round((double)images.Height / GoodBand));
        var spec = new CaptionerSpec
        {
            Width = images.Width,
            Height = images.Height,
            Channels = images.Channels,
            BandHeight = Math.Min(options.BandHeight ?? (images.Height + bands - 1) / bands, images.Height),
            StripWidth = Math.Min(options.StripWidth ?? GoodStrip, images.Width),
            Network = new TranslatorSpec { TargetVocabularySize = 0, Attention = options.Attention, Tied = TiedVectors.Output },
        };
        return spec with { Network = spec.Network with { SourceVectorSize = spec.StripSize } };
    }
}
