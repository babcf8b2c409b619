using System.Text;
using CsCheck;

namespace Recurant.Cli.Tests;

/// <summary>The small pieces, called directly.</summary>
public class PiecesTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1h", 3600)]
    [InlineData("1h30m", 5400)]
    [InlineData("1.5m", 90)]
    [InlineData("45", 45)]
    public void Duration_Time_IsItsSeconds(string text, double seconds) =>
        Assert.Equal(seconds, SettingValue.Duration(text).TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("0s")]
    [InlineData("-5m")]
    [InlineData("5 minutes")]
    public void Duration_NoTime_Throws(string text) => Assert.Throws<FormatException>(() => SettingValue.Duration(text));

    [Theory]
    [InlineData(0.69314, "0.6931")]
    [InlineData(9999.5, "9999.5000")]
    [InlineData(2.587e21, "2.6e+21")]
    [InlineData(double.NaN, "NaN")]
    public void Loss_AnyNumber_FitsItsColumn(double loss, string expected) =>
        Assert.Equal(expected, Numbers.Loss(loss));

    [Theory]
    [InlineData(0, "0 rows")]
    [InlineData(1, "1 row")]
    [InlineData(6334, "6,334 rows")]
    public void Of_CountAndNoun_AgreeInNumber(int count, string expected) =>
        Assert.Equal(expected, Numbers.Of(count, "row"));

    [Fact]
    public void WriteNote_LongLines_BreaksBetweenWordsOnATerminalOnly()
    {
        Assert.Equal(["the first line is", "longer than twenty", "second"], Note(isTerminal: true));
        Assert.Equal(["the first line is longer than twenty", "second"], Note(isTerminal: false));

        static string[] Note(bool isTerminal)
        {
            using var error = new StringWriter();
            using var terminal = new UserTerminal
            {
                Out = TextWriter.Null, Error = new ErrorWriter(error), Input = Stream.Null, ErrorIsTerminal =
                    isTerminal, ErrorWidth = 20,
            };
            terminal.WriteNote("the first line is longer than twenty\nsecond");
            return error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
    }

    [Fact]
    public void Dropout_OneRate_IsForInputLayersAndOutput() =>
        Assert.Equal(new DropoutOptions { Input = 0.25f, Layers = 0.25f, Output = 0.25f }, DropoutValue.Read("0.25"));

    [Fact]
    public void Dropout_List_SetsWhatItNames() => Assert.Equal(
        new DropoutOptions { Input = 0.3f, Layers = 0.2f, Recurrent = 0.1f, Word = 0.05f, Embedding = 0, Output = 0.5f },
        DropoutValue.Read("input=0.3, layers=0.2,recurrent=0.1,word=0.05,embedding=0,output=0.5"));

    [Theory]
    [InlineData("input=0.1,input=0.2")]
    [InlineData("input")]
    [InlineData("input=0.1,layers")]
    [InlineData("=0.1")]
    public void Dropout_FaultyList_Throws(string text) => Assert.Throws<FormatException>(() => DropoutValue.Read(text));

    [Theory]
    [InlineData("hiden", "hidden")]
    [InlineData("trian", "train")]
    [InlineData("HIDDEN", "hidden")]
    [InlineData("zebra", null)]
    public void Nearest_Name_IsFoundWhereItIsNear(string asked, string? expected) =>
        Assert.Equal(expected, Nearest.Find(asked, ["hidden", "train", "layers"]));

    [Fact]
    public void Distance_AnyTwoWords_IsAMetricOnEditsByOne() =>
        Gen.Select(Gen.String[Gen.Char['a', 'd'], 0, 8], Gen.String[Gen.Char['a', 'd'], 0, 8]).Sample((a, b) =>
        {
            int distance = Nearest.Distance(a, b);
            Assert.Equal(distance, Nearest.Distance(b, a));
            Assert.Equal(a == b, distance == 0);
            Assert.InRange(distance, Math.Abs(a.Length - b.Length), Math.Max(a.Length, b.Length));
        });

    [Fact]
    public void Wrap_AnyText_KeepsItsWordsWithinTheWidth() =>
        Gen.Select(Gen.String[Gen.Char['a', 'c'], 0, 9].Array[0, 30], Gen.Int[10, 40]).Sample((words, width) =>
        {
            string[] lines = [.. TextLayout.Wrap(string.Join(' ', words), width)];
            Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
            Assert.Equal(words.Where(word => word.Length > 0),
                string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void LineSource_AnyChunks_GivesTheSameLines(int chunk)
    {
        string text = "first\nzweite Zeile: äöü\n\nlast without an end";
        string[] lines = [.. new LineSource(new SlowStream(Encoding.UTF8.GetBytes(text), chunk)).Read(2)
            .SelectMany(batch => batch)];
        Assert.Equal(["first", "zweite Zeile: äöü", "", "last without an end"], lines);
    }

    [Fact]
    public void LineSource_LongLine_GrowsItsBufferUpToALimit()
    {
        string line = new('x', 300_000);
        Assert.Equal([line], new LineSource(new MemoryStream(Encoding.UTF8.GetBytes(line + "\n"))).Read(8).Single());
        byte[] endless = [.. "short\n"u8, .. new byte[5_000_000]];
        string fault = Assert.Throws<InvalidDataException>(
            () => new LineSource(new MemoryStream(endless)).Read(8).Count()).Message;
        Assert.StartsWith("standard input, line 2: the line is longer", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(60)]
    [InlineData(100)]
    [InlineData(140)]
    public void DemoTable_AnyWidth_Fits(int width)
    {
        string[] models = ["bag of words", "recurrent", "LSTM", "GRU"];
        var answer = new Prediction { Label = "positive", Probability = 0.99f, Probabilities = [] };
        IReadOnlyList<Prediction>[] answers =
            [.. DemoText.Sentences.Select(_ => (IReadOnlyList<Prediction>)[answer, answer, answer, answer])];
        string[] lines = [.. DemoText.Table(models, answers, width)];
        Assert.All(lines, line => Assert.InRange(line.Length, 0, width));
        Assert.Equal(4 * DemoText.Sentences.Count(sentence => sentence.Label == "negative"),
            lines.Sum(line => line.Split(" x").Length - 1));
    }

    [Fact]
    public void ConfusionTable_TooWide_TellsPrecisionRecallAndTheWorstConfusions()
    {
        string[] labels = ["alpha", "beta", "gamma"];
        IReadOnlyList<int>[] confusion = [[8, 2, 0], [0, 5, 5], [0, 0, 0]];
        Assert.Contains("alpha", string.Join('\n', ConfusionTable.Lines(labels, confusion, 100)), StringComparison.Ordinal);
        string narrow = string.Join('\n', ConfusionTable.Lines(labels, confusion, 20));
        string words = string.Join(' ', narrow.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(@"alpha\D+10\D+1\.0000\D+0\.8000", words);
        Assert.Matches(@"gamma\D+0\D+0\.0000\D+-", words);
        Assert.Matches(@"beta\b.*gamma\D+5.*alpha\b.*beta\D+2$", words);
    }

    private sealed class SlowStream(byte[] bytes, int chunk) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, chunk));
    }
}
