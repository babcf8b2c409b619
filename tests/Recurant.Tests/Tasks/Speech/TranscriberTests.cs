namespace Recurant.Tests.Tasks.Speech;

/// <summary>Speech made of tones: every word is a pitch, so that what was said is known to the sample.</summary>
public class TranscriberTests
{
    private const int Rate = 8000;

    private static readonly string[] s_words = ["do", "re", "mi"];

    private static TranscriberOptions Small { get; } = new()
    {
        Hidden = 12, Filters = 16, Epochs = 2, Batch = 4, Threads = 1, Refit = false, Join = 2,
    };

    /// <summary>Words of 0.2 s with 0.1 s of near silence around each; i decides which, and how loud.</summary>
    private static SpeechClip Clip(int i, int words = 4)
    {
        var samples = new List<float>();
        var said = new List<string>();
        ulong random = 0x9E3779B97F4A7C15 * (ulong)(i + 1);
        for (int w = 0; w < words; w++)
        {
            random = random * 6364136223846793005 + 1442695040888963407;
            int word = (int)(random >> 40) % s_words.Length;
            said.Add(s_words[word]);
            Tone(0.1, 0);
            Tone(0.2, 300 * (1 << word) * (1 + i % 5 * 0.01));
        }

        Tone(0.1, 0);
        return new SpeechClip($"clip {i}", samples.ToArray(), Rate, string.Join(' ', said));

        void Tone(double seconds, double frequency)
        {
            for (int t = 0; t < (int)(seconds * Rate); t++)
            {
                random = random * 6364136223846793005 + 1442695040888963407;
                double noise = ((random >> 40) / (double)(1 << 24) - 0.5) * 0.01;
                samples.Add((float)(noise + (0.2 + 0.05 * (i % 3)) * Math.Sin(2 * Math.PI * frequency * t / Rate)));
            }
        }
    }

    private static SpeechDataset Data(int first, int count) =>
        new("tones", [.. Enumerable.Range(first, count).Select(i => Clip(i))]);

    [Theory]
    [InlineData(TokenUnit.Word)]
    [InlineData(TokenUnit.Character)]
    public void Train_WordsOfTones_AreWrittenDownWithTheirTimes(TokenUnit unit)
    {
        SpeechDataset train = Data(0, 40);
        Transcriber transcriber = Transcriber.Train(
            train, Small with { Unit = unit, Hidden = 32, Filters = 32, Epochs = null, Threads = 2 });
        Assert.Equal(0, transcriber.Evaluate(train).WordErrorRate);
        SpeechDataset test = Data(1000, 25);
        TranscriptScore score = transcriber.Evaluate(test);
        Assert.True(score.WordErrorRate <= 0.02, $"{score.WordErrorRate}");
        Assert.Equal((25, 100L), (score.Utterances, score.Words));

        // Word w sounds from 0.3 w + 0.1 to 0.3 w + 0.3 seconds; a step sees some frames around it.
        Transcript said = transcriber.Transcribe(test.Clips[0].Samples, Rate);
        Assert.Equal(test.Clips[0].Text, said.Text);
        Assert.Equal(said.Text, string.Join(' ', said.Words.Select(word => word.Word)));
        for (int w = 0; w < said.Words.Count; w++)
        {
            Assert.InRange(said.Words[w].Start, 0.3 * w, 0.3 * w + 0.35);
            Assert.InRange(said.Words[w].End, said.Words[w].Start + 0.01, 0.3 * w + 0.45);
        }

        var beam = new Transcriber(transcriber.Model) { Beam = 5 };
        Assert.Equal(said.Text, beam.Transcribe(test.Clips[0].Samples, Rate).Text);

        // What was written to a file and read again answers alike.
        Transcriber read = Transcriber.Load(transcriber.ToBytes());
        Assert.Equal(score, read.Evaluate(test));
        Assert.Equal(transcriber.Model.Spec, read.Model.Spec);
        Assert.Equal(transcriber.Model.Symbols, read.Model.Symbols);
    }

    [Fact]
    public void Train_OneOrTwoThreads_GivesTheSameBits()
    {
        byte[] one = Transcriber.Train(Data(0, 12), Small).ToBytes();
        Assert.Equal(one, Transcriber.Train(Data(0, 12), Small with { Threads = 2 }).ToBytes());
        Assert.NotEqual(one, Transcriber.Train(Data(0, 12), Small with { Seed = 2 }).ToBytes());
        Assert.NotEqual(one, Transcriber.Train(Data(0, 12), Small with { Masks = false }).ToBytes());
        Assert.NotEqual(one, Transcriber.Train(Data(0, 12), Small with { Features = SoundConvention.Htk }).ToBytes());
    }

    [Theory]
    [InlineData(SoundConvention.Kaldi)]
    [InlineData(SoundConvention.Htk)]
    [InlineData(SoundConvention.Librosa)]
    public void Load_FeaturesOfEachConvention_AreWhatTheyWere(SoundConvention features)
    {
        Transcriber made = Transcriber.Train(Data(0, 6), Small with { Epochs = 1, Features = features, Bidirectional = false });
        Transcriber read = Transcriber.Load(made.ToBytes());
        Assert.Equal(made.Model.Spec, read.Model.Spec);
        Assert.Equal(made.Evaluate(Data(9, 3)), read.Evaluate(Data(9, 3)));
        Assert.Equal(TaskNames.Transcribe, read.Model.Task);
    }

    [Fact]
    public void Train_ATranscriptTooLongForItsClip_IsRefusedWithBothNumbers()
    {
        // 0.1 s at 100 frames a second are 8 whole frames; "hello hello" needs 11 and two blanks between equal letters.
        var clip = new SpeechClip("short.wav", Clip(1).Samples[..(Rate / 10)], Rate, "hello hello");
        var data = new SpeechDataset("list.tsv", [.. Data(0, 5).Clips, clip]);
        string message = Assert.Throws<InvalidDataException>(() => Transcriber.Train(data, Small with { Join = null })).Message;
        Assert.Contains("list.tsv: short.wav has 8 steps (0.1 seconds)", message, StringComparison.Ordinal);
        Assert.Contains("\"hello hello\" needs 13", message, StringComparison.Ordinal);
        Assert.Contains(
            "short.wav has 4 steps", Assert.Throws<InvalidDataException>(() => Transcriber.Train(data, Small)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Evaluate_CharactersThatTrainingHadNot_AreNamedAndCountAsErrors()
    {
        Transcriber transcriber = Transcriber.Train(Data(0, 6), Small);
        SpeechClip clip = Clip(3);
        var data = new SpeechDataset("t", [clip, new SpeechClip("x", clip.Samples, Rate, "fa fa re so")]);
        Assert.Equal(
            [("f", 2), ("a", 2), ("s", 1)], transcriber.Unknown(data).OrderByDescending(each => "saf".IndexOf(each.Symbol)));
        TranscriptScore score = transcriber.Evaluate(data);
        Assert.True(score.WordErrors.Errors >= 3 && double.IsFinite(score.Loss));
        Assert.Empty(transcriber.Unknown(Data(0, 6)));
    }

    [Fact]
    public void Transcribe_AnotherSampleRate_IsRefusedUnlessAskedFor()
    {
        Transcriber transcriber = Transcriber.Train(Data(0, 6), Small);
        SpeechClip other = Clip(3).Require(16_000, resample: true);
        string message = Assert.Throws<InvalidDataException>(() => transcriber.Transcribe(other.Samples, 16_000)).Message;
        Assert.Contains("16000 samples a second; 8000 are expected", message, StringComparison.Ordinal);
        _ = new Transcriber(transcriber.Model) { Resample = true }.Transcribe(other.Samples, 16_000);
        var mixed = new SpeechDataset("mixed", [.. Data(0, 5).Clips, other]);
        Assert.Contains("clip 3", Assert.Throws<InvalidDataException>(() => Transcriber.Train(mixed, Small)).Message,
            StringComparison.Ordinal);
        Assert.Equal(Rate, Transcriber.Train(mixed, Small with { Resample = true }).Model.Spec.Sound.SampleRate);
        Assert.Throws<ArgumentException>(() => transcriber.Transcribe(ReadOnlyMemory<float>.Empty, Rate));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Transcriber(transcriber.Model) { Beam = 0 });
    }

    [Fact]
    public void Train_TooFewClipsOrEmptyTranscripts_IsRefused()
    {
        Assert.Contains("too few", Assert.Throws<InvalidDataException>(() => Transcriber.Train(Data(0, 1), Small)).Message);
        var silent = new SpeechDataset("silent", [.. Data(0, 4).Clips.Select(clip => new SpeechClip(clip.Name, clip.Samples,
            Rate))]);
        Assert.Contains("all transcripts are empty", Assert.Throws<InvalidDataException>(() => Transcriber.Train(silent,
            Small)).Message);
        Assert.Contains("Join", Assert.Throws<ArgumentException>(() => Transcriber.Train(Data(0, 4), Small with { Join = 0 }))
            .Message);
        Assert.Throws<ArgumentException>(() => Transcriber.Train(Data(0, 4), Small with { Unit = TokenUnit.Subword }));
    }

    [Fact]
    public void Alignment_OfAnyText_IsTheBestOfAllPaths()
    {
        const int Classes = 3, Frames = 6;
        float[] logits = Bits.Random(Classes * Frames, 11);
        foreach (int[] text in (int[][])[[1], [2, 2], [1, 2, 1], [1, 1, 1]])
        {
            CtcSymbol[] found = CtcAlignment.Of(logits, Classes, text)!;
            double best = double.NegativeInfinity;
            int[] right = [];
            for (int path = 0; path < 729; path++)
            {
                int[] labels = [.. Enumerable.Range(0, Frames).Select(t => path / (int)Math.Pow(3, t) % 3)];
                int[] spelt = [.. labels.Where((label, t) => label != 0 && (t == 0 || labels[t - 1] != label))];
                double score = labels.Select((label, t) => (double)logits[t * Classes + label]).Sum();
                if (spelt.SequenceEqual(text) && score > best) (best, right) = (score, labels);
            }

            int[] own = new int[Frames];
            foreach (CtcSymbol symbol in found) Array.Fill(own, symbol.Label, symbol.Start, symbol.End - symbol.Start);
            Assert.Equal(right, own);
            Assert.Equal(text, found.Select(symbol => symbol.Label));
        }

        Assert.Null(CtcAlignment.Of(logits, Classes, [1, 1, 1, 1]));
        Assert.Empty(CtcAlignment.Of(logits, Classes, [])!);
    }
}
