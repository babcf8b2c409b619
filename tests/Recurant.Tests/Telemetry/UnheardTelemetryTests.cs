namespace Recurant.Tests.Telemetry;

/// <summary>
/// While nobody listens, and in the tests of the core nobody does, telemetry takes no memory and says that nobody listens. What
/// listeners hear is tested in Recurant.Extensions.Tests.
/// </summary>
public class UnheardTelemetryTests
{
    private const int Calls = 1000;

    [Fact]
    public void Calls_WithoutListeners_AllocateNothing()
    {
        Allocation.AssertNoneWarm(Call, Calls);

        static void Call()
        {
            WatchedCall call = WatchedCall.Predict(TaskNames.Classify, 3), load = WatchedCall.Load("a path");
            Assert.False(call.IsWatched || load.IsWatched);
            call.Detach(null);
            call.EndPredict(10, 20);
            load.EndLoad(TaskNames.Classify);
        }
    }

    [Fact]
    public void Steps_WithoutListeners_AllocateNothing()
    {
        var run = new WatchedRun(TaskNames.Classify, "model");
        Allocation.AssertNoneWarm(
            () =>
            {
                run.Step(100);
                run.Epoch(1, 1, 1);
            },
            Calls);
        run.End("completed");
    }

    [Fact]
    public void Fails_OfACallNobodyHears_IsFalse()
    {
        WatchedCall call = WatchedCall.Predict(TaskNames.Tag, 1);
        Assert.False(call.Fails(new InvalidOperationException()));
        Assert.False(new WatchedRun(TaskNames.Tag, "model").Fails(new InvalidOperationException()));
    }
}
