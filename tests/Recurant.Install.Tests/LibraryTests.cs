namespace Recurant.Install.Tests;

/// <summary>The libraries, in programs of a stranger's own.</summary>
public sealed partial class LibraryTests(PackageFeed feed)
{
    private static readonly string[] s_cultures = ["", "tr-TR", "de-DE", "ar-SA", "th-TH"];

    /// <summary>The program of the README, the ten lines that begin with a file of reviews.</summary>
    private static string ReadmeProgram => File.ReadAllText(Path.Combine(PackageFeed.Repository, "README.md"))
        .ReplaceLineEndings("\n").Split("```csharp\n").Skip(1).Select(block => block.Split("\n```")[0])
        .First(block => block.Contains("TextDatasetReader.Read(\"reviews.tsv\")", StringComparison.Ordinal)) + "\n";

    [Fact]
    public async Task Readme_InANewConsoleProject_Runs()
    {
        string project = await New(feed.Room(await feed.Plain(), "console"), "console", "C#");
        await Stranger.Run(project, "add", "package", "Recurant.Formats", "--version", PackageFeed.Version);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), ReadmeProgram);
        Said said = await BuildAndRun(project);
        Assert.Equal("negative", said.Lines[^1]);
    }

    [Fact]
    public async Task Readme_AsAFileBasedProgram_Runs()
    {
        string room = feed.Room(await feed.Plain(), "file");
        CopyReviews(room);
        await File.WriteAllTextAsync(
            Path.Combine(room, "app.cs"),
            $"#:package Recurant@{PackageFeed.Version}\n#:package Recurant.Formats@{PackageFeed.Version}\n{ReadmeProgram}");
        Said said = await Stranger.Run(room, "run", "app.cs");
        Assert.Equal("negative", said.Lines[^1]);
        Assert.DoesNotContain("warning", said.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FSharp_InANewConsoleProject_Runs()
    {
        string project = await New(feed.Room(await feed.Plain(), "fs"), "console", "F#");
        await Stranger.Run(project, "add", "package", "Recurant.Formats", "--version", PackageFeed.Version);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.fs"), """
            open Recurant
            open Recurant.Formats
            open Recurant.Tasks

            let reviews = TextDatasetReader.Read "reviews.tsv"
            let options = TrainingOptions(Epochs = 2, Hidden = 16, Seed = 1UL)
            TextClassifier.Train(reviews, options).Save "reviews.safetensors"
            let answer = (TextClassifier.Load "reviews.safetensors").Predict "This movie is not good"
            printfn "%s" answer.Label
            """);
        Said said = await BuildAndRun(project);
        Assert.Matches("^(positive|negative)$", said.Lines[^1]);
    }

    /// <summary>
    /// A decimal comma, dotless i, another calendar, digits of another script: the same file, answers and texts.
    /// </summary>
    [Fact]
    public async Task Library_UnderEveryCulture_GivesTheSame()
    {
        string project = await New(feed.Room(await feed.Plain(), "culture"), "console", "C#");
        await Stranger.Run(project, "add", "package", "Recurant.Formats", "--version", PackageFeed.Version);
        await File.WriteAllTextAsync(Path.Combine(project, "words.txt"), "title 0.5 -1e-3 0.25\ngood -0.125 2.5e-2 1\n");
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), $$"""
            using System.Globalization;
            using System.Security.Cryptography;
            using Recurant;
            using Recurant.Data;
            using Recurant.Formats;
            using Recurant.Tasks;

            string[] cultures = ["{{string.Join("\", \"", s_cultures)}}"];
            foreach (string name in cultures)
            {
                CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = new CultureInfo(name);
                string[][] rows = [.. File.ReadLines("reviews.tsv").Skip(1).Take(600).Select(line => line.Split('\t'))];
                File.WriteAllLines("own.csv", rows.Select((row, i) =>
                    $"\"{(i % 2 == 0 ? row[1].ToUpperInvariant() : row[1])} TITLE {i / 4}.5\","
                        + (row[0] == "positive" ? "Iyi" : "kötü")).Prepend("text,label"));
                TextDataset data = TextDatasetReader.Read("own.csv");
                TextClassifier model = TextClassifier.Train(data, new TrainingOptions
                {
                    Epochs = 2, Hidden = 8, Embedding = 3, Seed = 1, Threads = 2, Vectors = WordVectors.Read("words.txt"),
                });
                model.Save("own.safetensors");
                double loss = model.Training!.Epochs[0].TrainLoss;
                string hash = Convert.ToHexString(SHA256.HashData(File.ReadAllBytes("own.safetensors")));
                string said = $"{hash} {model.Predict("Iyi değil ISTANBUL title")} {model.Training} {model.Evaluate(data)} ";
                Console.WriteLine((said + loss.ToString("R", CultureInfo.InvariantCulture)).ReplaceLineEndings(" "));
            }
            """);
        Said said = await BuildAndRun(project);
        Assert.Equal(s_cultures.Length, said.Lines.Length);
        string[] plain = [.. said.Lines.Select(line => TimePattern().Replace(line, "Seconds"))];
        Assert.All(plain, line => Assert.Equal(plain[0], line));
        Assert.True(plain[0].Length > 100, plain[0]);
    }

    /// <summary>Beside what one may have already: no version is lowered, none is beyond what a neighbour allows.</summary>
    [Fact]
    public async Task Libraries_BesideOthers_HaveNoConflict()
    {
        string project = await New(feed.Room(await feed.Plain(), "neighbours"), "console", "C#");
        await WriteProject(project, """
              <PropertyGroup><WarningsAsErrors>NU1605;NU1608;NU1107;CS1701;CS1702;MSB3277</WarningsAsErrors></PropertyGroup>
            """, [.. PackageTests.Libraries.Select(row => (row.Data, PackageFeed.Version)),
                ("Microsoft.ML", "5.0.1"), ("TorchSharp", "0.107.0"), ("Microsoft.Orleans.Server", "10.4.2")]);
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), """
            using Recurant.Layers;

            var batch = SequenceBatch.Of([[1f, 2f], [3f]]);
            Console.WriteLine($"{batch.Sequences} {typeof(Microsoft.ML.MLContext).Name} {typeof(TorchSharp.torch).Name}");
            """);
        Said said = await BuildAndRun(project);
        Assert.Equal("2 MLContext torch", said.Lines[^1]);
    }

    /// <summary>Every assembly, whole, compiled ahead of time: nothing of it is found by reflection only.</summary>
    [Fact]
    public async Task Libraries_CompiledAheadOfTime_GiveNoWarning()
    {
        Assert.SkipUnless(Stranger.CanLink, Stranger.NoLinker);
        string project = await New(feed.Room(await feed.Plain(), "whole"), "console", "C#");
        string roots = string.Concat(PackageTests.Libraries.Select(row => $"<TrimmerRootAssembly Include=\"{row.Data}\" />"));
        await WriteProject(project, $"""
              <PropertyGroup>
                <PublishAot>true</PublishAot>
                <RecurantAotWidths>false</RecurantAotWidths>
              </PropertyGroup>
              <ItemGroup>{roots}</ItemGroup>
            """,
            [.. PackageTests.Libraries.Select(row => (row.Data, PackageFeed.Version)),
                ("Microsoft.Extensions.DependencyInjection", "10.0.0"), ("Microsoft.Extensions.Logging", "10.0.0")]);
        // Little to learn: with one copy of the kernels, for every processor, it takes its time.
        await File.WriteAllTextAsync(Path.Combine(project, "Program.cs"), """
            using Microsoft.Extensions.DependencyInjection;
            using Recurant;
            using Recurant.Formats;
            using Recurant.Insight;
            using Recurant.Reports;
            using Recurant.Tasks;

            var options = new TrainingOptions { Epochs = 1, Hidden = 8, Embedding = 8, Budget = TimeSpan.FromSeconds(20) };
            TextClassifier.Train(TextDatasetReader.Read("reviews.tsv"), options).Save("reviews.safetensors");
            var services = new ServiceCollection().AddLogging();
            services.AddRecurant(served => served.AddTextClassifier("reviews", Path.GetFullPath("reviews.safetensors")));
            services.AddRecurantTokenizer("reviews");
            TextClassifier model = services.BuildServiceProvider().GetRequiredService<TextClassifier>();
            string page = ExplanationPage.Of([Explainer.Explain(model.Model, "This movie is not good")], "reviews");
            Console.WriteLine($"{page.Length > 10_000} {model.Predict("This movie is not good").Label}");
            """);
        string program = await Publish(project);
        Said said = Stranger.Good(await Stranger.Start(program, project, []));
        Assert.Matches("^True (positive|negative)$", said.Lines[^1]);
    }

    /// <summary>
    /// A program in one file that loads a classifier and answers, published as file-based programs are: native, with the
    /// kernels of all vector widths.
    /// </summary>
    [Fact]
    public async Task Classifier_PublishedFromOneFile_IsOneSmallFile()
    {
        Assert.SkipUnless(Stranger.CanLink, Stranger.NoLinker);
        string room = feed.Room(await feed.Plain(), "native one");
        CopyReviews(room);
        await File.WriteAllTextAsync(Path.Combine(room, "answer.cs"), $$"""
            #:package Recurant@{{PackageFeed.Version}}
            using Recurant;
            using Recurant.Data;
            using Recurant.Tasks;

            if (args[0] == "train")
            {
                TextDataset data = TextDataset.FromPairs(
                    File.ReadLines("reviews.tsv").Skip(1).Select(line => line.Split('\t')).Select(row => (row[1], row[0])));
                TextClassifier.Train(data, new TrainingOptions { Epochs = 3, Hidden = 32 }).Save("reviews.safetensors");
            }

            Console.WriteLine(TextClassifier.Load("reviews.safetensors", threads: 1).Predict(args[1]));
            """);
        Said published = await Stranger.Run(room, "publish", "answer.cs", "-o", "out");
        Assert.DoesNotContain("warning", published.All, StringComparison.Ordinal);
        string place = Path.Combine(room, "out"), program = Path.Combine(place, "answer");
        // Symbols apart, which nothing needs.
        Assert.Equal([program], Directory.GetFiles(place).Where(file => !file.EndsWith(".dbg", StringComparison.Ordinal)));
        long size = new FileInfo(program).Length;
        Assert.True(size < 25_000_000, $"The program has {size:N0} bytes; 25,000,000 is the most it may have.");
        Said first = Stranger.Good(await Stranger.Start(program, room, ["train", "This movie is not good"]));
        // Narrower vectors of the same file: the same bits.
        Said narrow = Stranger.Good(await Stranger.Start(
            program, room, ["train", "This movie is not good"], ("DOTNET_EnableAVX512", "0")));
        Assert.Equal(first.Output, narrow.Output);
    }

    private static async Task<string> New(string room, string template, string language)
    {
        string project = Path.Combine(room, "My App");
        await Stranger.Run(
            room, "new", template, "-lang", language, "-o", "My App", "--debug:custom-hive", Path.Combine(room, "hive"));
        CopyReviews(project);
        return project;
    }

    private static void CopyReviews(string folder) => File.Copy(
        Path.Combine(PackageFeed.Repository, "samples", "reviews.tsv"), Path.Combine(folder, "reviews.tsv"));

    private static Task WriteProject(string project, string more, (string Id, string Version)[] packages)
    {
        IEnumerable<string> references = packages.Select(
            package => $"    <PackageReference Include=\"{package.Id}\" Version=\"{package.Version}\" />");
        return File.WriteAllTextAsync(Path.Combine(project, "My App.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
                <Nullable>enable</Nullable>
              </PropertyGroup>
            {more}
              <ItemGroup>
            {string.Join('\n', references)}
              </ItemGroup>
            </Project>
            """);
    }

    private static async Task<Said> BuildAndRun(string project)
    {
        await Stranger.Run(project, "build", "-c", "Release", "-warnaserror", "--nologo");
        return await Stranger.Run(project, "run", "-c", "Release", "--no-build");
    }

    private static async Task<string> Publish(string project)
    {
        await Stranger.Run(project, "publish", "-c", "Release", "-warnaserror", "--nologo", "-o", "out", "--use-current-runtime");
        return Path.Combine(project, "out", "My App");
    }

    [System.Text.RegularExpressions.GeneratedRegex(@"Seconds = [\d.E+-]+")]
    private static partial System.Text.RegularExpressions.Regex TimePattern();
}
