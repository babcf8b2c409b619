namespace Recurant.Tasks;

/// <summary>Learning to say a target for each source: batches of like lengths, the loss of every word of the target.</summary>
/// <param name="model">The model.</param>
/// <param name="network">Its network.</param>
/// <param name="plan">How it learns.</param>
/// <param name="lengths">What the pairs are sorted by.</param>
/// <param name="workers">The threads.</param>
internal abstract class DecoderTask(
    TrainedModel model, TranslatorNetwork network, TranslatorPlan plan, int[] lengths, Workers workers)
    : TrainingTask(model.Parameters, network.CreateMemory(), new BucketedFeed(lengths, plan.Batch, plan.Options.Seed))
{
    /// <summary>The hypotheses that are followed to validate: beam search would take longer than it tells more.</summary>
    protected const int ValidationBeam = 1;

    private readonly TranslationBatch _batch = new();

    protected Workers Workers => workers;

    public sealed override StepLoss Step(int index, ulong step) => Learn(Feed[index], step);

    /// <summary>Lays out pairs.</summary>
    protected abstract void Fill(TranslationBatch batch, ReadOnlySpan<int> chosen);

    /// <summary>Forward, loss, back.</summary>
    protected StepLoss Learn(ReadOnlySpan<int> chosen, ulong step)
    {
        Fill(_batch, chosen);
        double loss = network.Loss(
            workers, _batch, (TranslatorMemory)Memory, learns: true, plan.Dropout with { Step = step }, plan.LabelSmoothing,
            out int correct);
        return new StepLoss(loss, _batch.Target.Rows, correct, _batch.Target.Rows);
    }
}
