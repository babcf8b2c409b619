namespace Recurant.Tests.Frozen;

/// <summary>A small run of one family of options, whose tensors and answers are frozen.</summary>
/// <param name="Name">The task and what is special, such as "classify gru, outside".</param>
/// <param name="Learn">Trains; keeps and continues checkpoints where it is told to.</param>
internal sealed record FrozenRun(string Name, Func<CheckpointOptions?, CancellationToken, FrozenResult> Learn)
{
    /// <summary>Whether the run is stopped and continued as well: one of each way in which examples become steps.</summary>
    public bool IsContinued { get; init; }

    public override string ToString() => Name;
}

/// <summary>What a run gave.</summary>
/// <param name="Model">The model.</param>
/// <param name="End">Why the run ended.</param>
/// <param name="Answer">Adds the model's answers to fixed questions to a digest.</param>
internal sealed record FrozenResult(TrainedModel Model, TrainingEnd End, Action<Digest> Answer)
{
    /// <summary>The digests of tensors and answers, as a line of the file holds them.</summary>
    public string Digests()
    {
        using var answers = new Digest();
        Answer(answers);
        return $"{Digest.Of(Model.Parameters)} {answers.Result()}";
    }
}
