namespace Recurant.Formats.Tests;

/// <summary>Every machine that runs these tests has an SDK with its messages; what is counted here is that of .NET 10.</summary>
public sealed class SdkDataTests : TemporaryFiles
{
    private static readonly string[] s_languages =
        ["cs", "de", "es", "fr", "it", "ja", "ko", "pl", "pt-BR", "ru", "tr", "zh-Hans", "zh-Hant"];

    private static readonly Lazy<DataParts<TextDataset>> s_messages = new(() => SdkData.ReadLanguages());
    private static readonly Lazy<DataParts<PairDataset>> s_german = new(() => SdkData.ReadTranslations("de"));

    [Fact]
    public void Languages_OfThisSdk_AreThirteen() =>
        Assert.Equal(s_languages, SdkData.Languages());

    [Fact]
    public void ReadLanguages_OfThisSdk_HasManyOfEach()
    {
        DataParts<TextDataset> data = s_messages.Value;
        Assert.Equal(s_languages, data.Train.Labels);
        Assert.Equal(s_languages, data.Test.Labels);
        foreach (string language in s_languages)
        {
            Assert.InRange(data.Train.Examples.Count(example => example.Label == language), 8_000, 40_000);
            Assert.InRange(data.Test.Examples.Count(example => example.Label == language), 400, 2_500);
        }

        string all = string.Join(
            '\n', data.Train.Examples.Where(example => example.Label == "de").Select(example => example.Text));
        Assert.Contains(" nicht ", all);
        Assert.Contains("{0}", all);
        Assert.DoesNotContain(data.Train.Examples, example => example.Text.Contains('\n') || example.Text.Contains("  "));
    }

    [Fact]
    public void ReadLanguages_AllParts_ShareNoText()
    {
        DataParts<TextDataset> data = s_messages.Value;
        string[] texts = [.. new[] { data.Train, data.Valid, data.Test }
            .SelectMany(part => part.Examples).Select(example => example.Text)];
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.InRange((double)data.Test.Count / texts.Length, 0.03, 0.07);
        Assert.InRange((double)data.Valid.Count / texts.Length, 0.03, 0.07);
    }

    [Fact]
    public void ReadTranslations_German_GivesPairsWithTheirPlaceholders()
    {
        DataParts<PairDataset> data = s_german.Value;
        Assert.InRange(data.Train.Count, 9_000, 40_000);
        TextPair[] pairs = [.. data.Train.Pairs, .. data.Valid.Pairs, .. data.Test.Pairs];
        Assert.Equal(pairs.Length, pairs.Select(pair => pair.Source).Distinct().Count());
        TextPair[] withPlaceholder = [.. pairs.Where(pair => pair.Source.Contains("{0}"))];
        Assert.True(withPlaceholder.Length > 4_000);
        Assert.InRange(withPlaceholder.Count(pair => pair.Target.Contains("{0}")) / (double)withPlaceholder.Length, 0.98, 1);
        Assert.Contains(pairs, pair => pair.Source == "Commands" && pair.Target == "Befehle");
        Assert.Equal("sdk:translate/de (test)", data.Test.Name);
    }

    [Fact]
    public void ReadTranslations_AllLanguages_SplitTheSameEnglishTheSameWay()
    {
        DataParts<PairDataset> german = s_german.Value;
        DataParts<PairDataset> polish = SdkData.ReadTranslations("pl");
        HashSet<string> test = [.. german.Test.Pairs.Select(pair => pair.Source)];
        Assert.DoesNotContain(polish.Train.Pairs, pair => test.Contains(pair.Source));
        Assert.DoesNotContain(polish.Valid.Pairs, pair => test.Contains(pair.Source));
        HashSet<string> learnt = [.. german.Train.Pairs.Select(pair => pair.Target)];
        Assert.DoesNotContain(german.Test.Pairs, pair => learnt.Contains(pair.Target));
        Assert.DoesNotContain(german.Valid.Pairs, pair => learnt.Contains(pair.Target));
    }

    [Fact]
    public void ReadTranslations_Twice_GivesTheSame()
    {
        DataParts<PairDataset> first = s_german.Value;
        DataParts<PairDataset> second = SdkData.ReadTranslations("de");
        Assert.Equal(first.Train.Pairs, second.Train.Pairs);
        Assert.Equal(first.Test.Pairs, second.Test.Pairs);
    }

    [Fact]
    public void ReadTranslations_ReadsAssemblies_ButLoadsNone()
    {
        Assert.NotEmpty(s_german.Value.Train.Pairs);
        Assert.DoesNotContain(
            AppDomain.CurrentDomain.GetAssemblies(),
            assembly => !assembly.IsDynamic && assembly.Location.Split(Path.DirectorySeparatorChar).Contains("sdk"));
    }

    [Fact]
    public void ReadDocs_OfThisSdk_IsEnglishProse()
    {
        DataParts<PlainText> docs = SdkData.ReadDocs();
        Assert.InRange(docs.Train.Count, 40_000, 400_000);
        Assert.Contains(docs.Train.Lines.Concat(docs.Valid.Lines).Concat(docs.Test.Lines), line => line.StartsWith(
            "Initializes a new instance of the BitArray class that contains bit values copied from", StringComparison.Ordinal));
        string[] all = [.. docs.Train.Lines, .. docs.Valid.Lines, .. docs.Test.Lines];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.InRange(all.Count(line => line.Contains('<')) / (double)all.Length, 0, 0.02); // mark-up is gone, operators stay
    }

    [Theory]
    [InlineData("Cannot open file.", "cannot open FILE {0}")]
    [InlineData("a 1", "a 2")]
    public void PartOf_TextsOfTheSameLetters_AreInOnePart(string a, string b) =>
        Assert.Equal(ContentSplit.PartOf(a), ContentSplit.PartOf(b));

    [Theory]
    [InlineData("error", ContentSplit.Train)]
    [InlineData("Commands", ContentSplit.Valid)]
    [InlineData("z", ContentSplit.Test)]
    public void PartOf_KnownTexts_NeverMove(string text, int part) =>
        Assert.Equal(part, ContentSplit.PartOf(text));

    [Fact]
    public void ReadTranslations_UnknownLanguage_ListsTheOthers()
    {
        string message = Assert.Throws<ArgumentException>(() => SdkData.ReadTranslations("dee")).Message;
        Assert.Contains("The SDK has no messages in \"dee\". Its languages are: \"cs\", \"de\"", message);
        Assert.Contains("Did you mean \"de\"?", message);
    }

    [Fact]
    public void Read_WhereThereIsNoSdk_SaysWhatWasLookedFor()
    {
        Assert.Contains(Root, Assert.Throws<DirectoryNotFoundException>(() => SdkData.ReadLanguages(Root)).Message);
        Directory.CreateDirectory(Path.Combine(Root, "sdk"));
        Assert.Contains("a version", Assert.Throws<DirectoryNotFoundException>(() => SdkData.ReadLanguages(Root)).Message);
        Write("sdk/10.0.100/de/x.resources.dll", "no assembly");
        Write("sdk/10.0.100/x.dll", "no assembly");
        Assert.Contains(
            "not translated", Assert.Throws<DirectoryNotFoundException>(() => SdkData.ReadTranslations("de", Root)).Message);
        Assert.Contains("*.Ref/VERSION", Assert.Throws<DirectoryNotFoundException>(() => SdkData.ReadDocs(Root)).Message);
    }

    [Fact]
    public void ReadTranslations_DamagedAssemblies_AreAFault()
    {
        for (int i = 0; i < 20; i++)
        {
            Write($"sdk/10.0.100/de/x{i}.resources.dll", "MZ no assembly");
            Write($"sdk/10.0.100/x{i}.dll", "no assembly");
        }

        Assert.Contains(
            "no messages in \"de\" could be read",
            Assert.Throws<InvalidDataException>(() => SdkData.ReadTranslations("de", Root)).Message);
        Assert.Throws<InvalidDataException>(() => SdkData.ReadLanguages(Root));
    }

    [Fact]
    public void ReadDocs_SmallFiles_TakesTheSentencesOut()
    {
        Directory.CreateDirectory(Path.Combine(Root, "sdk"));
        Write("packs/A.Ref/9.0.1/ref/net9.0/a.xml", "<doc/>");
        Write("packs/A.Ref/10.0.0-rc.1/ref/net10.0/a.xml", "<doc/>");
        Write(
            "packs/A.Ref/10.0.0/ref/net10.0/a.xml",
            """
            <doc><assembly><name>this name is not a sentence of prose</name></assembly><members><member name="T:A">
            <summary>Makes a <see cref="T:System.Collections.Generic.List`1" />
               of the <paramref name="values" />, or <see langword="null" />.</summary>
            <remarks><para>Calls <see cref="M:System.String.Format(System.String)" /> first.</para>
            <para>Then <see cref="M:System.Text.Rune.#ctor(System.Char)">a rune</see> is made &lt;once&gt; here.</para>
            <code>this is code and not a sentence at all</code></remarks>
            <returns>Short.</returns></member><member name="T:B">
            <summary>Calls String.Format first.</summary></member></members></doc>
            """);
        DataParts<PlainText> docs = SdkData.ReadDocs(Root);
        Assert.Equal(
            ["Calls String.Format first.", "Makes a List of the values, or null.", "Then a rune is made <once> here."],
            docs.Train.Lines.Concat(docs.Valid.Lines).Concat(docs.Test.Lines).Order(StringComparer.Ordinal));
        string bad = Write("packs/A.Ref/10.0.0/ref/net10.0/b.xml", "<doc>\n<a></doc>");
        Assert.StartsWith($"{bad}, line 2: no XML", Assert.Throws<InvalidDataException>(() => SdkData.ReadDocs(Root)).Message);
    }

    [Theory]
    [InlineData("sdk:languages", DataKind.LabelledTexts)]
    [InlineData("sdk:translate/de", DataKind.TextPairs)]
    [InlineData("sdk:docs", DataKind.PlainText)]
    public void Detect_NamesOfSdkData_TellTheTask(string name, DataKind kind) =>
        Assert.Equal(kind, DataDetector.Detect(name).Kind);

    [Theory]
    [InlineData("sdk:langauges")]
    [InlineData("sdk:translate/")]
    [InlineData("sdk:")]
    public void Detect_UnknownNames_ListTheOthers(string name) =>
        Assert.Contains("\"sdk:languages\"", Assert.Throws<ArgumentException>(() => DataDetector.Detect(name)).Message);
}
