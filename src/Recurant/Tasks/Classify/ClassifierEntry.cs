namespace Recurant.Tasks;

/// <summary>Classifiers in the catalogue.</summary>
internal sealed class ClassifierEntry : TaskEntry<ClassifierModel>
{
    public override string Task => TaskNames.Classify;

    protected override TextTokens Tokens(ClassifierModel model) => new ClassifierTokens(model);

    protected override ReplayedStep Replay(ClassifierModel model, StepCapture capture, Workers workers)
    {
        var task = new ClassifierTask(
            new PreparedData
            {
                Model = model,
                Plan = new TrainingPlan
                {
                    Options = new TrainingOptions { Recompute = capture.Recompute, Seed = capture.Dropout.Seed },
                    Spec = model.Spec, Dropout = capture.Dropout, LabelSmoothing = capture.LabelSmoothing,
                    Batch = capture.Read.Count,
                },
                Forms = StepWords.Encode(model.NewForms(), capture),
                Train = [.. capture.Read],
                TrainLabels = [.. capture.Answers.Select(answer => answer[0])],
                Divided = DividedData.None(new TextDataset("the step", [])), Validation = [], ValidationLabels = [],
            },
            workers);
        return new ReplayedStep(task, () => task.Step(0, capture.Step));
    }
}
