using System.Security.Cryptography;

namespace Recurant.Install.Tests;

/// <summary>The command as a tool: installed, in odd places, run without installing.</summary>
public sealed class ToolTests(PackageFeed feed)
{
    private const string Reviews =
        "good film\tpositive\nnot good\tnegative\nbad film\tnegative\nnot bad\tpositive\na good one\tpositive\n"
        + "a bad one\tnegative\n";

    public static TheoryData<bool> Forms { get; } = OperatingSystem.IsLinux() && IsX64 ? [false, true] : [false];

    private static bool IsX64 => System.Runtime.InteropServices.RuntimeInformation.OSArchitecture
        == System.Runtime.InteropServices.Architecture.X64;

    /// <summary>Every machine's form and the native one: the same model file and the same answer.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tool_Installed_TrainsAndAnswers(bool native)
    {
        string room = feed.Room(native ? await feed.Whole() : await feed.Plain(), "mit Leerzeichen ü 日本");
        string tool = await Install(room);
        string[] assemblies = Directory.GetFiles(Path.GetDirectoryName(tool)!, "Recurant.Cli.dll", SearchOption.AllDirectories);
        Assert.Equal(native, assemblies.Length == 0);
        string hash = await TrainAndAsk(tool, room);

        // The form for every machine, which both feeds have, gives the same bytes.
        string other = feed.Room(await feed.Plain(), "other");
        Assert.Equal(await TrainAndAsk(await Install(other), other), hash);
    }

    /// <summary>
    /// An application is not subject to the caller's global.json; no HOME; an installation nobody may write to.
    /// </summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tool_InOddPlaces_Answers(bool native)
    {
        string room = feed.Room(native ? await feed.Whole() : await feed.Plain(), "x'y & z");
        string tool = await Install(room);
        string elsewhere = Path.Combine(room, "else where");
        Directory.CreateDirectory(elsewhere);
        await File.WriteAllTextAsync(
            Path.Combine(elsewhere, "global.json"), """{ "sdk": { "version": "99.0.100", "rollForward": "disable" } }""");
        if (!OperatingSystem.IsWindows())
        {
            string place = Path.GetDirectoryName(tool)!;
            foreach (string name in Directory.GetFileSystemEntries(place, "*", SearchOption.AllDirectories))
            {
                File.SetUnixFileMode(name, File.GetUnixFileMode(name) & ~(UnixFileMode.UserWrite | UnixFileMode.GroupWrite));
            }
        }

        try
        {
            Said said = Stranger.Good(await Stranger.Start(
                tool, elsewhere, ["lesson", "not good"], ("HOME", null), ("DOTNET_CLI_HOME", null), ("TMPDIR", "/nowhere"),
                ("DOTNET_ROOT", DotnetRoot)));
            Assert.Contains("not", said.Output, StringComparison.Ordinal);
            Assert.Equal("", said.Errors);
        }
        finally
        {
            if (!OperatingSystem.IsWindows())
            {
                foreach (string name in Directory.GetDirectories(room, "*", SearchOption.AllDirectories))
                {
                    File.SetUnixFileMode(name, File.GetUnixFileMode(name) | UnixFileMode.UserWrite);
                }
            }
        }
    }

    [Fact]
    public async Task Tool_WithoutInstalling_Runs()
    {
        string room = feed.Room(await feed.Plain(), "exec");
        Said said = await Stranger.Run(
            room, "tool", "exec", $"Recurant.Cli@{PackageFeed.Version}", "--yes", "--", "lesson", "not good");
        Assert.Contains("not", said.Output, StringComparison.Ordinal);
    }

    /// <summary>As a local tool of a project, under its manifest.</summary>
    [Fact]
    public async Task Tool_OfAProject_Runs()
    {
        string room = feed.Room(await feed.Plain(), "local");
        await Stranger.Run(room, "new", "tool-manifest", "--debug:custom-hive", Path.Combine(room, "hive"));
        await Stranger.Run(room, "tool", "install", "Recurant.Cli", "--version", PackageFeed.Version);
        Said said = await Stranger.Run(room, "recurant", "lesson", "not good");
        Assert.Contains("not", said.Output, StringComparison.Ordinal);
    }

    /// <summary>Where .NET is: the tests' own runtime lies three folders below.</summary>
    private static string DotnetRoot => Path.GetFullPath(Path.Combine(
        System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    private static async Task<string> Install(string room)
    {
        string place = Path.Combine(room, "tools");
        await Stranger.Run(room, "tool", "install", "Recurant.Cli", "--version", PackageFeed.Version, "--tool-path", place);
        return Path.Combine(place, OperatingSystem.IsWindows() ? "recurant.exe" : "recurant");
    }

    private static async Task<string> TrainAndAsk(string tool, string room)
    {
        string data = Path.Combine(room, "Übung 1.tsv"), model = Path.Combine(room, "Modell é.safetensors");
        await File.WriteAllTextAsync(data, string.Concat(Enumerable.Repeat(Reviews, 20)));
        Stranger.Good(await Stranger.Start(
            tool, room, ["train", data, "--epochs", "2", "--hidden", "8", "--out", model, "--quiet"],
            ("DOTNET_ROOT", DotnetRoot)));
        Said said = Stranger.Good(await Stranger.Start(tool, room, ["predict", model, "not good"], ("DOTNET_ROOT", DotnetRoot)));
        Assert.Matches("(positive|negative)", said.Output);
        return $"{Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(model)))} {said.Output}";
    }
}
