using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Recurant.Cli.Tests;

/// <summary>Faulty files: one clear message with the place, the right exit code, and nothing half-written.</summary>
public class BadInputTests
{
    public static TheoryData<string, string> FaultyData => new()
    {
        { "", "data.tsv: " },
        { "label\ttext\n", "data.tsv" },
        { Reviews.Tsv() + "mixed\tOnly once.\n", "data.tsv, line 122: the label \"mixed\" occurs only once" },
        { Reviews.Tsv() + "positive\n", "data.tsv, line 122" },
        { Reviews.Tsv() + "positive\tone\ttwo\n", "data.tsv, line 122" },
        { Reviews.Tsv().Replace("negative", "positive", StringComparison.Ordinal),
            "data.tsv: all 120 rows have the label \"positive\"" },
        { Reviews.Tsv() + "\tno label\n", "data.tsv, line 122" },
    };

    [Theory]
    [MemberData(nameof(FaultyData))]
    public void Train_FaultyData_NamesFileAndPlaceAndWritesNothing(string content, string expected)
    {
        using var place = new Workspace();
        place.Write("data.tsv", content);
        AssertFails(place, expected, ["train", "data.tsv"]);
        Assert.Equal(["data.tsv"], place.Files());
    }

    [Fact]
    public void Train_UnclosedQuote_NamesTheLine()
    {
        using var place = new Workspace();
        place.Write("data.csv",
            "label,text\n" + string.Concat(Reviews.Pairs(40).Select(pair => $"{pair.Label},\"{pair.Text}\"\n"))
                + "positive,\"never closed\nnegative,x\n");
        AssertFails(place, "data.csv, line 42", ["train", "data.csv"]);
        Assert.Equal(["data.csv"], place.Files());
    }

    [Fact]
    public void Train_InvalidUtf8_NamesLineAndColumn()
    {
        using var place = new Workspace();
        place.WriteBytes("data.tsv", [.. Encoding.UTF8.GetBytes(Reviews.Tsv()), .. "positive\tcaf"u8, 0xE9, .. " noir\n"u8]);
        AssertFails(place, "data.tsv, line 122, column 13", ["train", "data.tsv"]);
    }

    [Fact]
    public void Train_MissingColumn_ListsThoseThatExist()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        string error = AssertFails(place, "data.tsv", ["train", "data.tsv", "--text", "txet"]);
        Assert.Contains("Did you mean \"text\"?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_MarkAndWindowsLineEnds_AreNoFault()
    {
        using var place = new Workspace();
        place.WriteBytes("data.tsv",
            [.. Encoding.UTF8.Preamble,
                .. Encoding.UTF8.GetBytes(Reviews.Tsv().Replace("\n", "\r\n", StringComparison.Ordinal))]);
        place.TrainSmall("--seed", "3");
        byte[] windows = File.ReadAllBytes(place.Path("model.safetensors"));
        place.Write("data.tsv", Reviews.Tsv());
        place.TrainSmall("--seed", "3");
        Assert.Equal(windows, File.ReadAllBytes(place.Path("model.safetensors")));
    }

    [Fact]
    public void Test_LabelNeverSeenInTraining_NamesTheLine()
    {
        using var place = new Workspace();
        place.TrainSmall();
        place.Write("test.tsv", Reviews.Tsv(10) + "mixed\tSo so.\n");
        AssertFails(place, "test.tsv, line 12: the label \"mixed\" never occurs in the training data",
            ["test", "model.safetensors", "test.tsv"]);
        AssertFails(place, "test.tsv, line 12: the label \"mixed\" never occurs",
            ["train", "data.tsv", "--test", "test.tsv", "--out", "other.safetensors"]);
        Assert.False(place.Has("other.safetensors"));
    }

    [Fact]
    public void Train_FileThatIsNotThere_GuessesTheNameMeant()
    {
        using var place = new Workspace();
        place.Write("reviews.tsv", Reviews.Tsv());
        string error = AssertFails(place, "reveiws.tsv: there is no such file.", ["train", "reveiws.tsv"]);
        Assert.Contains("Did you mean \"reviews.tsv\"?", error, StringComparison.Ordinal);
    }

    /// <summary>The least that shows a file to be a model of this program.</summary>
    private static byte[] OlderModel()
    {
        byte[] header = Encoding.UTF8.GetBytes("""{"__metadata__":{"recurant":"{}"}}""");
        return [.. BitConverter.GetBytes((long)header.Length), .. header];
    }

    /// <summary>
    /// A file that this program did not write is nobody's to replace: neither by the name that was given nor by the one that a
    /// run chooses; what it wrote itself, or an empty file, is replaced.
    /// </summary>
    [Theory]
    [InlineData("data.safetensors", "train", "data.tsv")]
    [InlineData("data.tsv", "train", "data.tsv", "--out", "data.tsv")]
    [InlineData("notes.txt", "train", "data.tsv", "--out", "m.safetensors", "--record", "notes.txt")]
    [InlineData("notes.txt", "train", "data.tsv", "--out", "m.safetensors", "--report", "notes.txt")]
    [InlineData("m.run.jsonl", "train", "data.tsv", "--out", "m.safetensors", "--report", "page.html")]
    public void Train_OutputIsAnothersFile_IsRefusedBeforeAnyWork(string kept, params string[] arguments)
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        if (kept != "data.tsv") place.Write(kept, "somebody else's");
        string before = File.ReadAllText(place.Path(kept));
        string[] files = [.. place.Files()];
        CommandResult result = place.Run(arguments);
        Assert.Equal(2, result.Code);
        Assert.Contains("would be overwritten", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(place.Path(kept)));
        Assert.Equal(files, place.Files());
    }

    [Fact]
    public void Inspect_TrainingRecordIsNoJson_NamesTheKey()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        Assert.Equal(0, place.Run("train", "data.tsv", "--epochs", "1", "--out", "m.safetensors", "--quiet").Code);
        byte[] model = File.ReadAllBytes(place.Path("m.safetensors"));
        int at = model.AsSpan().IndexOf("\"training\":\"{"u8);
        Assert.True(at > 0);
        model[at + "\"training\":\"".Length] = (byte)'?';
        File.WriteAllBytes(place.Path("m.safetensors"), model);
        foreach (string[] form in (string[][])[["--json"], []])
        {
            AssertFails(place, "m.safetensors: metadata 'training': ", ["inspect", "m.safetensors", .. form]);
        }
    }

    [Fact]
    public void Train_LossTurnsNonFinite_NamesStepAndPlaceAndKeepsTheOldFile()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        byte[] older = OlderModel();
        File.WriteAllBytes(place.Path("model.safetensors"), older);
        string[] steep =
            ["--optimizer", "sgd", "--learning-rate", "1e9", "--clip", "0", "--cell", "elman", "--activation", "relu"];
        string error = AssertFails(place, "In step ", ["train", "data.tsv", "--out", "model.safetensors", .. steep]);
        Assert.Contains("lower the learning rate", error, StringComparison.Ordinal);
        Assert.Equal(older, File.ReadAllBytes(place.Path("model.safetensors")));
        Assert.Equal(["data.tsv", "model.nonfinite.safetensors", "model.safetensors"], place.Files());
    }

    [Fact]
    public void Train_OutCannotBeWritten_IsFoundOutBeforeTheDataIsRead()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("train", "absent.tsv", "--out", "no/such/place.safetensors");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: Cannot write no/such/place.safetensors: there is no directory", result.Error,
            StringComparison.Ordinal);
        Assert.Equal(1, place.Run("train", "absent.tsv", "--out", ".").Code);
    }

    [Fact]
    public void Train_DiskFull_SaysSoAndLeavesNothing()
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv());
        Directory.CreateDirectory(place.Path("small"));
        Assert.SkipUnless(Shell("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place.Path("small")),
            "A small disk can be made by the superuser only.");
        try
        {
            string error = AssertFails(
                place, "Cannot write small/model.safetensors: the disk is full",
                ["train", "data.tsv", "--out", "small/model.safetensors", "--hidden", "64", "--epochs", "1"]);
            Assert.Contains("Nothing was written", error, StringComparison.Ordinal);
            Assert.Empty(Directory.GetFiles(place.Path("small")));
        }
        finally
        {
            Shell("umount", place.Path("small"));
        }
    }

    public static TheoryData<string, string> FaultyModels => new()
    {
        { "cut", "The file is truncated" },
        { "overlap", "model.safetensors: " },
        { "size", "model.safetensors: " },
        { "nan", "holds NaN at element 0; weights must be finite" },
        { "other", "this is a safetensors file of another program" },
        { "text", "model.safetensors: " },
        { "empty", "model.safetensors: " },
    };

    [Theory]
    [MemberData(nameof(FaultyModels))]
    public void Predict_FaultyModel_SaysWhatIsWrong(string fault, string expected)
    {
        using var place = new Workspace();
        place.TrainSmall();
        byte[] model = File.ReadAllBytes(place.Path("model.safetensors"));
        place.WriteBytes("model.safetensors", Damage(model, fault));
        CommandResult result = place.Run("predict", "model.safetensors", "The film is good.");
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: model.safetensors: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.InRange(result.ErrorLines.Length, 1, 2);
        Assert.Equal("", result.Out);
    }

    private static byte[] Damage(byte[] model, string fault)
    {
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(model), start = 8 + length;
        string header = Encoding.UTF8.GetString(model, 8, length);
        switch (fault)
        {
            case "cut":
                return model[..^100];
            case "nan":
                BitConverter.TryWriteBytes(model.AsSpan(start), float.NaN);
                return model;
            case "other":
                return [.. BitConverter.GetBytes(2L), .. "{}"u8];
            case "text":
                return "this is no model at all\n"u8.ToArray();
            case "empty":
                return [];
            case "overlap":
                return WithHeader(header.Replace("\"data_offsets\":[0,", "\"data_offsets\":[4,", StringComparison.Ordinal));
            default:
                return WithHeader(header.Replace("[2,16]", "[2,15]", StringComparison.Ordinal));
        }

        byte[] WithHeader(string changed)
        {
            Assert.NotEqual(header, changed);
            byte[] bytes = Encoding.UTF8.GetBytes(changed);
            return [.. BitConverter.GetBytes((long)bytes.Length), .. bytes, .. model.AsSpan(start)];
        }
    }

    private static string AssertFails(Workspace place, string expected, string[] arguments)
    {
        CommandResult result = place.Run([.. arguments, "--quiet"]);
        Assert.Equal(1, result.Code);
        Assert.StartsWith("recurant: " + expected, result.Error, StringComparison.Ordinal);
        Assert.InRange(result.ErrorLines.Length, 1, 2);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Out);
        return result.Error;
    }

    private static bool Shell(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    /// <summary>A page never takes the place of what the command reads, nor of nothing at all.</summary>
    [Fact]
    public void Report_PathOfTheInputOrOfADirectory_IsRefusedBeforeAnyWork()
    {
        using var workspace = new Workspace();
        Assert.Equal(0, workspace.Run("demo", "--save", "models", "--quiet").Code);
        byte[] model = File.ReadAllBytes(workspace.Path("models/lstm.safetensors"));
        string[][] calls =
        [
            ["explain", "models/lstm.safetensors", "not good", "--report", "./models/lstm.safetensors"],
            ["lesson", "not good", "--model", "models/lstm.safetensors", "--report", "models/lstm.safetensors"],
            ["explain", "models/lstm.safetensors", "not good", "--report", "models"],
            ["lesson", "not good", "--report", "models"],
        ];
        foreach (string[] call in calls)
        {
            CommandResult result = workspace.Run(call);
            Assert.NotEqual(0, result.Code);
            Assert.Contains("models", result.Error, StringComparison.Ordinal);
            Assert.Equal("", result.Out);
        }

        Assert.Equal(model, File.ReadAllBytes(workspace.Path("models/lstm.safetensors")));
    }
}
