namespace Recurant.Tasks;

/// <summary>Generated problems in the catalogue.</summary>
internal sealed class ProblemEntry : TaskEntry<SequenceModel>
{
    public override string Task => TaskNames.Problem;

    protected override ReplayedStep Replay(SequenceModel model, StepCapture capture, Workers workers)
    {
        var plan = new LearningPlan { Batch = capture.Batch, Seed = capture.Seed, Dropout = capture.Dropout };
        var task = new ProblemTask(model, plan, workers);
        return new ReplayedStep(task, () => task.Step(0, capture.Step));
    }
}
