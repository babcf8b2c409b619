using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Recurant.Samples.Tests;

/// <summary>The program of a console project, compiled in memory against all that the tests refer to.</summary>
internal static class ConsoleProgram
{
    /// <summary>What a program sees without saying so: ImplicitUsings of the SDK.</summary>
    private const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly MetadataReference[] s_references =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => path.Length > 0).Select(path => MetadataReference.CreateFromFile(path)),
    ];

    /// <summary>Compiles a program; its own syntax tree is the second.</summary>
    public static CSharpCompilation Compile(string program)
    {
        // Directives of file-based programs are the SDK's; the compiler is told that they are expected.
        CSharpParseOptions options = CSharpParseOptions.Default.WithFeatures([new("FileBasedProgram", "true")]);
        return CSharpCompilation.Create(
            "app",
            [CSharpSyntaxTree.ParseText(ImplicitUsings, options), CSharpSyntaxTree.ParseText(program, options)], s_references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
    }
}
