using System.Text;
using System.Text.Json;

namespace Recurant.Tests.Insight;

public class LensObserverTests
{
    private static readonly SequenceProblem s_problem = new(ProblemKind.Adding, 12);

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public void Train_WithObserver_TellsEveryNthStepAndLearnsTheSameBits(int every)
    {
        var moments = new List<LensMoment>();
        ProblemTrainingOptions options = Options();
        var alone = ProblemTrainer.Train(s_problem, options);
        var watched = ProblemTrainer.Train(s_problem, options with { Observers = [new LensObserver(every, moments.Add)] });
        foreach (var (one, other) in alone.Model.Parameters.Zip(watched.Model.Parameters))
        {
            Assert.Equal(one.Value.ToArray(), other.Value.ToArray());
        }

        // 10,000 sequences an epoch, 500 in a step: 20 steps.
        Assert.Equal(Enumerable.Range(1, 20 / every).Select(i => (long)i * every), moments.Select(moment => moment.Step));
        Assert.All(moments, moment => Assert.Equal(["layer 0", "layer 1"], moment.Layers.Select(layer => layer.Name)));
        Assert.All(moments, moment => Assert.All(moment.Layers, layer =>
        {
            Assert.Equal(12, layer.Profile.State.Count);
            Assert.True(layer.Profile.State[0] > 0);
            Assert.Equal(3, layer.Profile.Gates.Count);
        }));
    }

    [Fact]
    public void WriteMembers_Moment_IsALineOfTheRecord()
    {
        LensMoment? last = null;
        ProblemTrainer.Train(s_problem, Options() with { Observers = [new LensObserver(20, moment => last = moment)] });
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            last!.WriteMembers(writer);
            writer.WriteEndObject();
        }

        using JsonDocument line = JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(20, line.RootElement.GetProperty("step").GetInt64());
        JsonElement byLag = line.RootElement.GetProperty("by_lag").GetProperty("layer 1");
        double[] norms = [.. byLag.EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(12, norms.Length);
        Assert.Equal(last!.Layers[1].Profile.State[3], norms[3], 1e-3 * norms[3]);
        JsonElement lows = line.RootElement.GetProperty("values").GetProperty("Gates: share of time below 0.1");
        double low = lows.GetProperty("layer 0, z").GetDouble();
        Assert.Equal(last.Layers[0].Profile.Gates[1].Low, low, 1e-3);
    }

    [Fact]
    public void Constructor_EveryStep_Refuses() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LensObserver(1, _ => { }));

    private static ProblemTrainingOptions Options() =>
        new() { Cell = CellKind.Gru, Hidden = 8, Layers = 2, Epochs = 1, Batch = 500, Threads = 1 };
}
