using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Recurant.Samples.Tests;

/// <summary>Runs the sample programs as a user does, in a folder that holds the bundled reviews.</summary>
internal static partial class SampleProgram
{
    /// <summary>Ends a program that hangs; on an idle machine each takes less than ten seconds.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(4);

    /// <summary>The samples that were built for these tests, with the place of each.</summary>
    public static IReadOnlyDictionary<string, string> Built { get; } = typeof(SampleProgram).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Where(item => item.Key.StartsWith("Sample:", StringComparison.Ordinal))
        .ToDictionary(item => item.Key["Sample:".Length..], item => item.Value!);

    /// <summary>The folder samples/ of the repository.</summary>
    public static string Folder { get; } = FindFolder();

    /// <summary>Runs a sample and returns the lines that it printed. Fails unless it ends well and in time.</summary>
    public static async Task<string[]> Run(string name, string folder)
    {
        (int code, string output, string errors) = await Start(name, folder, []);
        Assert.True(code == 0, $"The sample {name} ended with code {code}:\n{output}{errors}");
        Assert.Equal("", errors);
        return output.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
    }

    /// <summary>Runs a sample that is to end by itself; returns its code and all that it printed.</summary>
    public static async Task<(int Code, string Output)> End(string name, string folder, params string[] arguments)
    {
        (int code, string output, string errors) = await Start(name, folder, arguments);
        return (code, output + errors);
    }

    private static async Task<(int Code, string Output, string Errors)> Start(string name, string folder, string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        using var process = Process.Start(new ProcessStartInfo(dotnet, ["exec", Built[name], .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(s_limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The sample {name} was still running after {s_limit}.");
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>All decimal numbers of a line, in their order.</summary>
    public static double[] Numbers(string line) =>
        [.. NumberPattern().Matches(line).Select(match => double.Parse(match.Value, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"-?\d+\.\d+")]
    private static partial Regex NumberPattern();

    private static string FindFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Recurant.slnx"))) folder = folder.Parent;
        return folder is not null ? Path.Combine(folder.FullName, "samples") : throw new DirectoryNotFoundException(
            $"No Recurant.slnx above {AppContext.BaseDirectory}; run the tests inside the repository.");
    }
}

/// <summary>A folder of its own with the bundled reviews, deleted at the end.</summary>
internal sealed class ReviewFolder : IDisposable
{
    public ReviewFolder()
    {
        foreach (string file in Directory.GetFiles(SampleProgram.Folder, "reviews*.tsv"))
        {
            File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
        }
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("recurant-samples-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
