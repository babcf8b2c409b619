using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Recurant.Extensions.Tests;

public sealed class HealthCheckTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<HealthReportEntry> Check(Action<RecurantOptions> configure, HealthStatus? failure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging().AddRecurant(configure).AddHealthChecks().AddRecurant(failureStatus: failure);
        using ServiceProvider provider = services.BuildServiceProvider();
        HealthReport report = await provider.GetRequiredService<HealthCheckService>()
            .CheckHealthAsync(TestContext.Current.CancellationToken);
        return report.Entries["recurant"];
    }

    [Fact]
    public async Task Models_OfEveryTask_Answer()
    {
        TestModels.A.Save(_folder["classify"]);
        ModelFile.Save(TestModels.Tagger(), _folder["tag"]);
        ModelFile.Save(TestModels.Language(TokenUnit.Subword), _folder["lm"]);
        ModelFile.Save(TestModels.Translator(40), _folder["translate"]);
        HealthReportEntry entry = await Check(options => options
            .AddTextClassifier("classify", _folder["classify"]).AddTagPredictor("tag", _folder["tag"])
            .AddTextGenerator("lm", _folder["lm"]).AddTranslator("translate", _folder["translate"]));
        Assert.Equal((HealthStatus.Healthy, "All 4 models answer."), (entry.Status, entry.Description));
        Assert.Equal(["classify", "lm", "tag", "translate"], entry.Data.Keys.Order(StringComparer.Ordinal));
        Assert.All(entry.Data.Values, value => Assert.StartsWith("version 1, ", (string)value));
    }

    [Theory]
    [InlineData(null, HealthStatus.Unhealthy)]
    [InlineData(HealthStatus.Degraded, HealthStatus.Degraded)]
    public async Task Model_ThatIsMissing_IsTheReason(HealthStatus? failure, HealthStatus expected)
    {
        TestModels.A.Save(_folder["a"]);
        HealthReportEntry entry = await Check(
            options => options.AddTextClassifier("a", _folder["a"]).AddTextClassifier("none", _folder["none"]), failure);
        Assert.Equal(expected, entry.Status);
        Assert.StartsWith($"The model 'none' could not be read from {_folder["none"]}: ", entry.Description);
        Assert.StartsWith("version 1, ", (string)entry.Data["a"]);
        Assert.IsType<FileNotFoundException>(entry.Exception!.InnerException);
    }

    [Fact]
    public async Task Timeout_WhileAModelIsRead_EndsTheCheck()
    {
        TestModels.A.Save(_folder["a"]);
        using var time = new StandingClock();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time).AddLogging()
            .AddRecurant(options => options.AddTextClassifier("a", _folder["a"]))
            .AddHealthChecks().AddRecurant(timeout: TimeSpan.FromMilliseconds(50));
        using ServiceProvider provider = services.BuildServiceProvider();
        Task<HealthReport> check =
            Task.Run(() => provider.GetRequiredService<HealthCheckService>().CheckHealthAsync());
        Task first = await Task.WhenAny(check, Task.Delay(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        bool isTimedOut = first == check;
        time.Go();
        Assert.True(isTimedOut);
        Assert.Equal(HealthStatus.Unhealthy, (await check).Entries["recurant"].Status);
    }

    /// <summary>Whoever asks it for the time waits: a model that takes for ever to be read.</summary>
    private sealed class StandingClock : TimeProvider, IDisposable
    {
        private readonly ManualResetEventSlim _goes = new();

        public override DateTimeOffset GetUtcNow()
        {
            _goes.Wait();
            return base.GetUtcNow();
        }

        public void Go() => _goes.Set();

        public void Dispose()
        {
            Go();
            _goes.Dispose();
        }
    }
}
