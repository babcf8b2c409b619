using System.Diagnostics;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Recurant.Mutants;

// Changes operators and constants of the core at seeded places, one at a time, and tells which changes no test notices.
//
//     dotnet run --project tests/mutants -- [--count 60] [--seed 1] [--rooms Layers,Heads,...] [--seconds 3600]
//
// All changes are compiled into one copy of the repository, each behind a switch that an environment variable turns; so there is
// one build, and a run of the tests for each change. A run ends with the first test that fails.

const string Variable = "RECURANT_MUTANT";
string rooms = Option("--rooms") ?? "Layers,Bodies,Inputs,Heads,Feeds,Training,Storage";
int count = int.Parse(Option("--count") ?? "60", CultureInfo.InvariantCulture);
int seed = int.Parse(Option("--seed") ?? "1", CultureInfo.InvariantCulture);
double seconds = double.Parse(Option("--seconds") ?? "3600", CultureInfo.InvariantCulture);
var clock = Stopwatch.StartNew();

string root = RootOf(AppContext.BaseDirectory);
string copy = Directory.CreateTempSubdirectory("recurant-mutants-").FullName;
try
{
    foreach (string file in Run("git", ["-C", root, "ls-files", "-co", "--exclude-standard"], root).Output.Split('\n'))
    {
        string from = Path.Combine(root, file), to = Path.Combine(copy, file);
        if (file.Length == 0 || !File.Exists(from)) continue;
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        File.Copy(from, to);
    }

    MutationSite[] sites = Choose();
    Console.WriteLine($"{sites.Length} changes in {rooms}, seed {seed}.");
    Write(sites);
    string tests = Path.Combine(copy, "tests", "Recurant.Tests");
    (int code, string said) = Run(
        "dotnet", ["build", tests, "-c", "Release", "--nologo", "-v", "quiet", "-p:RunAnalyzers=false",
            "-p:TreatWarningsAsErrors=false"],
        copy);
    if (code != 0) throw new InvalidOperationException(said);
    if (IsNoticed(0)) throw new InvalidOperationException("The tests fail without any change.");
    Console.WriteLine($"Without a change the tests pass; {clock.Elapsed.TotalSeconds:0} s so far.");
    var survivors = new List<MutationSite>();
    int done = 0;
    for (; done < sites.Length && clock.Elapsed.TotalSeconds < seconds; done++)
    {
        bool isNoticed = IsNoticed(done + 1);
        if (!isNoticed) survivors.Add(sites[done]);
        Console.WriteLine($"{(isNoticed ? "noticed " : "SURVIVED")} {sites[done]}");
    }

    Console.WriteLine(
        $"{done - survivors.Count} of {done} changes were noticed ({100.0 * (done - survivors.Count) / Math.Max(1, done):0} %), "
        + $"{clock.Elapsed.TotalSeconds:0} s.");
    foreach (MutationSite site in survivors) Console.WriteLine($"  {site}");
}
finally
{
    Directory.Delete(copy, recursive: true);
}

MutationSite[] Choose()
{
    string core = Path.Combine(copy, "src", "Recurant");
    string[] usings = [.. File.ReadLines(Path.Combine(copy, "Rooms.props")).Select(line => line.Split('"'))
        .Where(parts => parts.Length > 1 && parts[0].Contains("<Using", StringComparison.Ordinal)).Select(parts => parts[1])];
    string global = string.Concat(
        new[] { "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Threading", "System.Threading.Tasks" }
            .Concat(usings).Select(name => $"global using {name};\n"));
    SyntaxTree[] trees =
    [
        CSharpSyntaxTree.ParseText(global),
        .. Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories).Concat(
            Directory.EnumerateFiles(Path.Combine(copy, "src", "Shared"), "*.cs")).Order(StringComparer.Ordinal)
            .Select(file => CSharpSyntaxTree.ParseText(File.ReadAllText(file), path: file)),
    ];
    string runtime = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
    var compilation = CSharpCompilation.Create(
        "Recurant", trees,
        Directory.EnumerateFiles(runtime, "*.dll").Where(IsManaged).Select(file => MetadataReference.CreateFromFile(file)),
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
    string[] chosenRooms = rooms.Split(',');
    List<MutationSite> all = [];
    foreach (SyntaxTree tree in trees.Skip(1))
    {
        string file = Path.GetRelativePath(copy, tree.FilePath);
        if (!chosenRooms.Any(room => file.Contains($"/Recurant/{room}/", StringComparison.Ordinal))) continue;
        all.AddRange(MutationSites.Of(file, tree.GetRoot(), compilation.GetSemanticModel(tree)));
    }

    // Seeded, and spread over all files in proportion to what there is to change.
    var random = new Random(seed);
    MutationSite[] shuffled = [.. all];
    random.Shuffle(shuffled);
    List<MutationSite> chosen = [];
    foreach (MutationSite site in shuffled)
    {
        // No two within one another: each stands in the text of its own.
        if (chosen.Count < count
            && !chosen.Any(other => other.File == site.File && other.Node.Span.IntersectsWith(site.Node.Span)))
        {
            chosen.Add(site);
        }
    }

    Console.WriteLine($"{all.Count} places to change.");
    return [.. chosen];
}

void Write(MutationSite[] sites)
{
    foreach (IGrouping<string, (MutationSite Site, int Number)> file in sites.Select((site, i) => (site, i + 1)).GroupBy(
        each => each.site.File))
    {
        string path = Path.Combine(copy, file.Key), text = File.ReadAllText(path);
        foreach ((MutationSite site, int number) in file.OrderByDescending(each => each.Site.Node.SpanStart))
        {
            string changed = $"(global::Recurant.Mutant.Is({number}) ? ({site.Changed}) : ({site.Node}))";
            text = text[..site.Node.SpanStart] + changed + text[site.Node.Span.End..];
        }

        File.WriteAllText(path, text);
    }

    File.WriteAllText(Path.Combine(copy, "src", "Recurant", "Mutant.cs"), $$"""
        namespace Recurant;

        internal static class Mutant
        {
            private static readonly int s_number = int.Parse(System.Environment.GetEnvironmentVariable("{{Variable}}") ?? "0");

            public static bool Is(int number) => number == s_number;
        }
        """);
}

bool IsNoticed(int mutant)
{
    // Those nearest to the rooms first: most changes are noticed at once. Pages of source are read by no changed program.
    string[][] passes =
    [
        ["Layers", "Models", "Storage", "Losses", "Optimizers", "Parameters", "Mutations"],
        ["Training", "Frozen", "Inference", "Insight", "Cells", "Data", "Reference"],
    ];
    foreach (string[] pass in passes)
    {
        string[] filters = [.. pass.SelectMany(name => new[] { "-namespace", $"Recurant.Tests.{name}" })];
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Path.Combine(copy, "tests", "Recurant.Tests", "bin", "Release", "net10.0"),
        };
        foreach (string argument in (string[])["exec", "Recurant.Tests.dll", "-stopOnFail", "-noLogo", .. filters])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[Variable] = mutant.ToString(CultureInfo.InvariantCulture);
        using Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) =>
        {
            if (mutant == 0 && line.Data?.Contains("[FAIL]", StringComparison.Ordinal) == true) Console.WriteLine(line.Data);
        };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        // A change may make a loop endless: that is noticed, too.
        bool isOver = process.WaitForExit(TimeSpan.FromMinutes(8));
        if (!isOver) process.Kill(entireProcessTree: true);
        if (!isOver || process.ExitCode != 0) return true;
    }

    return false;
}

static bool IsManaged(string file)
{
    try
    {
        System.Reflection.AssemblyName.GetAssemblyName(file);
        return true;
    }
    catch (BadImageFormatException)
    {
        return false;
    }
}

static string RootOf(string directory)
{
    while (!File.Exists(Path.Combine(directory, "Recurant.slnx"))) directory = Path.GetDirectoryName(directory)!;
    return directory;
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static (int Code, string Output) Run(string program, string[] arguments, string directory)
{
    var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, WorkingDirectory = directory };
    using Process process = Process.Start(start)!;
    string output = process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    return (process.ExitCode, output);
}
