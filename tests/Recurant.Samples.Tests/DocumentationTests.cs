using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Recurant.Samples.Tests;

/// <summary>
/// Compiles every C# program of README and docs, so that none shows what no longer is. A block that begins with usings is a
/// program by itself, as a reader would paste it; one without is a fragment that may use what a page has said before
/// (<see cref="Given"/>).
/// </summary>
public sealed class DocumentationTests
{
    /// <summary>What a project of ASP.NET Core has besides.</summary>
    private static readonly string[] s_web =
    [
        "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http", "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection",
    ];

    /// <summary>What fragments speak of.</summary>
    private const string Given = """
        public static class Given
        {
            public static Recurant.Data.TextDataset reviews, train, test;
            public static Recurant.Models.ClassifierModel model;
            public static Recurant.TextClassifier classifier;
            public static Recurant.Layers.Sequential network, encoder;
            public static Recurant.Layers.SequenceBatch inputs, targets;
            public static Microsoft.Extensions.DependencyInjection.IServiceCollection services;
            public static Microsoft.AspNetCore.Builder.WebApplicationBuilder builder;
            public static Microsoft.AspNetCore.Builder.WebApplication app;
            public static System.Threading.CancellationToken stop;
            public static string path;
            public static string[] texts;
        }
        """;

    private static string Repository => Path.GetDirectoryName(SampleProgram.Folder)!;

    /// <summary>Each block, by its page and line.</summary>
    public static TheoryData<string, int> Blocks
    {
        get
        {
            var blocks = new TheoryData<string, int>();
            IEnumerable<string> pages = Directory.EnumerateFiles(Repository, "*.md")
                .Concat(new[] { "docs", "src", "samples", "bench" }.SelectMany(
                    folder => Directory.EnumerateFiles(Path.Combine(Repository, folder), "*.md", SearchOption.AllDirectories)))
                .Where(page => !page.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));
            foreach (string page in pages.Order(StringComparer.Ordinal))
            {
                string[] lines = File.ReadAllLines(page);
                for (int i = 0; i < lines.Length; i++)
                {
                    if (lines[i].TrimStart().StartsWith("```c#", StringComparison.OrdinalIgnoreCase)
                        || lines[i].TrimStart().StartsWith("```cs", StringComparison.OrdinalIgnoreCase))
                    {
                        blocks.Add(Path.GetRelativePath(Repository, page).Replace('\\', '/'), i + 1);
                    }
                }
            }

            return blocks;
        }
    }

    [Fact]
    public void Blocks_AreFound() => Assert.True(Blocks.Count() >= 12, $"Only {Blocks.Count()} blocks of C# were found.");

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Block_Compiles(string page, int line)
    {
        string block = string.Join('\n', File.ReadLines(Path.Combine(Repository, page)).Skip(line).TakeWhile(
            text => !text.TrimStart().StartsWith("```", StringComparison.Ordinal)));
        CSharpCompilation compilation = ConsoleProgram.Compile(block);
        bool isWhole = compilation.SyntaxTrees[1].GetCompilationUnitRoot().Usings.Any();
        if (!isWhole)
        {
            string given = string.Concat(Names(compilation.GlobalNamespace, "")
                .Where(name => name.StartsWith("Recurant", StringComparison.Ordinal))
                .Concat(s_web).Select(name => $"global using {name};\n"));
            compilation = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(
                $"global using static Given;\n{given}{Given}", (CSharpParseOptions)compilation.SyntaxTrees[1].Options));
        }

        Assert.Equal(
            [], compilation.GetDiagnostics().Where(found => found.Severity == DiagnosticSeverity.Error).Select(
                found => $"{page}:{line + 1 + found.Location.GetLineSpan().StartLinePosition.Line}: {found.GetMessage()}"));
    }

    /// <summary>All namespaces that have a public type.</summary>
    private static IEnumerable<string> Names(INamespaceSymbol space, string prefix)
    {
        foreach (INamespaceSymbol inner in space.GetNamespaceMembers())
        {
            string name = prefix + inner.Name;
            if (inner.GetTypeMembers().Any(type => type.DeclaredAccessibility == Accessibility.Public)) yield return name;
            foreach (string deeper in Names(inner, name + ".")) yield return deeper;
        }
    }
}
