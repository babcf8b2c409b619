using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Recurant.Extensions.Tests;

/// <summary>A model's file is replaced while it is served. The clock is the test's, and so is each look at the file.</summary>
public sealed class HotSwapTests : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly ModelFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogList _log = new();
    private readonly ServiceProvider _provider;
    private readonly ServedModel<TextClassifier> _model;

    public HotSwapTests()
    {
        TestModels.A.Save(_folder["a"]);
        TestModels.B.Save(_folder["b"]);
        File.Copy(_folder["a"], _folder["m"]);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(_time).AddLogging(logging => logging.AddProvider(_log));
        services.AddRecurant(options => options.AddTextClassifier("m", _folder["m"], model => model.Reload = true));
        services.AddHealthChecks().AddRecurant();
        _provider = services.BuildServiceProvider();
        _model = _provider.GetRequiredService<ServedModel<TextClassifier>>();
    }

    public void Dispose()
    {
        _provider.Dispose();
        _folder.Dispose();
    }

    private void Look(int times = 1)
    {
        for (int i = 0; i < times; i++) _time.Advance(s_interval);
    }

    /// <summary>Puts a file in the place of the model's as an installer does: whole, in one step.</summary>
    private void Put(string name, string place = "m")
    {
        File.Copy(_folder[name], _folder["new"], overwrite: true);
        File.Move(_folder["new"], _folder[place], overwrite: true);
    }

    private bool Serves(TextClassifier model) =>
        TestModels.Bits(_model.Current.Predict("good")) == TestModels.Bits(model.Predict("good"));

    private async Task<HealthReportEntry> Health() =>
        (await _provider.GetRequiredService<HealthCheckService>().CheckHealthAsync(TestContext.Current.CancellationToken))
            .Entries["recurant"];

    [Fact]
    public async Task File_Replaced_IsTakenUpWhenItHasSettled()
    {
        Assert.True(Serves(TestModels.A));
        TextClassifier old = _model.Current;
        Look(3);
        Assert.Same(old, _model.Current);
        Put("b");
        Look();
        Assert.True(Serves(TestModels.A));
        Look();
        Assert.True(Serves(TestModels.B));
        Assert.Equal(2, _model.Version);
        Assert.Same(_model.Current, _provider.GetRequiredService<TextClassifier>());
        Assert.Equal(TestModels.Bits(TestModels.A.Predict("good")), TestModels.Bits(old.Predict("good")));
        LoadedModel<TextClassifier> now = _model.Snapshot();
        Assert.Equal((2, _time.GetUtcNow()), (now.Version, now.LoadedAt));
        Assert.Same(now.Model, now.Front.Model);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
        Assert.Equal(2, _log.Lines.Count(line => line.StartsWith("Information Model 'm': version ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task File_HalfWritten_KeepsTheOldModelAndIsTold()
    {
        Assert.True(Serves(TestModels.A));
        byte[] whole = File.ReadAllBytes(_folder["b"]);
        File.WriteAllBytes(_folder["m"], whole[..(whole.Length / 2)]);
        Look(5);
        Assert.True(Serves(TestModels.A));
        Assert.Equal(1, _model.Version);
        Assert.Contains("The model 'm' could not be read from", _model.Fault!.Message);
        // Told once, not at every look.
        Assert.Single(
            _log.Lines, line => line.StartsWith("Warning Model 'm': the new file is refused", StringComparison.Ordinal));
        HealthReportEntry health = await Health();
        Assert.Equal(HealthStatus.Degraded, health.Status);
        Assert.StartsWith("version 1 is served: The model 'm' could not be read", health.Description);
        Put("b");
        Look(2);
        Assert.True(Serves(TestModels.B));
        Assert.Null(_model.Fault);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
    }

    [Fact]
    public void File_WrittenInParts_IsNotReadBeforeItIsWhole()
    {
        Assert.True(Serves(TestModels.A));
        byte[] whole = File.ReadAllBytes(_folder["b"]);
        for (int part = 1; part <= 4; part++)
        {
            File.WriteAllBytes(_folder["m"], whole[..(whole.Length * part / 4)]);
            Look();
            Assert.Equal(1, _model.Version);
        }

        Look();
        Assert.True(Serves(TestModels.B));
        Assert.DoesNotContain(_log.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task File_Deleted_LeavesTheModel()
    {
        Assert.True(Serves(TestModels.A));
        File.Delete(_folder["m"]);
        Look(3);
        Assert.True(Serves(TestModels.A));
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
        Put("b");
        Look(2);
        Assert.True(Serves(TestModels.B));
    }

    [Fact]
    public async Task File_PutBackAfterARefusedOne_IsHealthy()
    {
        Assert.True(Serves(TestModels.A));
        File.Move(_folder["m"], _folder["kept"]);
        File.WriteAllText(_folder["m"], "no model");
        Look(2);
        Assert.NotNull(_model.Fault);
        File.Move(_folder["kept"], _folder["m"], overwrite: true);
        Look(2);
        Assert.Null(_model.Fault);
        Assert.Equal(HealthStatus.Healthy, (await Health()).Status);
        Assert.Equal(1, _model.Version);
        // The bad one is told of again if it comes again.
        File.WriteAllText(_folder["m"], "no model");
        Look(2);
        Assert.NotNull(_model.Fault);
    }

    /// <summary>Opening a pipe would wait for somebody who writes to it, and nobody does.</summary>
    [Fact]
    public void Pipe_InPlaceOfTheFile_IsRefusedWithoutWaiting()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("There are no pipes in folders on Windows.");
        Assert.True(Serves(TestModels.A));
        File.Delete(_folder["m"]);
        using (var make = System.Diagnostics.Process.Start("mkfifo", [_folder["m"]])) make.WaitForExit();
        Assert.True(File.Exists(_folder["m"]));
        var looks = new Thread(() => Look(3)) { IsBackground = true };
        looks.Start();
        Assert.True(looks.Join(TimeSpan.FromSeconds(30)));
        Assert.Contains("has no bytes, or is a pipe or a device; expected a .safetensors file.", _model.Fault!.Message);
        Assert.Contains("is a pipe", Assert.Throws<InvalidOperationException>(_model.Reload).Message);
        Assert.True(Serves(TestModels.A));
        Put("b");
        Look(2);
        Assert.True(Serves(TestModels.B));
    }

    /// <summary>An exception that leaves the callback of a timer ends the process.</summary>
    [Fact]
    public void Logger_ThatThrows_ChangesNothing()
    {
        _log.Throws = true;
        Assert.True(Serves(TestModels.A));
        Put("b");
        Look(2);
        Assert.True(Serves(TestModels.B));
        File.WriteAllText(_folder["m"], "no model");
        Look(2);
        Assert.Contains("could not be read", _model.Fault!.Message);
        Assert.Contains("could not be read", Assert.Throws<InvalidOperationException>(_model.Reload).Message);
        Put("a");
        Look(2);
        Assert.True(Serves(TestModels.A));
        Assert.Null(_model.Fault);
    }

    [Fact]
    public void Look_ThatFailsUnexpectedly_KeepsTheModel()
    {
        Assert.True(Serves(TestModels.A));
        ModelOptions options = _provider.GetRequiredService<Microsoft.Extensions.Options.IOptions<RecurantOptions>>()
            .Value.Models["m"];
        Put("b");
        options.Threads = 5000; // after the options were checked
        Look(2);
        Assert.True(Serves(TestModels.A));
        Assert.Contains("0 (one a core) to 1024", _model.Fault!.Message);
        // Not a fault of the file, so it is not said to be one.
        Assert.Contains("0 (one a core) to 1024", Assert.Throws<ArgumentException>(_model.Reload).Message);
        options.Threads = 1;
        _model.Reload();
        Assert.True(Serves(TestModels.B));
        Assert.Null(_model.Fault);
    }

    [Fact]
    public void File_OfAnotherTask_IsRefused()
    {
        Assert.True(Serves(TestModels.A));
        ModelFile.Save(TestModels.Tagger(), _folder["t"]);
        Put("t");
        Look(2);
        Assert.True(Serves(TestModels.A));
        Assert.Contains("holds a tagger (task 'tag'); expected a model of the task 'classify'", _model.Fault!.Message);
    }

    /// <summary>Copying tools and images of containers keep times, and the models are of one shape.</summary>
    [Fact]
    public void File_OfTheSameLengthAndTime_IsSeen()
    {
        Assert.True(Serves(TestModels.A));
        var time = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_folder["m"], time);
        Look(2);
        File.SetLastWriteTimeUtc(_folder["b"], time);
        byte[] bytes = File.ReadAllBytes(_folder["m"]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(_folder["c"], bytes);
        File.SetLastWriteTimeUtc(_folder["c"], time);
        int version = _model.Version;
        Put("c");
        File.SetLastWriteTimeUtc(_folder["m"], time);
        Look(2);
        Assert.Equal(version + 1, _model.Version);
    }

    /// <summary>Volumes of configuration are replaced by turning a link to a folder.</summary>
    [Fact]
    public void Link_Turned_IsSeen()
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Links need a privilege on Windows.");
        Directory.CreateDirectory(_folder["v1"]);
        Directory.CreateDirectory(_folder["v2"]);
        File.Copy(_folder["a"], _folder["v1/model"]);
        File.Copy(_folder["b"], _folder["v2/model"]);
        Directory.CreateSymbolicLink(_folder["current"], "v1");
        using ServiceProvider provider = new ServiceCollection().AddSingleton<TimeProvider>(_time)
            .AddRecurant(options => options.AddTextClassifier("m", _folder["current/model"], model => model.Reload = true))
            .BuildServiceProvider();
        var model = provider.GetRequiredService<ServedModel<TextClassifier>>();
        Assert.Equal(TestModels.Bits(TestModels.A.Predict("bad")), TestModels.Bits(model.Current.Predict("bad")));
        Directory.Delete(_folder["current"]);
        Directory.CreateSymbolicLink(_folder["current"], "v2");
        Look(2);
        Assert.Equal(TestModels.Bits(TestModels.B.Predict("bad")), TestModels.Bits(model.Current.Predict("bad")));
    }

    [Fact]
    public void Reload_OfAGoodAndABadFile_ReplacesAndThrows()
    {
        Assert.True(Serves(TestModels.A));
        Put("b");
        _model.Reload();
        Assert.True(Serves(TestModels.B));
        File.WriteAllText(_folder["m"], "no model");
        Assert.Contains("could not be read", Assert.Throws<InvalidOperationException>(_model.Reload).Message);
        Assert.True(Serves(TestModels.B));
        Assert.Equal(2, _model.Version);
    }

    /// <summary>
    /// Sixteen threads ask while the file is replaced: every answer is the one or the other model's, never an error.
    /// </summary>
    [Fact]
    public void Answers_WhileTheFileIsReplaced_AreOfOneOfTheModels()
    {
        string[] texts =
            [.. TestModels.OddTexts, new string('x', 100_000), .. Enumerable.Range(0, 200).Select(i => $"text {i} is good")];
        string[] a = [.. texts.Select(text => TestModels.Bits(TestModels.A.Predict(text)))];
        string[] b = [.. texts.Select(text => TestModels.Bits(TestModels.B.Predict(text)))];
        Assert.All(a.Zip(b), pair => Assert.NotEqual(pair.First, pair.Second));
        bool isOver = false;
        var faults = new System.Collections.Concurrent.ConcurrentBag<string>();
        int ofA = 0, ofB = 0;
        Thread[] askers = [.. Enumerable.Range(0, 16).Select(first => new Thread(() =>
        {
            try
            {
                for (int n = first; !Volatile.Read(ref isOver); n++)
                {
                    int i = n * 7 % texts.Length;
                    string bits = TestModels.Bits((n % 2 == 0 ? _model.Current : _provider.GetRequiredService<TextClassifier>())
                        .Predict(texts[i]));
                    if (bits == a[i]) Interlocked.Increment(ref ofA);
                    else if (bits == b[i]) Interlocked.Increment(ref ofB);
                    else faults.Add($"{i}: {bits}");
                }
            }
            catch (Exception fault)
            {
                faults.Add(fault.ToString());
            }
        }))];
        foreach (Thread asker in askers) asker.Start();
        const int Swaps = 60;
        for (int swap = 0; swap < Swaps; swap++)
        {
            Put(swap % 2 == 0 ? "b" : "a");
            Look(2);
            // Until somebody has been answered by the model that is served now.
            ref int answered = ref swap % 2 == 0 ? ref ofB : ref ofA;
            int before = Volatile.Read(ref answered);
            while (Volatile.Read(ref answered) == before && faults.IsEmpty) Thread.Yield();
        }

        Volatile.Write(ref isOver, true);
        foreach (Thread asker in askers) asker.Join();
        Assert.Empty(faults);
        Assert.Equal(Swaps + 1, _model.Version);
        Assert.True(ofA > 0 && ofB > 0);
    }

    [Fact]
    public void Models_ThatAreReplaced_AreLetGo()
    {
        List<WeakReference> old = [];
        for (int swap = 0; swap < 20; swap++) Swap(old, swap);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.Equal(0, old.Count(model => model.IsAlive));

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Swap(List<WeakReference> old, int swap)
        {
            old.Add(new WeakReference(_model.Current));
            Put(swap % 2 == 0 ? "b" : "a");
            _model.Reload();
            Assert.NotEmpty(_model.Current.Predict("good").Label);
        }
    }

    [Fact]
    public void File_ReplacedWithoutReload_IsNotLookedAt()
    {
        using ServiceProvider provider = new ServiceCollection().AddSingleton<TimeProvider>(_time)
            .AddRecurant(options => options.AddTextClassifier("m", _folder["m"])).BuildServiceProvider();
        TextClassifier model = provider.GetRequiredService<TextClassifier>();
        Put("b");
        Look(5);
        Assert.Same(model, provider.GetRequiredService<TextClassifier>());
    }

    [Fact]
    public void Provider_Disposed_LooksNoMore()
    {
        Assert.True(Serves(TestModels.A));
        _provider.Dispose();
        Put("b");
        Look(5);
        Assert.Equal(1, _model.Version);
    }

    private sealed class LogList : ILoggerProvider, ILogger
    {
        private readonly List<string> _lines = [];

        public bool Throws { get; set; }

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines) return [.. _lines];
            }
        }

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (Throws) throw new InvalidOperationException("The log is full.");
            lock (_lines) _lines.Add($"{logLevel} {formatter(state, exception)}");
        }

        public void Dispose()
        {
        }
    }
}
