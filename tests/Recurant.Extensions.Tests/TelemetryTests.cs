using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Recurant.Telemetry;

namespace Recurant.Extensions.Tests;

/// <summary>Listeners hear the whole process, so these tests run when no others do.</summary>
[CollectionDefinition(nameof(TelemetryCollection), DisableParallelization = true)]
public class TelemetryCollection;

/// <summary>What operators see: meters and activities.</summary>
[Collection(nameof(TelemetryCollection))]
public sealed class TelemetryTests : IDisposable
{
    private readonly ModelFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Predict_OfTexts_IsCountedAndTimed()
    {
        using var heard = new Heard();
        TestModels.A.Predict(["the film is good", "bad", ""]);
        Assert.Equal([3], heard.Values(TelemetryNames.PredictItems, "classify"));
        // An empty text is read as one unknown word.
        Assert.Equal([6], heard.Values(TelemetryNames.PredictTokens, "classify"));
        Assert.Equal([1, -1], heard.Values(TelemetryNames.PredictActive, "classify"));
        Assert.InRange(Assert.Single(heard.Values(TelemetryNames.PredictDuration, "classify")), 0, double.MaxValue);
        Activity activity = Assert.Single(heard.Activities);
        Assert.Equal((TelemetryNames.PredictActivity, "classify", 3), (
            activity.OperationName, activity.GetTagItem(TelemetryNames.Task), activity.GetTagItem(TelemetryNames.Items)));
        Assert.Equal(ActivityStatusCode.Unset, activity.Status);
    }

    [Fact]
    public void EveryTask_IsHeardUnderItsName()
    {
        var tagger = new TagPredictor(TestModels.Tagger());
        var translator = new Translator(TestModels.Translator(0));
        var generator = new TextGenerator(TestModels.Language(TokenUnit.Word));
        using var heard = new Heard();
        tagger.Predict("the film is good");
        Translation answer = translator.Translate("the film");
        Assert.Equal(3, generator.Continue("the film", 3).Count());
        generator.TextVectors(["the film is good"]);
        Assert.Equal([4], heard.Values(TelemetryNames.PredictTokens, "tag"));
        Assert.Equal(
            [.. new double[] { answer.SourcePieces.Count, answer.Pieces.Count }.Where(count => count > 0)],
            heard.Values(TelemetryNames.PredictTokens, "translate"));
        Assert.Equal([2, 3, 4], heard.Values(TelemetryNames.PredictTokens, "lm"));
        Assert.Equal([1, 1], heard.Values(TelemetryNames.PredictItems, "lm"));
        Assert.Equal(0, heard.Values(TelemetryNames.PredictActive, "lm").Sum());
        Assert.Contains(heard.All, each => each.Name == TelemetryNames.PredictTokens
            && each.Tags.Contains(new(TelemetryNames.TokenType, "output")) && each.Value == 3);
    }

    /// <summary>Who reads tokens one by one goes on under its own activity, also when it stops in the middle.</summary>
    [Fact]
    public void Continue_BetweenTokens_LeavesTheCallersActivity()
    {
        using var heard = new Heard();
        var generator = new TextGenerator(TestModels.Language(TokenUnit.Word));
        using var source = new ActivitySource("the caller");
        using var listener = new ActivityListener
        {
            ShouldListenTo = each => each.Name == "the caller",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
        };
        ActivitySource.AddActivityListener(listener);
        using Activity outer = source.StartActivity("request")!;
        using (IEnumerator<string> tokens = generator.Continue("the", 10).GetEnumerator())
        {
            for (int i = 0; i < 4; i++)
            {
                Assert.True(tokens.MoveNext());
                Assert.Same(outer, Activity.Current);
            }
        }

        Assert.Same(outer, Activity.Current);
        Activity activity = Assert.Single(heard.Activities, each => each.OperationName == TelemetryNames.PredictActivity);
        Assert.Equal(outer.Id, activity.ParentId);
        Assert.Contains(heard.All, each => each.Name == TelemetryNames.PredictTokens && each.Value == 4);
        Assert.Equal(0, heard.Values(TelemetryNames.PredictActive, "lm").Sum());
    }

    [Fact]
    public void Calls_ThatThrow_AreHeardWithTheError()
    {
        using var heard = new Heard();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => TestModels.A.Predict(["good"], cancelled.Token));
        File.WriteAllText(_folder["bad"], "no model");
        Assert.Throws<InvalidDataException>(() => TextClassifier.Load(_folder["bad"]));
        Assert.Equal(0, heard.Values(TelemetryNames.PredictActive, "classify").Sum());
        Assert.Empty(heard.Values(TelemetryNames.PredictItems, "classify"));
        Assert.Contains(heard.All, each => each.Name == TelemetryNames.PredictDuration
            && each.Tags.Contains(new(TelemetryNames.ErrorType, "System.OperationCanceledException")));
        Assert.Contains(heard.All, each => each.Name == TelemetryNames.LoadDuration
            && each.Tags.Contains(new(TelemetryNames.ErrorType, "System.IO.InvalidDataException")));
        Assert.Equal(2, heard.Activities.Count);
        Assert.All(heard.Activities, each => Assert.Equal(ActivityStatusCode.Error, each.Status));
    }

    /// <summary>Before the first token, between two, and while nobody has begun on a thread of the pool.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Continue_Cancelled_IsHeardAsAnError(int written)
    {
        var generator = new TextGenerator(TestModels.Language(TokenUnit.Word));
        foreach (bool isAsync in (bool[])[false, true])
        {
            using var heard = new Heard();
            using var source = new CancellationTokenSource();
            int count = 0;
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
            {
                if (isAsync)
                {
                    IAsyncEnumerator<string> tokens =
                        generator.ContinueAsync("the", 10, cancellation: source.Token).GetAsyncEnumerator(source.Token);
                    await using (tokens)
                    {
                        if (written == 0 && await tokens.MoveNextAsync()) count++;
                        while (count < written && await tokens.MoveNextAsync()) count++;
                        await source.CancelAsync();
                        await tokens.MoveNextAsync();
                    }
                }
                else
                {
                    if (written == 0) source.Cancel();
                    foreach (string token in generator.Continue("the", 10, cancellation: source.Token))
                    {
                        if (++count == written) source.Cancel();
                    }
                }
            });
            Activity activity = Assert.Single(heard.Activities);
            Assert.Equal(ActivityStatusCode.Error, activity.Status);
            Assert.Empty(heard.Values(TelemetryNames.PredictItems, "lm"));
            Assert.Equal(0, heard.Values(TelemetryNames.PredictActive, "lm").Sum());
            Assert.Contains(heard.All, each => each.Name == TelemetryNames.PredictDuration
                && each.Tags.Contains(new(TelemetryNames.ErrorType, "System.OperationCanceledException")));
        }
    }

    /// <summary>The attribute is the path of a file, and a stream or bytes have none.</summary>
    [Fact]
    public void Load_OfAStreamAndOfBytes_NamesNoFile()
    {
        byte[] bytes = TestModels.A.ToBytes();
        using var heard = new Heard();
        TextClassifier.Load(bytes);
        TextClassifier.Load(new MemoryStream(bytes), name: "the upload");
        Assert.Equal(2, heard.Activities.Count);
        Assert.All(heard.Activities, each => Assert.Null(each.GetTagItem(TelemetryNames.FilePath)));
    }

    [Fact]
    public void Load_OfAFile_IsTimed()
    {
        TestModels.A.Save(_folder["a"]);
        using var heard = new Heard();
        TextClassifier.Load(_folder["a"]);
        Assert.Single(heard.Values(TelemetryNames.LoadDuration, "classify"));
        Activity activity = Assert.Single(heard.Activities);
        Assert.Equal((TelemetryNames.LoadActivity, _folder["a"]), (
            activity.OperationName, activity.GetTagItem(TelemetryNames.FilePath)));
    }

    [Fact]
    public void Train_WithListeners_IsHeardAndGivesTheSameBits()
    {
        TestModels.Classifier(7).Save(_folder["unheard"]);
        using (var heard = new Heard())
        {
            TextClassifier model = TestModels.Classifier(7);
            model.Save(_folder["heard"]);
            int epochs = model.Training!.Epochs.Count;
            Assert.Equal(epochs, heard.Values(TelemetryNames.TrainEpochs, "classify").Sum());
            Assert.Equal(
                model.Training.Epochs.Sum(epoch => epoch.Steps), heard.Values(TelemetryNames.TrainSteps, "classify").Sum());
            Assert.True(heard.Values(TelemetryNames.TrainTokens, "classify").Sum() > 0);
            Assert.Equal(
                model.Training.Epochs.Select(epoch => epoch.TrainLoss), heard.Values(TelemetryNames.TrainLoss, "classify"));
            Assert.Equal(
                model.Training.Epochs.Select(epoch => epoch.Validation.Loss),
                heard.Values(TelemetryNames.TrainValidationLoss, "classify"));
            Assert.Equal(epochs, heard.Values(TelemetryNames.TrainSpeed, "classify").Length);
            Assert.Contains(heard.All, each => each.Name == TelemetryNames.TrainDuration
                && each.Tags.Contains(new(TelemetryNames.Outcome, "completed"))
                && each.Tags.Contains(new(TelemetryNames.Stage, "model")));
            Activity activity = Assert.Single(heard.Activities, each => each.OperationName == TelemetryNames.TrainActivity);
            Assert.Equal("completed", activity.GetTagItem(TelemetryNames.Outcome));
        }

        (float[][] Heard, float[][] Unheard) weights = (Weights("heard"), Weights("unheard"));
        Assert.Equal(weights.Unheard, weights.Heard);
        float[][] Weights(string name) =>
            [.. ModelFile.Load(_folder[name]).Parameters.Select(parameter => parameter.Values.ToArray())];
    }

    [Fact]
    public void Reloads_AreCountedByOutcome()
    {
        TestModels.A.Save(_folder["m"]);
        using ServiceProvider provider = new ServiceCollection()
            .AddRecurant(options => options.AddTextClassifier("m", _folder["m"])).BuildServiceProvider();
        var model = provider.GetRequiredService<ServedModel<TextClassifier>>();
        _ = model.Current;
        using var heard = new Heard();
        model.Reload();
        File.WriteAllText(_folder["m"], "");
        Assert.Throws<InvalidOperationException>(model.Reload);
        Assert.Equal(["replaced", "refused"], heard.All.Where(each => each.Name == "recurant.model.reloads")
            .Select(each => each.Tags.Single(tag => tag.Key == "recurant.model.reload.outcome").Value));
    }

    /// <summary>What is read is half of a file, and when that is found out it is whole.</summary>
    [Fact]
    public void Reload_OfAFileStillWritten_RefusesOnlyWhatWasRead()
    {
        TestModels.A.Save(_folder["m"]);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        using ServiceProvider provider = new ServiceCollection().AddSingleton<TimeProvider>(time)
            .AddRecurant(options => options.AddTextClassifier("m", _folder["m"], model => model.Reload = true))
            .BuildServiceProvider();
        var model = provider.GetRequiredService<ServedModel<TextClassifier>>();
        Assert.NotNull(model.Current);
        byte[] whole = TestModels.B.ToBytes();
        File.WriteAllBytes(_folder["m"], whole[..(whole.Length / 2)]);
        using (var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ => File.WriteAllBytes(_folder["m"], whole),
        })
        {
            ActivitySource.AddActivityListener(listener);
            Assert.Throws<InvalidOperationException>(model.Reload);
        }

        for (int look = 0; look < 2; look++) time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, model.Version);
        Assert.Equal(TestModels.Bits(TestModels.B.Predict("good")), TestModels.Bits(model.Current.Predict("good")));
    }

    /// <summary>A call with a listener that has gone takes as much memory as one before any came.</summary>
    [Fact]
    public void Predict_WithoutListeners_TakesNoMoreMemory()
    {
        TextClassifier model = TestModels.Classifier(1);
        string[] texts = ["the film is good"];
        long before = Allocated();
        using (new Heard()) model.Predict(texts);
        Assert.Equal(before, Allocated());
        long Allocated()
        {
            for (int i = 0; i < 50; i++) model.Predict(texts);
            long least = long.MaxValue;
            for (int i = 0; i < 20; i++)
            {
                long start = GC.GetAllocatedBytesForCurrentThread();
                model.Predict(texts);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - start);
            }

            return least;
        }
    }

    /// <summary>Everything that is measured and traced while it lives.</summary>
    private sealed class Heard : IDisposable
    {
        private readonly MeterListener _meters = new();
        private readonly ActivityListener _activities;
        private readonly ConcurrentQueue<Measured> _all = [];
        private readonly ConcurrentQueue<Activity> _stopped = [];

        public Heard()
        {
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == TelemetryNames.Source) listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
            _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
            _meters.Start();
            _activities = new ActivityListener
            {
                ShouldListenTo = source => source.Name == TelemetryNames.Source,
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = _stopped.Enqueue,
            };
            ActivitySource.AddActivityListener(_activities);
        }

        public IReadOnlyCollection<Measured> All => _all;

        public IReadOnlyCollection<Activity> Activities => _stopped;

        public double[] Values(string name, string task) => [.. _all
            .Where(each => each.Name == name && each.Tags.Contains(new(TelemetryNames.Task, task))).Select(each => each.Value)];

        private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
            _all.Enqueue(new Measured(instrument.Name, value, tags.ToArray()));

        public void Dispose()
        {
            _meters.Dispose();
            _activities.Dispose();
        }
    }

    private sealed record Measured(string Name, double Value, KeyValuePair<string, object?>[] Tags);
}
