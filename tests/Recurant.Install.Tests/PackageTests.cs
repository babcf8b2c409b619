using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;

namespace Recurant.Install.Tests;

/// <summary>What is in the packages.</summary>
public sealed class PackageTests(PackageFeed feed)
{
    /// <summary>Custom debug information: the source of a document, as the format of portable symbols numbers it.</summary>
    private static readonly Guid s_embeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    /// <summary>Custom debug information: where a server has the sources.</summary>
    private static readonly Guid s_sourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static TheoryData<string> Libraries { get; } =
        ["Recurant", "Recurant.Extensions", "Recurant.Formats", "Recurant.Reports", "Recurant.Tensors"];

    [Fact]
    public async Task Pack_ByItself_MakesEveryPackageAndNoOther()
    {
        string version = PackageFeed.Version;
        string[] expected =
        [
            .. Libraries.Select(row => row.Data).Append("Recurant.Cli")
                .SelectMany(id => new[] { $"{id}.{version}.nupkg", $"{id}.{version}.snupkg" }),
            $"Recurant.Templates.{version}.nupkg",
        ];
        string[] files = [.. Directory.GetFiles(await feed.Plain()).Select(file => Path.GetFileName(file))];
        Assert.Equal(expected.Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Packages_WithoutSymbols_AreSmall()
    {
        long bytes = Directory.GetFiles(await feed.Plain(), "*.nupkg").Sum(file => new FileInfo(file).Length);
        Assert.True(bytes < 10_000_000, $"All packages together have {bytes:N0} bytes; 10,000,000 is the most they may have.");
    }

    [Fact]
    public async Task Package_OfAnyKind_TellsWhatItIs()
    {
        foreach (string file in Directory.GetFiles(await feed.Plain(), "*.nupkg"))
        {
            using ZipArchive package = ZipFile.OpenRead(file);
            XElement metadata = Manifest(package);
            string Value(string name) => metadata.Elements().SingleOrDefault(child => child.Name.LocalName == name)?.Value ?? "";
            Assert.Equal("MIT", Value("license"));
            Assert.Equal("icon.png", Value("icon"));
            Assert.Equal("README.md", Value("readme"));
            Assert.Equal(PackageFeed.Version, Value("version"));
            Assert.Contains("rnn", Value("tags").Split(' '));
            Assert.StartsWith("# Changelog", Value("releaseNotes"), StringComparison.Ordinal);
            Assert.True(Value("description").Length > 30, $"{file}: the description is '{Value("description")}'.");
            XElement repository = metadata.Elements().Single(child => child.Name.LocalName == "repository");
            Assert.Equal(PackageFeed.Remote, repository.Attribute("url")!.Value);
            Assert.Matches("^[0-9a-f]{40}$", repository.Attribute("commit")!.Value);
            Assert.NotNull(package.GetEntry("icon.png"));
            Assert.True(package.GetEntry("README.md")!.Length > 200, file);
        }
    }

    [Fact]
    public async Task Core_DependsOnNothing()
    {
        using ZipArchive package = ZipFile.OpenRead(
            Path.Combine(await feed.Plain(), $"Recurant.{PackageFeed.Version}.nupkg"));
        Assert.DoesNotContain(Manifest(package).Descendants(), element => element.Name.LocalName == "dependency");
    }

    /// <summary>
    /// The documentation is beside the assembly, the source is in the symbols, and no path of the machine is in them.
    /// </summary>
    [Theory]
    [MemberData(nameof(Libraries))]
    public async Task Library_HasDocumentationAndSymbolsWithTheirSource(string id)
    {
        string path = Path.Combine(await feed.Plain(), $"{id}.{PackageFeed.Version}");
        using ZipArchive package = ZipFile.OpenRead(path + ".nupkg"), symbols = ZipFile.OpenRead(path + ".snupkg");
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.dll"));
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.xml"));
        using var memory = new MemoryStream();
        using (Stream file = symbols.GetEntry($"lib/net10.0/{id}.pdb")!.Open()) file.CopyTo(memory);
        memory.Position = 0;
        using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbStream(memory);
        MetadataReader reader = provider.GetMetadataReader();
        Assert.NotEmpty(reader.Documents);
        string link = System.Text.Encoding.UTF8.GetString(reader.GetBlobBytes(reader.GetCustomDebugInformation(
            EntityHandle.ModuleDefinition).Select(reader.GetCustomDebugInformation)
            .Single(held => reader.GetGuid(held.Kind) == s_sourceLink).Value));
        Assert.Matches(@"""/_/\*"":\s*""https://raw\.githubusercontent\.com/example/recurant/[0-9a-f]{40}/\*""", link);
        Assert.DoesNotContain("/tmp", link, StringComparison.Ordinal);
        foreach (DocumentHandle handle in reader.Documents)
        {
            string name = reader.GetString(reader.GetDocument(handle).Name);
            Assert.StartsWith("/_/", name, StringComparison.Ordinal);
            Assert.True(
                reader.GetCustomDebugInformation(handle).Any(
                    held => reader.GetGuid(reader.GetCustomDebugInformation(held).Kind) == s_embeddedSource),
                $"The symbols do not hold the source of {name}.");
        }
    }

    private static XElement Manifest(ZipArchive package)
    {
        using Stream file = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(file).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }
}
