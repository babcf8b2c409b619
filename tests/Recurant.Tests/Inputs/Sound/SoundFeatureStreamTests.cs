namespace Recurant.Tests.Inputs.Sound;

public class SoundFeatureStreamTests
{
    public static TheoryData<string, SoundFeatureSpec> Specs => new()
    {
        { "log mel", new() },
        { "differences", new() { MelBands = 7, Deltas = 1, DeltaWindow = 3 } },
        { "mfcc", new() { Kind = SoundFeatureKind.Mfcc, Deltas = 2 } },
        { "gaps", new() { FrameStep = 700 } },
        { "kaldi reflect", new() { Padding = FramePadding.Reflect } },
        { "kaldi zeros", new() { Padding = FramePadding.Zeros, Deltas = 2, DeltaWindow = 1 } },
        {
            "librosa", new()
            {
                Convention = SoundConvention.Librosa, MelBands = 30, TopDecibels = 0, Deltas = 2,
            }
        },
        {
            "librosa reflect", new()
            {
                Convention = SoundConvention.Librosa, Padding = FramePadding.Reflect, MelBands = 30,
                TopDecibels = 0,
            }
        },
    };

    [Theory]
    [MemberData(nameof(Specs))]
    public void Read_PiecesOfAnyLength_SameBitsAsTheWholeClip(string name, SoundFeatureSpec spec)
    {
        var features = new SoundFeatures(spec);
        var stream = new SoundFeatureStream(features);
        foreach (int length in (int[])[1, 399, 401, 2_500, 9_000])
        {
            float[] samples = SoundFeaturesTests.Sound(length, 16_000), expected = features.Compute(samples);
            foreach (int piece in (int[])[1, 37, 160, 1_000, 9_000])
            {
                if (piece == 1 && length > 2_500) continue;
                stream.Reset();
                var rows = new List<float>();
                for (int i = 0; i < length; i += piece)
                {
                    stream.Add(samples.AsSpan(i, Math.Min(piece, length - i)));
                    Read(stream, rows);
                }

                Assert.Equal(length, stream.Samples);
                stream.Complete();
                Read(stream, rows);
                Bits.AssertEqual(expected, rows.ToArray(), $"{name}: {length} samples in pieces of {piece}");
            }
        }
    }

    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(1, 2, 2)]
    [InlineData(2, 3, 6)]
    public void TryRead_AsSamplesCome_LagsAsItSays(int deltas, int window, int lag)
    {
        var stream = new SoundFeatureStream(new SoundFeatures(new() { Deltas = deltas, DeltaWindow = window }));
        Assert.Equal(lag, stream.Lag);
        stream.Add(SoundFeaturesTests.Sound(399, 16_000));
        Assert.Equal(0, stream.Available);
        for (int frames = 1; frames <= 20; frames++)
        {
            stream.Add(SoundFeaturesTests.Sound(frames == 1 ? 1 : 160, 16_000));
            Assert.Equal(Math.Max(0, frames - lag), stream.Available);
        }
    }

    [Fact]
    public void Complete_NoSamples_GivesNoFrames()
    {
        var stream = new SoundFeatureStream(new SoundFeatures(new() { Deltas = 2 }));
        stream.Complete();
        Assert.False(stream.TryRead(new float[stream.Width]));
        Assert.Throws<InvalidOperationException>(() => stream.Add([1f]));
    }

    [Fact]
    public void New_FeaturesOfWholeClips_Refuses()
    {
        Assert.Contains("Mean", Assert.Throws<ArgumentException>(() => new SoundFeatureStream(
            new SoundFeatures(new() { Normalisation = ClipNormalisation.Mean }))).Message);
        Assert.Contains("80", Assert.Throws<ArgumentException>(() => new SoundFeatureStream(
            new SoundFeatures(new() { Convention = SoundConvention.Librosa }))).Message);
    }

    [Fact]
    public void AddAndTryRead_Warm_AllocateNothing()
    {
        var stream = new SoundFeatureStream(new SoundFeatures(new() { Kind = SoundFeatureKind.Mfcc, Deltas = 2 }));
        float[] piece = SoundFeaturesTests.Sound(480, 16_000), frame = new float[stream.Width];
        Allocation.AssertNoneWarm(
            () =>
            {
                stream.Add(piece);
                while (stream.TryRead(frame))
                {
                }
            },
            200);
    }

    private static void Read(SoundFeatureStream stream, List<float> rows)
    {
        var frame = new float[stream.Width];
        while (stream.TryRead(frame)) rows.AddRange(frame);
    }
}
