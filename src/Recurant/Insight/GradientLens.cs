using Recurant.Cells;
using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Numerics;
using Recurant.Parameters;
using Recurant.Reference;
using Recurant.Training;

namespace Recurant.Insight;

/// <summary>
/// Tells how far back in time the gradient of a network reaches: the gradient of every state, that of the recurrent weights split
/// by lag, the Jacobians of the states, the spectral radius of W_hh, how the gates stand, and what to change. Equations: docs/lens.md.
/// </summary>
public static class GradientLens
{
    private static readonly string[] s_lstm = ["i", "f", "g", "o"], s_gru = ["r", "z", "n"], s_plain = ["W"];

    /// <summary>Looks at a trained classifier; of several networks at the first.</summary>
    /// <param name="model">A model with recurrent layers.</param>
    /// <param name="texts">Labelled texts; the first <see cref="LensOptions.Sequences"/> are read.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">The model has no recurrent layers, there are no texts, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">A label is none of the model's.</exception>
    public static LensResult Look(ClassifierModel model, TextDataset texts, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new LensOptions();
        options.Validate();
        return Look(LensSubject.Of(model, texts, options), options);
    }

    /// <summary>Looks at a network that learnt a generated problem.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LensResult Look(SequenceModel model, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        options ??= new LensOptions();
        options.Validate();
        return Look(LensSubject.Of(model, options), options);
    }

    /// <summary>Looks at the classifier that training would start from.</summary>
    /// <param name="texts">The texts it would learn from.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the model has no recurrent layers.</exception>
    /// <exception cref="InvalidDataException">The data cannot be learnt from.</exception>
    public static LensResult LookBefore(TextDataset texts, TrainingOptions training, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(texts);
        ArgumentNullException.ThrowIfNull(training);
        options ??= new LensOptions();
        options.Validate();
        ClassifierModel model = PreparedData.Make(texts, null, training with { Checkpoint = null }).Model;
        LensSubject subject = LensSubject.Of(model, texts, options);
        Multiply(subject.Stack, options.Gain);
        return Look(subject, options);
    }

    /// <summary>Looks at the network that training on a generated problem would start from.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public static LensResult LookBefore(SequenceProblem problem, ProblemTrainingOptions training, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(training);
        training.Validate();
        options ??= new LensOptions();
        options.Validate();
        SequenceModel model = new ProblemTask(problem, training, Workers.ForThreads(1)).Model;
        Multiply(model.Network.Stack, options.Gain);
        return Look(LensSubject.Of(model, options), options);
    }

    internal static LensResult Look(LensSubject subject, LensOptions options)
    {
        foreach (CellMemory cell in subject.Memory.Cells) cell.Trace = new BackwardTrace();
        foreach (Parameter parameter in subject.Parameters) parameter.ClearGradient();
        try
        {
            return LookTraced(subject, options);
        }
        finally
        {
            foreach (CellMemory cell in subject.Memory.Cells) cell.Trace = null;
            foreach (Parameter parameter in subject.Parameters) parameter.DropGradient();
        }
    }

    private static LensResult LookTraced(LensSubject subject, LensOptions options)
    {
        double loss = subject.Pass();
        SequenceBatch batch = subject.Batch;
        RecurrentSpec spec = subject.Stack.Spec;
        GradientProfile[] profiles =
            [.. subject.Memory.Cells.Select((memory, row) => GradientProfile.Of(memory.Trace!, batch, row % spec.Directions == 1))];
        foreach (CellMemory cell in subject.Memory.Cells) cell.Trace = null;
        int readSteps = ReadSteps(subject);
        var jacobians = new IReadOnlyList<JacobianSize>[profiles.Length];
        // The sequence of the middle length stands for the others.
        for (int row = 0; row < profiles.Length; row++)
        {
            jacobians[row] = options.JacobianSteps == 0 ? [] : StateJacobians.Of(subject, row, batch.Sequences / 2, options.JacobianSteps);
        }

        (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[] splits =
            WeightSplitter.Split(subject, readSteps, options.IsExact);
        RecurrentCell[] cells = [.. subject.Stack.Cells];
        LensLayer[] layers =
        [
            .. profiles.Select((profile, row) => new LensLayer
            {
                Layer = row / spec.Directions, IsReverse = row % spec.Directions == 1, Profile = profile,
                HiddenWeights = splits[row].Hidden, HiddenNote = WeightSplitter.HiddenNote(cells[row]), InputWeights = splits[row].Input,
                SpectralRadii = RadiiOf(cells[row]), Jacobians = jacobians[row],
                Verdict = VerdictOf(profile, splits[row].Hidden ?? splits[row].Input, jacobians[row], readSteps),
            }),
        ];
        return new LensResult(
            subject.Network, batch.Sequences, batch.Steps, loss, readSteps, layers, LensAdvice.Of(spec, layers, readSteps));
    }

    /// <summary>
    /// States, where the loss reads one step. Where it reads many, every state gets a gradient from nearby, which says nothing of how
    /// far one reaches: then the exact split of the weights' gradient, or the Jacobians.
    /// </summary>
    private static LensVerdict VerdictOf(
        GradientProfile profile, WeightGradientByLag? split, IReadOnlyList<JacobianSize> jacobians, int readSteps)
    {
        int far = profile.Far;
        if (readSteps > 1 && split is { IsExact: true, Norms.Count: > 1 })
        {
            // The first step has no state before it.
            int lag = Math.Max(0, Math.Min(far, split.Norms.Count - 2));
            return LensVerdict.Of([.. split.Norms.Take(lag + 1).Select((norm, i) => (i, norm))], LensVerdict.ByWeights);
        }

        if (readSteps > 1 && jacobians.Count > 1)
        {
            return LensVerdict.Of([.. jacobians.Select(size => (size.Lag, size.Norm))], LensVerdict.ByJacobians);
        }

        return LensVerdict.Of([.. profile.State.Take(far + 1).Select((size, lag) => (lag, size))], LensVerdict.ByStates);
    }

    /// <summary>The most steps of a sequence at which the loss reads the last layer, in one direction.</summary>
    private static int ReadSteps(LensSubject subject)
    {
        SequenceBatch batch = subject.Batch;
        Matrix gradient = subject.OutputGradient();
        int hidden = subject.Stack.Spec.HiddenSize, most = 0;
        for (int direction = 0; direction < subject.Stack.Spec.Directions; direction++)
        {
            int[] counts = new int[batch.Sequences];
            for (int t = 0; t < batch.Steps; t++)
            {
                for (int b = 0; b < batch.SequencesAt(t); b++)
                {
                    if (gradient.Row(batch.RowStart(t) + b).Slice(direction * hidden, hidden).ContainsAnyExcept(0f)) counts[b]++;
                }
            }

            most = Math.Max(most, counts.Max());
        }

        return most;
    }

    private static List<BlockRadius> RadiiOf(RecurrentCell cell)
    {
        var radii = new List<BlockRadius>();
        if (!cell.HasHiddenProduct || cell.CellSize != cell.HiddenSize) return radii;
        string[] names = cell.Gates switch { 4 => s_lstm, 3 => s_gru, _ => s_plain };
        int size = cell.HiddenSize;
        for (int gate = 0; gate < cell.Gates && cell.Gates == names.Length; gate++)
        {
            double[] block = new double[size * size];
            for (int i = 0; i < block.Length; i++) block[i] = cell.HiddenWeights.Value[gate * size * size + i];
            radii.Add(new BlockRadius(names[gate], Spectrum.SpectralRadius(block, size)));
        }

        return radii;
    }

    private static void Multiply(RecurrentStack stack, float gain)
    {
        if (gain == 1) return;
        foreach (RecurrentCell cell in stack.Cells)
        {
            if (!cell.HasHiddenProduct) continue;
            foreach (ref float value in cell.HiddenWeights.Value) value *= gain;
            cell.HiddenWeights.MarkChanged();
        }
    }
}
