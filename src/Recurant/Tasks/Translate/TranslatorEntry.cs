namespace Recurant.Tasks;

/// <summary>Translators in the catalogue.</summary>
internal sealed class TranslatorEntry : TaskEntry<TranslatorModel>
{
    public override string Task => TaskNames.Translate;

    protected override TextTokens Tokens(TranslatorModel model) => new PieceTokens(model.Source);

    protected override TextTokens AnswerTokens(TranslatorModel model) => new PieceTokens(model.Target);

    protected override ReplayedStep Replay(TranslatorModel model, StepCapture capture, Workers workers)
    {
        var task = new TranslatorTask(
            new TranslatorData
            {
                Model = model,
                Plan = new TranslatorPlan
                {
                    Options = new TranslatorTrainingOptions { Seed = capture.Dropout.Seed },
                    Spec = model.Spec, Dropout = capture.Dropout, LabelSmoothing = capture.LabelSmoothing,
                    Batch = capture.Read.Count,
                },
                Sources = [.. capture.Read], Targets = [.. capture.Answers],
                Divided = DividedData.None(new PairDataset("the step", [])),
                PairsLeftOut = 0,
            },
            workers);
        return new ReplayedStep(task, () => task.Step(0, capture.Step));
    }
}
