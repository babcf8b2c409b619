using static Recurant.Insight.FindingText;

namespace Recurant.Tasks;

/// <content>Networks that learnt a generated problem.</content>
public static partial class ModelDoctor
{
    /// <summary>Examines a model that needs no data: its problem makes them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">The number of threads for scores; 0 for one a core. The result does not depend on it.</param>
    public static DoctorReport Examine(SequenceModel model, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        model = ModelFile.Copy(model);
        var step = new StepCapture { Model = model, Step = 0, Dropout = default, Seed = 1, Batch = SlopeTexts };
        return Report(model, [], step, step, [Baseline(model, threads)]);
    }

    private static Finding Baseline(SequenceModel model, int threads)
    {
        double loss = ProblemTrainer.Evaluate(model, threads).Loss, simple = model.Spec.Problem.Baseline;
        return ComparedFinding.Against(
            "against no memory", loss < 0.9 * simple,
            $"Loss {Four(loss)} on {model.Spec.Problem}; without any memory it is {Four(simple)}.",
            "The model has not learned to remember.",
            "Train longer, or use an LSTM or a GRU with chrono initialisation (--chrono).",
            Value("loss", loss), Value("baseline", simple));
    }
}
