namespace Recurant.Insight;

/// <summary>A step that can be made again, as often as is wanted, with the weights as they then are.</summary>
/// <param name="Task">The task with the batch of the step as its only data.</param>
/// <param name="Make">Forward, loss, back; the gradients are added in the parameters.</param>
internal sealed record ReplayedStep(TrainingTask Task, Func<StepLoss> Make);

/// <summary>Gradients that nobody asked for.</summary>
internal static class LeftGradients
{
    /// <summary>Takes away the gradients that looking at a model has left, and the rows of tables that they name.</summary>
    public static void DropGradients(this IEnumerable<Parameter> parameters)
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.ClearGradient();
            parameter.DropGradient();
        }
    }
}
