using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Recurant.Extensions.Tests;

/// <summary>Models as services: names, defaults, configuration, and what is said when something is wrong.</summary>
public sealed class ServiceTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public ServiceTests()
    {
        TestModels.A.Save(_folder["a.safetensors"]);
        TestModels.B.Save(_folder["b.safetensors"]);
    }

    public void Dispose() => _folder.Dispose();

    private static ServiceProvider Provider(Action<RecurantOptions> configure) =>
        new ServiceCollection().AddRecurant(configure).BuildServiceProvider(
            new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });

    private ServiceProvider Provider(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddRecurant(Configuration(settings).GetSection("Recurant")).BuildServiceProvider();

    private static IConfigurationRoot Configuration(params (string Key, string Value)[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(each => KeyValuePair.Create(each.Key, (string?)each.Value))).Build();

    [Fact]
    public void TextClassifier_OfTwoNames_IsTheModelOfItsFile()
    {
        using ServiceProvider provider = Provider(options => options
            .AddTextClassifier("a", _folder["a.safetensors"]).AddTextClassifier("b", _folder["b.safetensors"]));
        foreach (string text in TestModels.OddTexts)
        {
            Assert.Equal(
                TestModels.Bits(TestModels.A.Predict(text)),
                TestModels.Bits(provider.GetRequiredKeyedService<TextClassifier>("a").Predict(text)));
            Assert.Equal(
                TestModels.Bits(TestModels.B.Predict(text)),
                TestModels.Bits(provider.GetRequiredKeyedService<TextClassifier>("B").Predict(text)));
        }
    }

    [Fact]
    public void TextClassifier_AskedForAgain_IsTheSameObject()
    {
        using ServiceProvider provider = Provider(options => options.AddTextClassifier("a", _folder["a.safetensors"]));
        TextClassifier first = provider.GetRequiredService<TextClassifier>();
        Assert.Same(first, provider.GetRequiredService<TextClassifier>());
        Assert.Same(first, provider.GetRequiredKeyedService<TextClassifier>("a"));
        Assert.Same(first, provider.GetRequiredService<ServedModel<TextClassifier>>().Current);
        Assert.Equal(1, provider.GetRequiredKeyedService<ServedModel<TextClassifier>>("a").Version);
    }

    [Fact]
    public void TextClassifier_SixteenThreadsAtFirst_IsReadOnce()
    {
        using ServiceProvider provider = Provider(options => options.AddTextClassifier("a", _folder["a.safetensors"]));
        var found = new TextClassifier[16];
        Thread[] all = [.. Enumerable.Range(0, found.Length).Select(
            i => new Thread(() => found[i] = provider.GetRequiredService<TextClassifier>()))];
        foreach (Thread thread in all) thread.Start();
        foreach (Thread thread in all) thread.Join();
        Assert.Single(found.Distinct());
        Assert.Equal(1, provider.GetRequiredService<ServedModel<TextClassifier>>().Version);
    }

    [Fact]
    public void Constructor_WithAName_GetsTheModel()
    {
        using ServiceProvider provider = new ServiceCollection()
            .AddRecurant(options => options.AddTextClassifier("a", _folder["a.safetensors"]))
            .AddSingleton<Consumer>().BuildServiceProvider();
        Assert.Equal("a", provider.GetRequiredService<Consumer>().Model.Name);
    }

    private sealed record Consumer([FromKeyedServices("a")] ServedModel<TextClassifier> Model);

    [Fact]
    public void File_DeletedAfterLoading_IsNotNeeded()
    {
        using ServiceProvider provider = Provider(options => options.AddTextClassifier("a", _folder["a.safetensors"]));
        TextClassifier model = provider.GetRequiredService<TextClassifier>();
        File.Delete(_folder["a.safetensors"]);
        Assert.Equal(TestModels.Bits(TestModels.A.Predict("good")), TestModels.Bits(model.Predict("good")));
        Assert.Same(model, provider.GetRequiredService<TextClassifier>());
    }

    [Fact]
    public void EveryTask_IsServedByItsClass()
    {
        ModelFile.Save(TestModels.Tagger(), _folder["tag"]);
        ModelFile.Save(TestModels.Language(TokenUnit.Character), _folder["lm"]);
        ModelFile.Save(TestModels.Translator(0), _folder["translate"]);
        using ServiceProvider provider = Provider(options => options
            .AddTextClassifier("classify", _folder["a.safetensors"]).AddTagPredictor("tag", _folder["tag"])
            .AddTextGenerator("lm", _folder["lm"]).AddTranslator("translate", _folder["translate"]));
        Assert.Equal(
            ["the", "film"], provider.GetRequiredService<TagPredictor>().Predict("the film").Select(word => word.Word));
        Assert.Equal(3, provider.GetRequiredService<TextGenerator>().Continue("the", 3).Count());
        Assert.NotNull(provider.GetRequiredKeyedService<Translator>("translate").Translate("the film").Text);
        Assert.Same(
            provider.GetRequiredService<TextClassifier>(), provider.GetRequiredKeyedService<TextClassifier>("classify"));
        var fault = Assert.Throws<InvalidOperationException>(() => provider.GetRequiredKeyedService<TagPredictor>("lm"));
        Assert.Contains("is a language model, which TextGenerator answers for; TagPredictor was asked for", fault.Message);
    }

    [Fact]
    public void Configuration_OfAllSettings_IsBound()
    {
        using ServiceProvider provider = Provider(
            ("Recurant:LoadAtStart", "true"), ("Recurant:Reload", "true"), ("Recurant:ReloadInterval", "00:00:05"),
            ("Recurant:Models:reviews:Path", _folder["a.safetensors"]), ("Recurant:Models:reviews:Task", "classify"),
            ("Recurant:Models:reviews:Threads", "2"), ("Recurant:Models:reviews:Reload", "false"),
            ("Recurant:Models:other:Path", _folder["b.safetensors"]), ("Recurant:Models:other:LoadAtStart", "false"));
        RecurantOptions options = provider.GetRequiredService<IOptions<RecurantOptions>>().Value;
        Assert.True(options.LoadAtStart && options.Reload);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ReloadInterval);
        Assert.Equal(2, options.Models.Count);
        ModelOptions reviews = options.Models["Reviews"];
        Assert.Equal(
            ("classify", 2, (bool?)false, (bool?)null), (reviews.Task, reviews.Threads, reviews.Reload, reviews.LoadAtStart));
        Assert.Equal(1, options.Models["other"].Threads);
        // The one that says what it is is the default; the other has to be asked for.
        Assert.Equal("reviews", provider.GetRequiredService<ServedModel<TextClassifier>>().Name, ignoreCase: true);
        Assert.Equal(
            TestModels.Bits(TestModels.B.Predict("good")),
            TestModels.Bits(provider.GetRequiredKeyedService<TextClassifier>("other").Predict("good")));
    }

    [Fact]
    public void Configuration_WithAMisspeltKey_IsRefused()
    {
        using ServiceProvider provider = Provider(("Recurant:Models:a:Pfad", "x"));
        Exception fault = Assert.ThrowsAny<Exception>(() => provider.GetRequiredService<IOptions<RecurantOptions>>().Value);
        Assert.Contains("Pfad", fault.ToString());
    }

    [Fact]
    public void Configuration_ValuesOutsideTheirRanges_AreAllNamed()
    {
        using ServiceProvider provider = Provider(
            ("Recurant:ReloadInterval", "00:00:00.001"), ("Recurant:Models:a:Threads", "-1"),
            ("Recurant:Models:a:Task", "clasify"));
        string message = Assert.Throws<OptionsValidationException>(
            () => provider.GetRequiredService<IOptions<RecurantOptions>>().Value).Message;
        Assert.Contains("Recurant:ReloadInterval is 00:00:00.0010000; expected 00:00:00.010 to 1.00:00:00.", message);
        Assert.Contains("Recurant:Models:a:Path is empty; expected the path of a model file.", message);
        Assert.Contains("Recurant:Models:a:Task is 'clasify'; expected one of classify, tag, lm, translate, caption.", message);
        Assert.Contains("Recurant:Models:a:Threads is -1; expected 1 to 1024, or 0 for one a core.", message);
    }

    /// <summary>The most that the library allows, which would otherwise be found when the file is read.</summary>
    [Fact]
    public void Threads_MoreThanTheLibraryAllows_AreNamed()
    {
        static ModelOptions Checked(int threads)
        {
            using ServiceProvider provider =
                Provider(options => options.AddTextClassifier("a", "x", model => model.Threads = threads));
            return provider.GetRequiredService<IOptions<RecurantOptions>>().Value.Models["a"];
        }

        Assert.Equal([0, 1024], ((int[])[0, 1024]).Select(threads => Checked(threads).Threads));
        Assert.Equal(
            ["Recurant:Models:a:Threads is 1025; expected 1 to 1024, or 0 for one a core."],
            Assert.Throws<OptionsValidationException>(() => Checked(1025)).Failures);
        Assert.Throws<ArgumentException>(() => new TextClassifier(TestModels.A.Model, 1025));
        Assert.NotNull(new TextClassifier(TestModels.A.Model, 1024));
    }

    [Fact]
    public void Threads_RefusedByTheLibrary_AreNoFaultOfTheFile()
    {
        using ServiceProvider provider = Provider(options => options.AddTextClassifier("a", _folder["a.safetensors"]));
        provider.GetRequiredService<IOptions<RecurantOptions>>().Value.Models["a"].Threads = 5000; // after the check
        Assert.Contains(
            "0 (one a core) to 1024", Assert.Throws<ArgumentException>(provider.GetRequiredService<TextClassifier>).Message);
    }

    [Fact]
    public void Names_ThatAreWrong_AreSaidWithTheRightOnes()
    {
        using ServiceProvider provider = Provider(options => options
            .AddTextClassifier("a", _folder["a.safetensors"]).AddTextClassifier("b", _folder["b.safetensors"]));
        Assert.Contains("There is no model 'c'; the models are 'a', 'b'.", Assert.Throws<InvalidOperationException>(
            () => provider.GetRequiredKeyedService<TextClassifier>("c")).Message);
        Assert.Contains(
            "2 models may be meant by TextClassifier ('a', 'b'); expected one.",
            Assert.Throws<InvalidOperationException>(provider.GetRequiredService<TextClassifier>).Message);
        Assert.Contains("There is no model for Translator; the models are 'a', 'b'.", Assert.Throws<InvalidOperationException>(
            provider.GetRequiredService<Translator>).Message);
        using ServiceProvider none = new ServiceCollection().AddRecurant().BuildServiceProvider();
        Assert.Contains("no models are configured", Assert.Throws<InvalidOperationException>(
            none.GetRequiredService<TextClassifier>).Message);
        Assert.Contains("There is a model 'A' already", Assert.Throws<ArgumentException>(
            () => new RecurantOptions().AddTextClassifier("a", "x").AddTagPredictor("A", "y")).Message);
    }

    [Fact]
    public void File_ThatIsMissingOrOfAnotherTask_IsSaidAndTriedAgain()
    {
        using ServiceProvider provider = Provider(options => options
            .AddTextClassifier("a", _folder["none.safetensors"]).AddTagPredictor("t", _folder["a.safetensors"]));
        var missing = Assert.Throws<InvalidOperationException>(provider.GetRequiredService<TextClassifier>);
        Assert.Contains($"The model 'a' could not be read from {_folder["none.safetensors"]}: ", missing.Message);
        Assert.Contains("Recurant:Models:a:Path", missing.Message);
        Assert.IsType<FileNotFoundException>(missing.InnerException);
        Assert.Contains("holds a classifier (task 'classify'); expected a model of the task 'tag'", Assert.Throws<
            InvalidOperationException>(provider.GetRequiredService<TagPredictor>).Message);
        File.Copy(_folder["b.safetensors"], _folder["none.safetensors"]);
        Assert.Equal(
            TestModels.Bits(TestModels.B.Predict("good")),
            TestModels.Bits(provider.GetRequiredService<TextClassifier>().Predict("good")));
    }

    [Fact]
    public async Task Host_LoadsAtStart_RelativeToItsContentRoot()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = _folder.Path,
            Args =
            [
                "--Recurant:Models:reviews:Path=a.safetensors", "--Recurant:LoadAtStart=true", "--Logging:LogLevel:Default=None",
            ],
        });
        builder.Services.AddRecurant(builder.Configuration.GetSection("Recurant"));
        using IHost host = builder.Build();
        var model = host.Services.GetRequiredService<ServedModel<TextClassifier>>();
        Assert.Equal(0, model.Version);
        await host.StartAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, model.Version);
        Assert.Equal(_folder["a.safetensors"], model.Path);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Host_WhoseModelIsMissing_DoesNotStart()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(["--Logging:LogLevel:Default=None"]);
        builder.Services.AddRecurant(options => options.AddTextClassifier("a", "/none/x", model => model.LoadAtStart = true));
        using IHost host = builder.Build();
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => host.StartAsync(TestContext.Current.CancellationToken));
        Assert.Contains("The model 'a' could not be read from", fault.Message);
    }

    [Fact]
    public async Task Host_WithABadSetting_DoesNotStart()
    {
        HostApplicationBuilder builder = Host.CreateApplicationBuilder(["--Logging:LogLevel:Default=None"]);
        builder.Services.AddRecurant(options => options.AddTextClassifier("a", ""));
        using IHost host = builder.Build();
        await Assert.ThrowsAsync<OptionsValidationException>(() => host.StartAsync(TestContext.Current.CancellationToken));
    }
}
