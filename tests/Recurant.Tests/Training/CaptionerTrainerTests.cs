namespace Recurant.Tests.Training;

public sealed class CaptionerTrainerTests : IDisposable
{
    private const int Width = 10, Height = 6;

    private readonly TemporaryDirectory _directory = new();

    private static readonly CaptionerTrainingOptions s_options = new()
    {
        Hidden = 48, Embedding = 16, Batch = 16, Epochs = 15, LearningRate = 0.015f, BandHeight = 3, Threads = 2, Patience = 15,
        Dropout = new DropoutOptions { Input = 0, Layers = 0, Output = 0 },
    };

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Train_SpotsOnABoard_DescribesNewOnes()
    {
        TrainingResult<CaptionerModel, CaptionerEvaluation> result = CaptionerTrainer.Train(Spots(700, seed: 1), s_options);
        CaptionDataset unseen = Spots(100, seed: 2);
        var captioner = new Captioner(result.Model, threads: 1);
        CaptionerEvaluation score = captioner.Evaluate(unseen);
        Assert.True(score.Exact >= 0.9, $"{score.Exact} of new sentences are right after {result.Epochs.Count} epochs.");
        Assert.True(score.Exact > CaptionerEvaluation.OfMostFrequent(Spots(400, seed: 1), unseen).Exact + 0.5);
        IReadOnlyList<Caption> captions = captioner.Describe(unseen);
        Assert.Equal(
            score.Exact, captions.Where((caption, i) => caption.Text == unseen.Images[i].Sentence).Count() / 100.0, 1e-9);
        Assert.All(captions[0].Attention, row => Assert.Equal(result.Model.Spec.Strips, row.Count));
        Assert.All(captions[0].Attention, row => Assert.Equal(1, row.Sum(), 1e-5));
    }

    /// <summary>A part is chosen by the budget alone, and what is left out is told; without a budget all are looked at.</summary>
    [Fact]
    public void Make_UnderABudget_ValidatesWithAPartThatFitsIt()
    {
        CaptionDataset images = Spots(1500, seed: 1), validation = Spots(900, seed: 2);
        CaptionerData Of(TimeSpan? budget) => CaptionerData.Make(images, validation, s_options with { Budget = budget });

        Assert.Equal((900, 900), (Of(null).Divided.Validation.Count, Of(null).Divided.ValidationRows));
        CaptionerData few = Of(TimeSpan.FromSeconds(1)), more = Of(TimeSpan.FromSeconds(20));
        Assert.Equal(900, few.Divided.ValidationRows);
        Assert.InRange(few.Divided.Validation.Count, 50, 899);
        Assert.InRange(more.Divided.Validation.Count, few.Divided.Validation.Count + 1, 900);
        Assert.Equal(few.Divided.Validation.Images.Select(image => image.Sentence),
            Of(TimeSpan.FromSeconds(1)).Divided.Validation.Images
            .Select(image => image.Sentence));
    }

    [Fact]
    public void ImageStrips_ColourAndSizesThatDoNotDivide_ReadEveryPixelOnce()
    {
        byte[] pixels = [.. Enumerable.Range(1, 5 * 7 * 3).Select(i => (byte)i)];
        var images = new CaptionDataset("colours", [new CaptionedImage(pixels, "x")], width: 7, height: 5, channels: 3);
        var spec = new CaptionerSpec
        {
            Width = 7, Height = 5, Channels = 3, BandHeight = 2, StripWidth = 3,
            Network = new TranslatorSpec { SourceVectorSize = 18, TargetVocabularySize = 3 },
        };
        spec.Validate();
        var strips = new ImageStrips(images, spec.Layout);
        Assert.Equal(9, strips.Steps(0));
        var seen = new List<int>();
        var strip = new float[spec.StripSize];
        for (int step = 0; step < 9; step++)
        {
            strips.Write(0, step, strip);
            seen.AddRange(strip.Select(value => (int)MathF.Round(value * 255)).Where(value => value > 0));
        }

        Assert.Equal(pixels.Select(pixel => (int)pixel), seen.Order());
        strips.Write(0, 4, strip);
        // Rows 2 and 3, pixels 3 to 5: row 2 begins with 43, and a row has 21 bytes.
        Assert.Equal(52 / 255f, strip[0], 1e-6f);
        Assert.Equal((52 + 21) / 255f, strip[9], 1e-6f);
    }

    [Fact]
    public void ModelFile_SavedAndLoaded_DescribesTheSame()
    {
        CaptionerModel model = CaptionerTrainer.Train(Spots(60, seed: 1), s_options with { Epochs = 2, Layers = 2 }).Model;
        string path = _directory["model.safetensors"];
        ModelFile.Save(model, path);
        CaptionerModel loaded = ModelFile.Load<CaptionerModel>(path);
        Assert.Equal(model.Spec, loaded.Spec);
        CaptionDataset images = Spots(20, seed: 5);
        Assert.Equal(
            new Captioner(model).Describe(images).Select(caption => (caption.Text, caption.Score)),
            new Captioner(loaded).Describe(images).Select(caption => (caption.Text, caption.Score)));
    }

    [Fact]
    public void Train_ThreadsOrAStopInBetween_GivesTheSameFile()
    {
        CaptionerTrainingOptions options = s_options with { Epochs = 3, Dropout = new DropoutOptions(), Threads = 1 };
        byte[] expected = Train(options);
        Assert.Equal(expected, Train(options with { Threads = 3 }));
        var checkpoint = new CheckpointOptions { Directory = _directory["run"], Interval = TimeSpan.Zero };
        using var cancellation = new CancellationTokenSource();
        int steps = 0;
        CaptionerTrainingOptions stopped = options with
        {
            Checkpoint = checkpoint with { Start = CheckpointStart.New,
                Saved = () => { if (++steps == 6) cancellation.Cancel(); } },
        };
        Assert.Equal(TrainingEnd.Cancelled, CaptionerTrainer.Train(
            Spots(60, seed: 1), stopped, cancellation: cancellation.Token).End);
        Assert.Equal(expected, Train(options with { Checkpoint = checkpoint with { Start = CheckpointStart.Resume } }));
    }

    [Fact]
    public void Train_ImagesThatDoNotFit_SaysWhy()
    {
        var small = new CaptionDataset("small", [new CaptionedImage(new byte[4], "x")], 2, 2, 1);
        Assert.Contains("there are no images to train on", Fault(() => CaptionerTrainer.Train(
            new CaptionDataset("none", [], 2, 2, 1))), StringComparison.Ordinal);
        Assert.Contains("1 images are too few", Fault(() => CaptionerTrainer.Train(small)), StringComparison.Ordinal);
        Assert.Contains("10 x 6 with 1 are needed", Fault(
            () => CaptionerTrainer.Train(Spots(20, seed: 1), s_options, small)), StringComparison.Ordinal);
        CaptionerModel model = CaptionerTrainer.Train(Spots(20, seed: 1), s_options with { Epochs = 1 }).Model;
        Assert.Contains(
            "10 x 6 with 1 are needed", Fault(() => new Captioner(model).Describe(small)), StringComparison.Ordinal);
        Assert.Contains("BandHeight is 0", Assert.Throws<ArgumentException>(
            () => CaptionerTrainer.Train(small, s_options with { BandHeight = 0 })).Message, StringComparison.Ordinal);

        static string Fault(Action action) => Assert.Throws<InvalidDataException>(action).Message;
    }

    /// <summary>One or two spots, bright or dim, and a sentence of their places and brightness.</summary>
    internal static CaptionDataset Spots(int count, ulong seed)
    {
        var stream = new Philox(seed, RandomPurpose.Splitting);
        string[] kinds = ["nothing", "a dim spot", "a bright spot"];
        var images = new CaptionedImage[count];
        for (int i = 0; i < count; i++)
        {
            var pixels = new byte[Width * Height];
            for (int p = 0; p < pixels.Length; p++) pixels[p] = (byte)stream.Below((uint)(100 * i + p), 20);
            int left = stream.Below((uint)(100 * i + 90), 3), right = stream.Below((uint)(100 * i + 91), 3);
            Draw(pixels, 1 + stream.Below((uint)(100 * i + 92), 2), left);
            Draw(pixels, 6 + stream.Below((uint)(100 * i + 93), 2), right);
            images[i] = new CaptionedImage(pixels, $"{kinds[left]} left of {kinds[right]}", i + 1);
        }

        return new CaptionDataset("spots", images, Width, Height, 1);

        static void Draw(byte[] pixels, int x, int kind)
        {
            for (int k = 0; k < 4 && kind > 0; k++) pixels[(2 + k / 2) * Width + x + k % 2] = (byte)(kind == 1 ? 110 : 230);
        }
    }

    private byte[] Train(CaptionerTrainingOptions options)
    {
        string path = _directory[Guid.NewGuid().ToString("N")];
        ModelFile.Save(CaptionerTrainer.Train(Spots(60, seed: 1), options).Model, path);
        return File.ReadAllBytes(path);
    }
}
