using static Recurant.Insight.FindingText;

namespace Recurant.Tasks;

/// <summary>
/// Examines a trained model on data: its answers must not depend on the company a text is in, on threads or on how it is cut; its
/// gradients must be the slope of its loss; it must beat whoever knows nothing; its weights must be finite and its units alive.
/// The model is only read, and may serve others meanwhile. docs/doctor.md has the rules.
/// </summary>
public static partial class ModelDoctor
{
    /// <summary>Texts of a step with large gradients, and their tokens: finite differences take many passes.</summary>
    private const int SlopeTexts = 4, SlopeTokens = 12;

    /// <summary>Texts and tokens of a step whose units are looked at.</summary>
    private const int WideTexts = 32, WideTokens = 100;

    /// <summary>Examines the weights of a model of any kind.</summary>
    /// <param name="model">The model.</param>
    public static DoctorReport ExamineWeights(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return new DoctorReport([Weights(model)]);
    }

    /// <summary>The checks of every task, in the order of a report; they move weights and write gradients.</summary>
    /// <param name="model">A copy of the model.</param>
    /// <param name="first">What comes between the weights and the gradients.</param>
    /// <param name="slopes">A step with large gradients; null for none.</param>
    /// <param name="units">A wide step; null for none.</param>
    /// <param name="last">What comes after that.</param>
    private static DoctorReport Report(
        TrainedModel model, IEnumerable<Finding> first, StepCapture? slopes, StepCapture? units, IEnumerable<Finding> last)
    {
        List<Finding> findings = [Weights(model), .. first];
        if (slopes is not null) findings.Add(SlopeChecks.Run(Step(slopes)));
        if (units is not null) findings.Add(UnitChecks.Run(Step(units)));
        findings.AddRange(last);
        return new DoctorReport(findings);

        static ReplayedStep Step(StepCapture step) => StepReplay.Prepare("the examined step", step, Workers.ForThreads(1));
    }

    /// <summary>The beginning of a text, as long as a step may be.</summary>
    private static int[] Cut(int[] text, bool forSlopes) => text[..Math.Min(text.Length, forSlopes ? SlopeTokens : WideTokens)];

    private static void RequireSome(int count, string name)
    {
        if (count == 0) throw new InvalidDataException($"{name}: there is nothing in it to examine a model with.");
    }

    private static Finding Weights(TrainedModel model)
    {
        string[] Names(Func<Parameter, bool> isMeant) => [.. model.Parameters.Where(isMeant).Select(parameter => parameter.Name)];
        string[] bad = Names(parameter => !parameter.Values.ToArray().All(float.IsFinite));
        // A bias may be zero; a matrix of zeros passes nothing on.
        string[] still = Names(parameter => LargestMagnitude.Of(parameter.Values) == 0 && parameter.Shape.Count > 1);
        float largest = model.Parameters.Max(parameter => LargestMagnitude.Of(parameter.Values));
        if (bad.Length > 0)
        {
            return new Finding("weights", FindingLevel.Fault, $"{Of(bad.Length, "tensor")} hold NaN or infinity.")
            {
                Where = bad, Means = "Every answer that passes there is not a number.",
                Advice = "Train again with a lower learning rate.",
            };
        }

        return ComparedFinding.Against(
            "weights", still.Length == 0,
            $"All {Count(model.ParameterCount)} weights are finite; the largest is {Four(largest)}"
            + (still.Length > 0 ? $"; {Of(still.Length, "matrix")} hold zeros alone." : "."),
            "Nothing passes through a matrix of zeros.", "See whether the file was written by training.",
            Value("weights", model.ParameterCount), Value("largest", largest)) with
        {
            Where = still,
        };
    }
}
