namespace Recurant.Tasks;

/// <summary>What came of doing a step again.</summary>
/// <param name="Recorded">What was met when the file was written.</param>
/// <param name="Repeated">What was met now; null if all numbers were finite.</param>
public sealed record ReplayResult(NonFiniteReport Recorded, NonFiniteReport? Repeated) : InsightRecord
{
    /// <summary>Whether the same number was met at the same place, and every layer held the same bits.</summary>
    public bool IsSame => Repeated is not null && Recorded.What == Repeated.What && Recorded.Value.Equals(Repeated.Value)
        && Recorded.Place == Repeated.Place && Recorded.Fingerprint == Repeated.Fingerprint;
}

/// <summary>Does a step again from the file that <see cref="NonFiniteRecorder"/> wrote, and from nothing else.</summary>
public static class StepReplay
{
    /// <summary>Reads what was recorded, without doing anything.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no step.</exception>
    public static NonFiniteReport Read(string path) => StepBundle.Read(path).Report;

    /// <summary>Does the step again.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The result does not depend on it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged or holds no step.</exception>
    public static ReplayResult Run(string path, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (NonFiniteReport recorded, StepCapture capture, UpdateCapture? update) = StepBundle.Read(path);
        Workers workers = Workers.Asked(threads);
        ReplayedStep step = Prepare(path, capture, workers);
        (TrainingTask task, StepLoss loss) = (step.Task, step.Make());
        if (update is not null) return RunUpdate(recorded, capture, update, task, workers);
        (string What, double Value) met = ("loss", loss.Loss);
        if (double.IsFinite(loss.Loss))
        {
            double norm = new Optimizer(OptimizerKind.Sgd, task.Parameters).GradientNorm(workers);
            if (double.IsFinite(norm)) return new ReplayResult(recorded, null);
            met = ("norm of the gradient", norm);
        }

        NumberPlace place = StepWords.Describe(PlaceFinder.Find(task, met.What), capture);
        return new ReplayResult(recorded, recorded with
        {
            What = met.What, Value = met.Value, Place = place,
            Fingerprint = PlaceFinder.Fingerprint(task, met.Value, met.What == "norm of the gradient"),
            Tokens = StepWords.Of(capture, place.Sample),
        });
    }

    /// <summary>The step is done; now the update that wrote the number into the weights.</summary>
    private static ReplayResult RunUpdate(
        NonFiniteReport recorded, StepCapture capture, UpdateCapture update, TrainingTask task, Workers workers)
    {
        update.Apply(task.Parameters, workers);
        if (PlaceFinder.InTensors(task.Parameters, gradients: false) is not { } place) return new ReplayResult(recorded, null);
        return new ReplayResult(recorded, recorded with
        {
            Place = StepWords.Describe(place, capture), Fingerprint = PlaceFinder.Fingerprint(task.Parameters),
        });
    }

    /// <summary>The task with the batch of the step as its only data.</summary>
    /// <exception cref="InvalidDataException">
    /// The step cannot be made again, or its batch does not fit the model; the second is also thrown as the step is made.
    /// </exception>
    internal static ReplayedStep Prepare(string path, StepCapture capture, Workers workers)
    {
        ReplayedStep step = Fitting(() => TaskCatalogue.Of(capture.Model).Replay(capture, workers))
            ?? throw new InvalidDataException($"{path} holds a step of a {capture.Model.Noun}, which cannot be replayed.");
        return step with { Make = () => Fitting(step.Make) };

        T Fitting<T>(Func<T> act)
        {
            try
            {
                return act();
            }
            catch (Exception fault) when (fault is IndexOutOfRangeException or ArgumentException or InvalidOperationException)
            {
                throw new InvalidDataException(
                    $"{path}: the batch does not fit the model ({fault.Message.TrimEnd('.')}). Copy the file again.", fault);
            }
        }
    }
}
