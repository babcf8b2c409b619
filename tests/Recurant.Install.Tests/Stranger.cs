using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Recurant.Install.Tests;

/// <summary>What a command printed and how it ended.</summary>
internal sealed record Said(int Code, string Output, string Errors)
{
    public string All => Output + Errors;

    public string[] Lines => Output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}

/// <summary>
/// Somebody who has never seen the repository: a folder elsewhere, a folder of packages as the only source of Recurant, a package
/// cache that is empty at first. What others published comes from the cache of whoever runs the tests, or from the usual sources.
/// </summary>
internal static class Stranger
{
    /// <summary>Ends a command that hangs; the longest, a native executable of three copies, takes some minutes.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(20);

    /// <summary>Whether native programs can be made here: Linux on x64 with a C compiler, which links them.</summary>
    public static bool CanLink { get; } = OperatingSystem.IsLinux()
        && RuntimeInformation.OSArchitecture == Architecture.X64
        && (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(
            folder => File.Exists(Path.Combine(folder, "gcc")) || File.Exists(Path.Combine(folder, "clang")));

    public const string NoLinker = "Native programs are tried on Linux x64 with gcc or clang (Debian: gcc libc6-dev zlib1g-dev).";

    public static string Dotnet { get; } =
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";

    /// <summary>Runs 'dotnet' and fails unless it ends well.</summary>
    public static async Task<Said> Run(string folder, params string[] arguments) => Good(await Start(Dotnet, folder, arguments));

    /// <summary>Fails unless the command ended well.</summary>
    public static Said Good(Said said)
    {
        Assert.True(said.Code == 0, $"Ended with code {said.Code}:\n{said.All}");
        return said;
    }

    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">The program.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Variables to set; null takes one away.</param>
    public static async Task<Said> Start(
        string program, string folder, string[] arguments, params (string Name, string? Value)[] environment)
    {
        using Process process = Process.Start(Information(program, folder, arguments, environment))!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Said(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException(
                $"{program} {string.Join(' ', arguments)} was still running after {s_limit}:\n{await output}{await errors}");
        }
    }

    /// <summary>How a program is started without what the test run put into the environment.</summary>
    public static ProcessStartInfo Information(
        string program, string folder, string[] arguments, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        string[] foreign = ["MSBUILD", "RECURANT_", "TESTINGPLATFORM_", "DOTNET_CLI_TEST", "CI"];
        foreach (string name in start.Environment.Keys.ToArray())
        {
            bool isForeign = foreign.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
            if (isForeign) start.Environment.Remove(name);
        }

        // The strangers' programs print numbers as the machine's culture has them.
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["NUGET_PACKAGES"] = PackageFeed.Cache;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        start.Environment["DOTNET_GENERATE_ASPNET_CERTIFICATE"] = "false";
        // Nothing that outlives the command and holds its pipes open.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach ((string name, string? value) in environment)
        {
            if (value is null) start.Environment.Remove(name);
            else start.Environment[name] = value;
        }

        return start;
    }
}
