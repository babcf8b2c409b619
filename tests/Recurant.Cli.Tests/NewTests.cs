using System.Diagnostics;
using System.Text.Json;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Recurant.Formats;
using Recurant.Samples.Tests;

namespace Recurant.Cli.Tests;

/// <summary>Programs that answer with a model: they compile without a warning, and answer as the command does.</summary>
public class NewTests
{
    public static TheoryData<string> Tasks => [.. CliTasks.All.Select(task => task.Name)];

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Program_OfATask_CompilesWithoutAWarning(string name)
    {
        CliTask task = CliTasks.All.First(candidate => candidate.Name == name);
        string path = "/tmp/a \"b\" \\ ä\u202E\U0001F600\n.safetensors";
        string[] programs = [task.Program.OneFile("app.cs", path, "a\nmodel"), task.Program.OfProject(path, "a model")];
        Assert.StartsWith($"#:package Recurant@{Application.Version}\n", programs[0], StringComparison.Ordinal);
        foreach (string program in programs)
        {
            CSharpCompilation compiled = ConsoleProgram.Compile(program);
            Assert.Empty(compiled.GetDiagnostics().Where(found => found.Severity >= DiagnosticSeverity.Warning));
            string[] paths = [.. compiled.SyntaxTrees[1].GetRoot().DescendantTokens().Where(
                token => token.IsKind(SyntaxKind.StringLiteralToken)).Select(token => token.ValueText)];
            Assert.Contains(path, paths);
            Assert.All(program.Split('\n'), line => Assert.True(line.Length <= 130, line));
        }

        XElement project = XElement.Parse(task.Program.Project());
        Assert.Contains(
            project.Descendants("PackageReference"), reference => (string?)reference.Attribute("Include") == "Recurant"
            && (string?)reference.Attribute("Version") == Application.Version);
    }

    [Fact]
    public void Program_OfAClassifier_AnswersAsTheCommand()
    {
        using var place = new Workspace();
        place.TrainSmall();
        CommandResult made = place.Run("new", "model.safetensors");
        Assert.True(made.Code == 0, made.Error);
        Assert.Equal("Wrote app.cs. Next: dotnet run app.cs -- 'This movie is not good'\n", made.Out);
        Emit(place, File.ReadAllText(place.Path("app.cs")));

        string[] texts = ["The film is good.", "awful \U0001F600", ""];
        string expected = place.Run(["predict", "model.safetensors", .. texts]).Out;
        Assert.Equal(expected, RunProgram(place, "", texts));
        Assert.Equal(expected, RunProgram(place, string.Concat(texts.Select(text => text + "\n"))));
        Assert.Equal("", RunProgram(place, ""));
    }

    [Fact]
    public void Program_OfAProblem_AnswersNumbersAndRefusesOthers()
    {
        using var place = new Workspace();
        CommandResult trained = place.Run("train", "adding:12", "-H", "4", "-e", "1", "-o", "model.safetensors", "-q");
        Assert.True(trained.Code == 0, trained.Error);
        Assert.Equal(0, place.Run("new", "model.safetensors").Code);
        Emit(place, File.ReadAllText(place.Path("app.cs")));
        string[] lines = RunProgram(place, "1\nx\n2\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^-?[0-9.E-]+\t[0-9.]+$", line));
    }

    [Fact]
    public void New_Project_WritesBothFilesIntoADirectoryNamedLikeTheModel()
    {
        using var place = new Workspace();
        place.TrainSmall();
        CommandResult made = place.Run("new", "model.safetensors", "--project", "--json");
        Assert.True(made.Code == 0, made.Error);
        using JsonDocument json = JsonDocument.Parse(made.Out);
        Assert.Equal("classify", json.RootElement.GetProperty("task").GetString());
        Assert.Equal(
            [Path.Combine("model", "model.csproj"), Path.Combine("model", "Program.cs")],
            json.RootElement.GetProperty("files").EnumerateArray().Select(file => file.GetString()));
        Assert.True(place.Has("model/model.csproj") && place.Has("model/Program.cs"));
        Assert.DoesNotContain("#:package", File.ReadAllText(place.Path("model/Program.cs")), StringComparison.Ordinal);

        // Into a new directory of a new directory, and as a file.
        Assert.Equal(0, place.Run("new", "model.safetensors", "--project", "--out", "a/b").Code);
        Assert.True(place.Has("a/b/b.csproj"));
        Assert.Equal(0, place.Run("new", "model.safetensors", "-o", "c/answers.cs").Code);
        Assert.True(place.Has("c/answers.cs"));
        Assert.Equal(0, place.Run("new", "model.safetensors", "-o", "d").Code);
        Assert.True(place.Has("d/app.cs"));
    }

    [Fact]
    public void New_FileThatExists_IsReplacedWithForceOnly()
    {
        using var place = new Workspace();
        place.TrainSmall();
        place.Write("app.cs", "mine");
        CommandResult refused = place.Run("new", "model.safetensors");
        Assert.Equal(2, refused.Code);
        Assert.Contains("app.cs exists already. Choose another place with --out, or replace it with --force.", refused.Error,
            StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(place.Path("app.cs")));
        Assert.Equal(0, place.Run("new", "model.safetensors", "--force").Code);
        Assert.StartsWith("#:package", File.ReadAllText(place.Path("app.cs")), StringComparison.Ordinal);
    }

    /// <summary>
    /// One of the two files is there: neither is written. A directory stands in the way of one: neither either.
    /// </summary>
    [Fact]
    public void New_ProjectThatCannotBeWhole_WritesNothing()
    {
        using var place = new Workspace();
        place.TrainSmall();
        Directory.CreateDirectory(place.Path("p"));
        place.Write("p/Program.cs", "mine");
        Assert.Equal(2, place.Run("new", "model.safetensors", "--project", "-o", "p").Code);
        Assert.False(place.Has("p/p.csproj"));
        Directory.CreateDirectory(place.Path("q/Program.cs"));
        Assert.Equal(1, place.Run("new", "model.safetensors", "--project", "-o", "q", "--force").Code);
        Assert.False(place.Has("q/q.csproj"));
        // What was made on the way is taken away again.
        place.Write("file", "");
        Assert.Equal(1, place.Run("new", "model.safetensors", "-o", "file/app.cs").Code);
        Assert.Equal(2, place.Run("new", "model.safetensors", "--project", "-o", "x.cs").Code);
        Assert.False(Directory.Exists(place.Path("x.cs")));
    }

    [Theory]
    [InlineData("data.tsv")]
    [InlineData("missing.safetensors")]
    public void New_OfNoModel_SaysSoAndWritesNothing(string name)
    {
        using var place = new Workspace();
        place.Write("data.tsv", Reviews.Tsv(4));
        CommandResult result = place.Run("new", name);
        Assert.Equal(1, result.Code);
        Assert.Contains(name, result.Error, StringComparison.Ordinal);
        Assert.False(place.Has("app.cs"));
    }

    /// <summary>Compiles the program into app.dll, beside the assemblies that it uses.</summary>
    private static void Emit(Workspace place, string program)
    {
        using (FileStream file = File.Create(place.Path("app.dll")))
        {
            Assert.True(ConsoleProgram.Compile(program).Emit(file).Success);
        }

        foreach (Type used in (Type[])[typeof(TextClassifier), typeof(ImageFile)])
        {
            File.Copy(used.Assembly.Location, place.Path(Path.GetFileName(used.Assembly.Location)));
        }

        File.Copy(Path.ChangeExtension(Workspace.Command, ".runtimeconfig.json"), place.Path("app.runtimeconfig.json"));
    }

    private static string RunProgram(Workspace place, string input, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            WorkingDirectory = place.Root, RedirectStandardInput = true, RedirectStandardOutput = true,
            RedirectStandardError = true, StandardInputEncoding = new System.Text.UTF8Encoding(false),
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        start.ArgumentList.Add(place.Path("app.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        CommandResult result = Workspace.Finish(process, output, error);
        Assert.True(result.Code == 0, result.Error);
        return result.Out;
    }
}
