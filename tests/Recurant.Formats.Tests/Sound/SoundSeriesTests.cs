using System.Buffers.Binary;

namespace Recurant.Formats.Tests.Sound;

/// <summary>Folders and lists of sounds as sequences of features.</summary>
public sealed class SoundSeriesTests : TemporaryFiles
{
    [Fact]
    public void Read_FoldersOfSounds_AreSequencesWithTheirNamesAsLabels()
    {
        Write("sounds/low/b.wav", Wav(440, 800));
        Write("sounds/low/a.wav", Wav(440, 1600));
        Write("sounds/high/c.wav", Wav(1500, 1600));
        string folder = Path.Combine(Root, "sounds");
        SeriesFile file = SeriesReader.Read(folder);
        Assert.Equal(["high/c.wav", "low/a.wav", "low/b.wav"], file.Table.Series.Select(series => series.Id));
        // 25 ms every 10 ms: 1 + (1600 - 200) / 80 and 1 + (800 - 200) / 80.
        Assert.Equal([18, 18, 8], file.Table.Series.Select(series => series.Count));
        Assert.Equal((41, "label", true), (file.Table.Columns.Count, file.LabelColumn, file.LabelIsConstant));
        SeriesColumn label = file.Table.Columns[^1];
        Assert.Equal(["high", "low"], label.Categories);
        Assert.Equal([0, 1, 1], file.Table.Series.Select(series => label[series.First]));
        Assert.Equal((8000, 40, SoundConvention.Kaldi), (file.Sound!.SampleRate, file.Sound.MelBands, file.Sound.Convention));
        Assert.Equal("3 sounds, 0.5 s at 8000 samples a second; 40 log mel energies every 10 ms, 44 frames; 2 labels",
            file.Description);
        DetectedData found = DataDetector.Detect(folder);
        Assert.Equal((DataKind.Series, true), (found.Kind, found.HasLabels));
        // The columns are the features themselves.
        var features = new SoundFeatures(file.Sound);
        float[] expected = features.Compute(SoundFile.Read(Path.Combine(folder, "low", "b.wav")).Samples().Span);
        for (int k = 0; k < expected.Length; k++) Assert.Equal(expected[k], file.Table.Columns[k % 40][36 + k / 40]);
    }

    [Fact]
    public void Read_ListsOfSounds_NameFilesAndLabels()
    {
        Write("clips/a.wav", Wav(440, 800));
        Write("clips/b.wav", Wav(880, 800));
        SeriesFile file = SeriesReader.Read(Write("list.tsv", "clips/a.wav\tyes\nclips/b.wav\tno\n"));
        Assert.Equal(["clips/a.wav", "clips/b.wav"], file.Table.Series.Select(series => series.Id));
        Assert.Equal(["no", "yes"], file.Table.Columns[^1].Categories);
        SeriesFile named = SeriesReader.Read(Write("list.csv", "label,path\nyes,clips/a.wav\nno,clips/b.wav\n"));
        Assert.Equal(["clips/a.wav", "clips/b.wav"], named.Table.Series.Select(series => series.Id));
        Assert.Equal(DataKind.Series, DataDetector.Detect(Write("list.tsv", "clips/a.wav\tyes\nclips/b.wav\tno\n")).Kind);
        Assert.Contains("1 of its 2 files are not there; the first, of line 2, is ", Assert.Throws<InvalidDataException>(
            () => SeriesReader.Read(Write("list.tsv", "clips/a.wav\tyes\nclips/z.wav\tno\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("line 2 has 1 columns", Assert.Throws<InvalidDataException>(
            () => SeriesReader.Read(Write("list.tsv", "clips/a.wav\tyes\nclips/b.wav\n"))).Message, StringComparison.Ordinal);
        // A sound alone has no label.
        SeriesFile alone = SeriesReader.Read(Path.Combine(Root, "clips", "a.wav"));
        Assert.Equal((40, (string?)null), (alone.Table.Columns.Count, alone.LabelColumn));
    }

    [Fact]
    public void Read_AnotherSampleRate_IsBroughtToItOnlyWhenAsked()
    {
        Write("s/x/a.wav", Wav(440, 800));
        string other = Write("s/x/b.wav", Wav(440, 1600, rate: 16_000));
        string folder = Path.Combine(Root, "s");
        Assert.Equal(
            $"{other}: it has 16000 samples a second, the files before it 8000. Give --resample (Resample) to bring all to 8000.",
            Assert.Throws<InvalidDataException>(() => SeriesReader.Read(folder)).Message);
        SeriesFile all = SeriesReader.Read(folder, new SeriesFormatOptions { Resample = true });
        Assert.Equal(all.Table.Series[0].Count, all.Table.Series[1].Count);
        // A model's own rate is told.
        var model = new SoundFeatureSpec { SampleRate = 8000, MelBands = 40 };
        Assert.Contains("16000 samples a second, the model 8000", Assert.Throws<InvalidDataException>(
            () => SeriesReader.Read(other, new SeriesFormatOptions { Sound = model })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SilentShortOrEmptySounds_AreToldOrRefused()
    {
        string silent = Write("s/x/a.wav", Wav(0, 800)), brief = Write("s/x/b.wav", Wav(440, 50));
        SeriesFile file = SeriesReader.Read(Path.Combine(Root, "s"));
        Assert.Equal(
            [$"{brief}: shorter than a frame, so that zeros follow it", $"{silent}: all of its samples are equal: silence"],
            file.Table.Warnings);
        Assert.All(Enumerable.Range(0, file.Table.Rows).Select(row => file.Table.Columns[0][row]), value => Assert.True(
            float.IsFinite(value)));
        string empty = Write("s/x/c.wav", Wav(440, 0));
        Assert.Equal(
            $"{empty}: the file has no samples.",
            Assert.Throws<InvalidDataException>(() => SeriesReader.Read(Path.Combine(Root, "s"))).Message);
    }

    /// <summary>A sine in a WAV file of 16 bits.</summary>
    private static byte[] Wav(double hertz, int count, int rate = 8000)
    {
        byte[] bytes = new byte[44 + 2 * count];
        "RIFF"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), bytes.Length - 8);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), rate);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(28), 2 * rate);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(34), 16);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), 2 * count);
        for (int i = 0; i < count; i++)
        {
            short sample = (short)(10_000 * Math.Sin(2 * Math.PI * hertz * i / rate));
            BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(44 + 2 * i), sample);
        }

        return bytes;
    }
}
