namespace Recurant.Tasks;

/// <summary>Language models in the catalogue.</summary>
internal sealed class LanguageEntry : TaskEntry<LanguageModel>
{
    public override string Task => TaskNames.LanguageModel;

    protected override TextTokens Tokens(LanguageModel model) => new LanguageTokens(model);

    protected override TextTokens AnswerTokens(LanguageModel model) => new LanguageTokens(model);

    protected override ReplayedStep Replay(LanguageModel model, StepCapture capture, Workers workers)
    {
        int batch = capture.Read.Count, window = capture.Read[0].Length;
        var plan = new LanguageModelPlan
        {
            Spec = model.Spec, Dropout = capture.Dropout, Batch = batch, Window = window, Samples = capture.Samples,
            Seed = capture.Dropout.Seed,
        };
        int[] text = [.. capture.Read.SelectMany(part => part), 0];
        var part = new TextPart(text, text, 0);
        var task = new LanguageModelTask(model.Network, plan, part, part, workers, () => []);
        return new ReplayedStep(task, () => task.Replay(capture));
    }
}
