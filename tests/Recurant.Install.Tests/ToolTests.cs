using System.IO.Compression;
using System.Security.Cryptography;

namespace Recurant.Install.Tests;

/// <summary>The command as a tool: installed, in odd places, run without installing.</summary>
public sealed class ToolTests(PackageFeed feed)
{
    /// <summary>What a bare 'dotnet pack' makes, and what ./pack.sh does.</summary>
    public static TheoryData<bool> Forms { get; } = [false, true];

    /// <summary>Every machine's form and the native one: the same model file and the same answer.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tool_Installed_TrainsAndAnswers(bool native)
    {
        Assert.SkipUnless(Stranger.CanLink || !native, Stranger.NoLinker);
        string room = feed.Room(native ? await feed.Whole() : await feed.Plain(), "mit Leerzeichen ü 日本");
        string tool = await Install(room);
        string[] assemblies = Directory.GetFiles(Path.GetDirectoryName(tool)!, "Recurant.Cli.dll", SearchOption.AllDirectories);
        Assert.Equal(native, assemblies.Length == 0);
        string said = await TrainAndAsk(tool, [], room);

        // What other machines would get of the same packages gives the same bytes.
        if (!native) return;
        string other = feed.Room(await feed.Whole(), "other"), place = Path.Combine(other, "any");
        await ZipFile.ExtractToDirectoryAsync(
            Path.Combine(await feed.Whole(), $"Recurant.Cli.any.{PackageFeed.Version}.nupkg"), place);
        string assembly = Path.Combine(place, "tools", "net10.0", "any", "Recurant.Cli.dll");
        Assert.Equal(said, await TrainAndAsk(Stranger.Dotnet, ["exec", assembly], other));
    }

    /// <summary>The program that 'recurant new' writes finds the packages of the command's own version.</summary>
    [Fact]
    public async Task New_WritesAProgramThatRuns()
    {
        string room = feed.Room(await feed.Plain(), "new program");
        string tool = await Install(room);
        await TrainAndAsk(tool, [], room);
        // A path longer than any old limit.
        string deep = Path.Combine(room, new string('x', 200), new string('y', 200));
        Directory.CreateDirectory(deep);
        string model = Path.Combine(deep, "m.safetensors");
        File.Move(Path.Combine(room, "Modell é.safetensors"), model);
        Stranger.Good(await Stranger.Start(tool, room, ["new", model, "--out", "answer.cs"], ("DOTNET_ROOT", DotnetRoot)));
        Said said = await Stranger.Run(room, "run", "answer.cs", "--", "not good");
        Assert.Matches("(positive|negative)", said.Output);
    }

    /// <summary>
    /// An application is not subject to the caller's global.json; no HOME; an installation nobody may write to.
    /// </summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Tool_InOddPlaces_Answers(bool native)
    {
        Assert.SkipUnless(Stranger.CanLink || !native, Stranger.NoLinker);
        string room = feed.Room(native ? await feed.Whole() : await feed.Plain(), "x'y & z");
        string tool = await Install(room);
        string elsewhere = Path.Combine(room, "else where");
        Directory.CreateDirectory(elsewhere);
        await File.WriteAllTextAsync(
            Path.Combine(elsewhere, "global.json"), """{ "sdk": { "version": "99.0.100", "rollForward": "disable" } }""");
        (string, string?)[] environment =
            [("HOME", null), ("DOTNET_CLI_HOME", null), ("TMPDIR", "/nowhere"), ("DOTNET_ROOT", DotnetRoot)];
        // Everything is read-only to the command, even if root runs it, where the machine lets one have mounts of one's own.
        string place = Path.GetDirectoryName(tool)!;
        string mount = "mount --bind \"$1\" \"$1\" && mount -o remount,ro,bind \"$1\" || exit 99; exec \"$2\" lesson 'not good'";
        Said said = OperatingSystem.IsLinux()
            ? await Stranger.Start("unshare", elsewhere, ["-m", "sh", "-c", mount, "_", place, tool], environment)
            : new Said(99, "", "");
        bool isRefused = said.Code == 99 || said.Errors.StartsWith("unshare:", StringComparison.Ordinal);
        if (isRefused) said = await Stranger.Start(tool, elsewhere, ["lesson", "not good"], environment);
        Stranger.Good(said);
        Assert.Contains("not", said.Output, StringComparison.Ordinal);
        Assert.Equal("", said.Errors);
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

    private static async Task<string> TrainAndAsk(string tool, string[] first, string room)
    {
        string data = Path.Combine(room, "Übung 1.tsv"), model = Path.Combine(room, "Modell é.safetensors");
        await File.WriteAllLinesAsync(
            data, File.ReadLines(Path.Combine(PackageFeed.Repository, "samples", "reviews.tsv")).Take(1000));
        Stranger.Good(await Stranger.Start(
            tool, room, [.. first, "train", data, "--epochs", "2", "--hidden", "8", "--out", model, "--quiet"],
            ("DOTNET_ROOT", DotnetRoot)));
        Said said = Stranger.Good(await Stranger.Start(
            tool, room, [.. first, "predict", model, "not good"], ("DOTNET_ROOT", DotnetRoot)));
        Assert.Matches("(positive|negative)", said.Output);
        return $"{Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(model)))} {said.Output}";
    }
}
