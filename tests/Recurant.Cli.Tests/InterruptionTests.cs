namespace Recurant.Cli.Tests;

/// <summary>What a signal does, without one.</summary>
public sealed class InterruptionTests : IDisposable
{
    private readonly List<string> _notes = [];
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Interruption _interruption;

    public InterruptionTests() => _interruption = new Interruption(_notes.Add, code => _exit.TrySetResult(code));

    public void Dispose() => _interruption.Dispose();

    [Theory]
    [InlineData(2, 130)]
    [InlineData(15, 143)]
    [InlineData(1, 129)]
    public async Task Ask_WorkDoesNotLook_EndsTheProcessAndSaysWhatIsTrue(int signal, int code)
    {
        _interruption.Outcome = "nothing was written to x";
        Assert.True(_interruption.Ask(signal));
        Assert.True(_interruption.Token.IsCancellationRequested);
        Assert.Equal(code, await _exit.Task);
        Assert.Equal(["recurant: interrupted; nothing was written to x."], _notes);
    }

    [Fact]
    public void Ask_Again_IsLeftToTheSystem()
    {
        using IDisposable hold = _interruption.Hold("stopping");
        Assert.True(_interruption.Ask(2));
        Assert.False(_interruption.Ask(2));
        Assert.Equal(["stopping"], _notes);
    }

    [Fact]
    public async Task Hold_Released_EndsTheProcessThatStillDoesNotLook()
    {
        IDisposable hold = _interruption.Hold();
        _interruption.Ask(15);
        Assert.False(_exit.Task.IsCompleted);
        hold.Dispose();
        hold.Dispose();
        Assert.Equal(143, await _exit.Task);
    }

    [Fact]
    public void Finish_CommandIsOver_NothingEndsIt()
    {
        _interruption.Ask(2);
        _interruption.Finish();
        Assert.False(_interruption.Ask(2));
        Assert.False(_exit.Task.IsCompleted);
        Assert.Equal(130, _interruption.Code);
    }
}
