namespace Recurant.Tasks;

/// <summary>Generated problems in the catalogue.</summary>
internal sealed class ProblemEntry : TaskEntry<SequenceModel>
{
    public override string Task => TaskNames.Problem;

    protected override ReplayedStep Replay(SequenceModel model, StepCapture capture, Workers workers)
    {
        RecurrentSpec recurrent = model.Spec.Recurrent;
        var task = new ProblemTask(
            model.Spec.Problem,
            new ProblemTrainingOptions
            {
                Cell = recurrent.Cell, Activation = recurrent.Activation, Form = recurrent.Form, GruReset = recurrent.GruReset,
                Hidden = recurrent.HiddenSize, Layers = recurrent.Layers, Seed = capture.Seed, Batch = capture.Batch,
                MemorySteps = 0,
                Dropout = new DropoutOptions { Layers = capture.Dropout.Layers, Recurrent = capture.Dropout.Recurrent },
            },
            workers);
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            model.Parameters[i].Value.CopyTo(task.Parameters[i].Value);
            task.Parameters[i].MarkChanged();
        }

        return new ReplayedStep(task, () => task.Step(0, capture.Step));
    }
}
