namespace Recurant.Tasks;

/// <summary>Images with their sentences turned into numbers, and the model they are for.</summary>
internal sealed class CaptionerData
{
    /// <summary>The most validation images that are described after every epoch.</summary>
    private const int MostValidation = 2000;

    /// <summary>A strip of an image is read as a word of so many characters is.</summary>
    private const long CharactersOfStrip = 5;

    /// <summary>The height of a band, about, and the width of a strip: those of the digits of MNIST and a seventh of it.</summary>
    private const int GoodBand = 28, GoodStrip = 4;

    public required CaptionerModel Model { get; init; }

    public required TranslatorPlan Plan { get; init; }

    public required CaptionDataset Train { get; init; }

    public required int[][] Targets { get; init; }

    public required CaptionDataset Validation { get; init; }

    /// <summary>The validation images before a budget left some of them out.</summary>
    public required int ValidationGivenRows { get; init; }

    /// <summary>The fingerprints of the images before they were divided; empty where no checkpoints are kept.</summary>
    public string ImagesGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    public static CaptionerData Make(CaptionDataset all, CaptionDataset? validation, CaptionerTrainingOptions options)
    {
        if (all.Count == 0) throw new InvalidDataException($"{all.Name}: there are no images to train on.");
        if (validation is { Count: 0 })
        {
            throw new InvalidDataException($"{validation.Name}: there are no images to check the model with. Give at least one.");
        }

        if (validation is not null) RequireSize(all.Width, all.Height, all.Channels, validation);
        bool isFingerprinted = options.Checkpoint is not null;
        string imagesGiven = isFingerprinted ? RunIdentity.Of(all) : "";
        string validationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : RunIdentity.Of(validation);
        (CaptionDataset train, CaptionDataset checkedWith) = validation is null
            ? Divide(all, options.ValidationFraction, options.Seed)
            : (all, validation);
        if (checkedWith.Count == 0)
        {
            throw new InvalidDataException(
                $"{all.Name}: {all.Count} images are too few, or too much alike, to set some aside for validation. "
                + "Give more, or images of their own to validate with (--valid on the command line).");
        }

        IEnumerable<string> sentences = train.Images.Select(image => image.Sentence);
        TextPieces target = options.Subwords > 0
            ? new SubwordPieces(BytePairEncoding.Learn(sentences, options.Subwords))
            : new WordPieces(Vocabulary.Build(
                sentences.Select(WordPieces.SegmentsOf), options.MinimumCount ?? 1, options.MaximumVocabulary));
        CaptionerSpec spec = SpecOf(train, options, target);
        DropoutOptions dropout = options.Dropout;
        // Of images there is as a rule more to learn from than of texts, and nothing to guess.
        var common = TranslatorTrainingOptions.From(options) with
        {
            Hidden = options.Hidden ?? 256,
            Embedding = options.Embedding ?? 64,
            LabelSmoothing = options.LabelSmoothing ?? 0f,
            LearningRate = options.LearningRate ?? (options.Optimizer is Optimizers.OptimizerKind.Adam or Optimizers.OptimizerKind.AdamW ? 2e-3f : null),
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
        checkedWith = checkedWith.Count <= MostValidation
            ? checkedWith
            : Divide(checkedWith, (double)MostValidation / checkedWith.Count, seed: 0).Second;
        return new CaptionerData
        {
            Model = model,
            Plan = plan,
            Train = train,
            Targets = targets,
            Validation = WithinBudget(checkedWith, spec, options.Budget),
            ValidationGivenRows = checkedWith.Count,
            ImagesGiven = imagesGiven,
            ValidationGiven = validationGiven,
        };
    }

    /// <summary>The images that there is time to describe after every epoch.</summary>
    private static CaptionDataset WithinBudget(CaptionDataset images, CaptionerSpec spec, TimeSpan? budget)
    {
        if (TimeShare.ValidationCharacters(budget) is not { } most) return images;
        int[] rows = DatasetSample.Rows(
            images.Count,
            row => TranslatorData.CharactersOfTranslation * images.Images[row].Sentence.Length + CharactersOfStrip * spec.Strips, most);
        return new CaptionDataset(
            images.Name, [.. rows.Select(row => images.Images[row])], images.Width, images.Height, images.Channels);
    }

    /// <summary>Refuses images of another size than those a model was, or is to be, trained with.</summary>
    public static void RequireSize(int width, int height, int channels, CaptionDataset images)
    {
        if (images.Width == width && images.Height == height && images.Channels == channels) return;
        throw new InvalidDataException(
            $"{images.Name}: the images are {images.Width} x {images.Height} with {images.Channels} channels; "
            + $"{width} x {height} with {channels} are needed, the size that the model is trained with.");
    }

    private static CaptionerSpec SpecOf(CaptionDataset train, CaptionerTrainingOptions options, TextPieces target)
    {
        int bands = Math.Max(1, (int)Math.Round((double)train.Height / GoodBand));
        var spec = new CaptionerSpec
        {
            Width = train.Width,
            Height = train.Height,
            Channels = train.Channels,
            BandHeight = Math.Min(options.BandHeight ?? (train.Height + bands - 1) / bands, train.Height),
            StripWidth = Math.Min(options.StripWidth ?? GoodStrip, train.Width),
            Network = new TranslatorSpec
            {
                TargetVocabularySize = target.Count + 1, Attention = options.Attention, Tied = TiedVectors.Output,
            },
        };
        return spec with { Network = spec.Network with { SourceVectorSize = spec.StripSize } };
    }

    private static (CaptionDataset First, CaptionDataset Second) Divide(CaptionDataset data, double secondFraction, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, data.Count)];
        new Philox(seed, RandomPurpose.Splitting).Shuffle(order);
        int count = Math.Min(data.Count - 1, (int)Math.Ceiling(secondFraction * data.Count));
        var isSecond = new bool[data.Count];
        foreach (int i in order.AsSpan(0, Math.Max(0, count))) isSecond[i] = true;
        return (Part(false), Part(true));

        CaptionDataset Part(bool second) => new(
            data.Name, [.. data.Images.Where((_, i) => isSecond[i] == second)], data.Width, data.Height, data.Channels);
    }
}
