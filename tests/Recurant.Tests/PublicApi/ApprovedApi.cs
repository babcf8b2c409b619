using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using PublicApiGenerator;

namespace Recurant.Tests.PublicApi;

/// <summary>
/// The public API of an assembly, kept as a text file that is read in review: whoever changes the API changes the file too.
/// </summary>
internal static partial class ApprovedApi
{
    /// <summary>Set to 1, it makes the tests write the API as it is instead of comparing it.</summary>
    public const string AcceptVariable = "RECURANT_ACCEPT_API";

    private const int LinesShown = 8;

    /// <summary>Written by compilers and analysers for one another; nobody reviews them.</summary>
    private static readonly string[] s_noise =
    [
        "System.Runtime.CompilerServices.CompilerFeatureRequiredAttribute",
        "System.Diagnostics.DebuggerDisplayAttribute",
    ];

    /// <summary>
    /// The public API of an assembly as C#, without the attributes that are noise. Names of types go without their namespaces:
    /// where a type of ours is declared shows its own, and the short names are easier to review.
    /// </summary>
    public static string Of(Assembly assembly) => Normalise(QualifiersPattern().Replace(
        assembly.GeneratePublicApi(new ApiGeneratorOptions
        {
            IncludeAssemblyAttributes = false,
            TreatRecordsAsClasses = false,
            ExcludeAttributes = s_noise,
            // Extension methods of services stand where their users look for them: in Microsoft's namespaces.
            DenyNamespacePrefixes = [],
        }), ""));

    /// <summary>Fails if the API of the assembly is not what the file says, or writes the file if asked to.</summary>
    /// <param name="assembly">The assembly.</param>
    /// <param name="file">The file, relative to the root of the repository.</param>
    public static void Check(Assembly assembly, string file)
    {
        string path = Path.Combine(Root(), file), actual = Of(assembly);
        if (Environment.GetEnvironmentVariable(AcceptVariable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        string approved = File.Exists(path) ? Normalise(File.ReadAllText(path)) : "";
        if (approved != actual)
        {
            Assert.Fail(
                $"The public API of {assembly.GetName().Name} is not what {file} says. "
                + $"{FirstDifferences(approved, actual)}"
                + $"If the change is meant, run this test again with {AcceptVariable}=1, which rewrites the file; then commit "
                + "it.");
        }
    }

    /// <summary>The first lines that differ, as in a diff: - is what was approved, + is what there is now.</summary>
    public static string FirstDifferences(string approved, string actual)
    {
        string[] before = approved.Split('\n'), after = actual.Split('\n');
        int same = 0;
        while (same < before.Length && same < after.Length && before[same] == after[same]) same++;
        int sameEnd = 0;
        int shorter = Math.Min(before.Length, after.Length);
        while (sameEnd < shorter - same && before[^(sameEnd + 1)] == after[^(sameEnd + 1)]) sameEnd++;
        var text = new StringBuilder($"They part at line {same + 1}:\n");
        Append(text, '-', before.AsSpan()[same..(before.Length - sameEnd)]);
        Append(text, '+', after.AsSpan()[same..(after.Length - sameEnd)]);
        return text.ToString();
    }

    private static void Append(StringBuilder text, char sign, ReadOnlySpan<string> lines)
    {
        foreach (string line in lines[..Math.Min(lines.Length, LinesShown)])
        {
            text.Append(sign).Append(' ').Append(line).Append('\n');
        }

        if (lines.Length > LinesShown) text.Append($"{sign} ... and {lines.Length - LinesShown} more lines\n");
    }

    private static string Normalise(string text) => text.ReplaceLineEndings("\n").Trim('\n') + "\n";

    /// <summary>The namespace before the name of a type, but not after the word "namespace".</summary>
    [GeneratedRegex(@"(?<!namespace )(?<![\w.])(System|Recurant)\.([A-Z]\w*\.)*(?=[A-Z])")]
    private static partial Regex QualifiersPattern();

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Recurant.slnx"))) folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException(
            $"No Recurant.slnx above {AppContext.BaseDirectory}; run the tests inside the repository.");
    }
}
