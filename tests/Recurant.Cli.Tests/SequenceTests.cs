using System.Globalization;
using System.Text.Json;

namespace Recurant.Cli.Tests;

/// <summary>Labels and numbers of sequences from the command line.</summary>
public sealed class SequenceTests : IDisposable
{
    private static readonly string[] s_small =
        ["--hidden", "6", "--models", "1", "--batch", "8", "--threads", "1", "--out", "m.safetensors"];

    private readonly Workspace _place = new();

    public void Dispose() => _place.Dispose();

    [Fact]
    public void Classify_ALabelForEachSequence_IsLearntAndTold()
    {
        _place.Write("c.csv", Table(30, i => 4 + i % 3, (i, _) => i % 2 == 1, up => up ? "up" : "down"));
        CommandResult trained = Train("c.csv", "--label", "kind", "--epochs", "3", "--json");
        using var document = JsonDocument.Parse(trained.Out);
        Assert.Equal("classify", document.RootElement.GetProperty("task").GetString());
        Assert.Equal(1, document.RootElement.GetProperty("test").GetProperty("accuracy").GetDouble());
        Assert.Equal(30, document.RootElement.GetProperty("series").GetInt32());
        Assert.Contains("6 sequences set aside for the test", trained.Error, StringComparison.Ordinal);
        string[] lines = Predict("c.csv");
        Assert.Equal(30, lines.Length);
        Assert.Matches("^s0\tdown\t[01]\\.\\d{4}$", lines[0]);
        Assert.Matches("^s29\tup\t[01]\\.\\d{4}$", lines[29]);
        using var line = JsonDocument.Parse(_place.Run("predict", "m.safetensors", "c.csv", "--json").Out.Split('\n')[1]);
        Assert.Equal(("s1", "up"),
            (line.RootElement.GetProperty("id").GetString(), line.RootElement.GetProperty("label").GetString()));
        Assert.Equal(["down", "up"],
            line.RootElement.GetProperty("probabilities").EnumerateObject().Select(member => member.Name));

        CommandResult tested = _place.Run("test", "m.safetensors", "c.csv");
        Assert.Matches("(?m)^accuracy +1\\.0000$", tested.Out);
        _place.Write("other.csv", Table(6, _ => 4, (_, _) => true, _ => "sideways"));
        CommandResult unknown = _place.Run("test", "m.safetensors", "other.csv");
        Assert.Equal(1, unknown.Code);
        Assert.Contains(
            "other.csv: \"sideways\" in the column \"kind\" is none of what the model can answer: \"down\", \"up\".",
            unknown.Error, StringComparison.Ordinal);
        CommandResult test = _place.Run(["train", "c.csv", "--label", "kind", "--test", "other.csv", .. s_small]);
        Assert.Equal(1, test.Code);
        Assert.Contains("other.csv: \"sideways\"", test.Error, StringComparison.Ordinal);
        // The answers need no labels.
        _place.Write("x.csv", Table(3, _ => 4, (i, _) => i == 1, null));
        Assert.Equal(["down", "up", "down"], Predict("x.csv").Select(each => each.Split('\t')[1]));
        CommandResult anomalies = _place.Run("anomalies", "m.safetensors", "c.csv");
        Assert.Equal(1, anomalies.Code);
        Assert.Contains("m.safetensors holds a sequence classifier, which 'anomalies' cannot use", anomalies.Error,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Tag_ALabelForEachStep_IsToldWithItsTime()
    {
        _place.Write("t.csv", Table(14, i => 9 + i % 3, (i, t) => (t / 3 + i) % 2 == 1, up => up ? "up" : "down"));
        CommandResult trained = Train("t.csv", "--task", "tag", "--label", "kind");
        Assert.Matches("(?m)^test +\\d+ +\\d\\.\\d{4} +(1\\.0000|0\\.9\\d{3}) ", trained.Out);
        string[] lines = Predict("t.csv");
        Assert.Equal(Enumerable.Range(0, 14).Sum(i => 9 + i % 3), lines.Length);
        Assert.Matches("^s0\t0\tdown\t[01]\\.\\d{4}$", lines[0]);
        Assert.Matches("^s0\t4\tup\t[01]\\.\\d{4}$", lines[4]);
        CommandResult explained = _place.Run("explain", "m.safetensors", "t.csv", "--number", "2", "--json");
        Assert.True(explained.Code == 0, explained.Error);
        using var document = JsonDocument.Parse(explained.Out);
        Assert.Equal("s1", document.RootElement.GetProperty("id").GetString());
        Assert.True(_place.Run("lens", "m.safetensors", "t.csv").Code == 0);
    }

    [Fact]
    public void Regress_ANumberForEachSequence_ComesNearIt()
    {
        double Level(int i) => i % 8 / 4.0 - 0.9;
        _place.Write("r.csv", "id,step,x,y\n" + string.Concat(Enumerable.Range(0, 30).Select(i =>
            string.Concat(Enumerable.Range(0, 4 + i % 3).Select(t => string.Create(
                CultureInfo.InvariantCulture, $"s{i},{t},{Level(i) + Noise(i, t) / 4:F3},{10 * Level(i) + 0.25:F2}\n"))))));
        CommandResult trained = Train("r.csv", "--task", "regress", "--target", "y", "--json");
        using var document = JsonDocument.Parse(trained.Out);
        JsonElement test = document.RootElement.GetProperty("test");
        // The numbers have a deviation of 5.7.
        Assert.InRange(test.GetProperty("rmse").GetDouble(), 0, 2);
        Assert.InRange(test.GetProperty("r2").GetDouble(), 0.8, 1);
        string[] lines = Predict("r.csv");
        Assert.Equal(30, lines.Length);
        Assert.InRange(double.Parse(lines[0].Split('\t')[1], CultureInfo.InvariantCulture), -11, -6);
        CommandResult words = _place.Run(["train", "r.csv", "--task", "regress", "--target", "z", .. s_small]);
        Assert.Equal(1, words.Code);
        Assert.Contains("there is no column \"z\"", words.Error, StringComparison.Ordinal);
    }

    /// <summary>A test without a right answer is refused before anything is learnt, and leaves no file.</summary>
    [Theory]
    [InlineData("--test")]
    [InlineData("--valid")]
    public void Classify_OtherDataWithoutAnswers_IsRefusedAtOnce(string option)
    {
        _place.Write("c.csv", Table(30, i => 4 + i % 3, (i, _) => i % 2 == 1, up => up ? "up" : "down"));
        _place.Write("other.csv", Table(6, i => 4 + i % 3, (i, _) => i % 2 == 1, _ => ""));
        CommandResult refused = _place.Run(["train", "c.csv", option, "other.csv", "--label", "kind", .. s_small]);
        Assert.Equal(1, refused.Code);
        Assert.Contains(
            "other.csv: none of its 30 rows has a value of \"kind\", so there is nothing to score", refused.Error,
            StringComparison.Ordinal);
        Assert.False(File.Exists(_place.Path("m.safetensors")));
    }

    [Fact]
    public void Classify_HeaderThatLies_IsSaidAndLearntFrom()
    {
        string Line(int i, int steps) => string.Join(',', Enumerable.Range(0, steps).Select(t =>
            i == 5 && t == 2 ? "?" : string.Create(
                CultureInfo.InvariantCulture, $"{(i % 2 == 0 ? -0.1 : 0.1) * t + 0.01 * i:F2}")))
            + $":{(i % 2 == 0 ? "left" : "right")}\n";
        _place.Write("u.ts", "@problemName Tilt\n@timeStamps false\n@missing false\n@univariate true\n@equalLength true\n"
            + "@seriesLength 6\n@classLabel true left right\n@data\n"
            + string.Concat(Enumerable.Range(0, 20).Select(i => Line(i, i == 3 ? 9 : i == 7 ? 4 : 6))));
        CommandResult trained = Train("u.ts", "--task", "classify", "--epochs", "4");
        Assert.Contains(
            "u.ts: the head says 6 steps in every sequence, and 2 of 20 have others; that no value is missing, and 1 ",
            trained.Error, StringComparison.Ordinal);
        string[] lines = Predict("u.ts");
        Assert.Equal(20, lines.Length);
        Assert.All(lines, line => Assert.Matches("\t(left|right)\t[01]\\.\\d{4}$", line));
    }

    private CommandResult Train(string file, params string[] more)
    {
        CommandResult result = _place.Run(["train", file, .. more, .. s_small]);
        Assert.True(result.Code == 0, result.Error);
        return result;
    }

    private string[] Predict(string file)
    {
        CommandResult result = _place.Run("predict", "m.safetensors", file);
        Assert.True(result.Code == 0, result.Error);
        return result.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>x is about 1 where it is up, else about -1.</summary>
    private static string Table(int sequences, Func<int, int> length, Func<int, int, bool> isUp, Func<bool, string>? label) =>
        $"id,step,x{(label is null ? "" : ",kind")}\n" + string.Concat(Enumerable.Range(0, sequences).Select(i =>
            string.Concat(Enumerable.Range(0, length(i)).Select(t => string.Create(
                CultureInfo.InvariantCulture,
                $"s{i},{t},{(isUp(i, t) ? 1 : -1) + Noise(i, t):F3}{(label is null ? "" : "," + label(isUp(i, t)))}\n")))));

    private static double Noise(int i, int t) => 0.2 * Math.Sin(12.9 * i + 78.2 * t);
}
