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

    /// <summary>Looks at a language model: at windows of a text, read from zero states.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">
    /// The text. It is cut into <see cref="LensOptions.Sequences"/> equal parts, of which the first
    /// <see cref="LensOptions.Window"/> tokens each are read; of a short text there are fewer.
    /// </param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no text, or an option is out of range.</exception>
    public static LensResult Look(LanguageModel model, PlainText text, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        options ??= new LensOptions();
        options.Validate();
        return Look(LensSubject.Of(model, text, options), options);
    }

    /// <summary>Looks at a tagger: at the layers that read the words, not at those that read a word's characters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Tagged sentences; the first <see cref="LensOptions.Sequences"/> are read.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no sentences, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">A tag is none of the model's.</exception>
    public static LensResult Look(TaggerModel model, TaggedDataset data, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new LensOptions();
        options.Validate();
        return Look(LensSubject.Of(model, data, options), options);
    }

    /// <summary>
    /// Looks at a translator: at the encoder, which counts its steps back in the source, and at the decoder, which is told the right
    /// words and counts them in the target.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="data">
    /// Pairs of texts; of the first <see cref="LensOptions.Sequences"/> up to <see cref="TranslatorModel.MostSourcePieces"/> pieces of
    /// either side are read.
    /// </param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no pairs, or an option is out of range.</exception>
    public static LensResult Look(TranslatorModel model, PairDataset data, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new LensOptions();
        options.Validate();
        return Look(LensSubject.Of(model, data, options), options);
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
        return LookFresh(LensSubject.Of(model, texts, options), options);
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
        return LookFresh(LensSubject.Of(model, options), options);
    }

    /// <summary>Looks at the language model that training would start from.</summary>
    /// <param name="text">The text it would learn from; windows of it are read as <see cref="Look(LanguageModel, PlainText, LensOptions)"/>
    /// does, as long as those of the training where <see cref="LensOptions.Window"/> does not say otherwise.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The text is too short to learn from.</exception>
    public static LensResult LookBefore(PlainText text, LanguageModelOptions training, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(training);
        training.Validate();
        options ??= new LensOptions();
        options.Validate();
        LanguageModel model = PreparedText.Make(text, null, training with { Checkpoint = null }).Model;
        options = options with { Window = options.Window ?? training.Window };
        return LookFresh(LensSubject.Of(model, text, options), options);
    }

    /// <summary>Looks at the tagger that training would start from.</summary>
    /// <param name="data">The sentences it would learn from.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The data cannot be learnt from.</exception>
    public static LensResult LookBefore(TaggedDataset data, TaggerTrainingOptions training, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(training);
        training.Validate();
        options ??= new LensOptions();
        options.Validate();
        TaggerModel model = TaggerData.Make(data, null, training with { Checkpoint = null }).Model;
        return LookFresh(LensSubject.Of(model, data, options), options);
    }

    /// <summary>Looks at the translator that training would start from.</summary>
    /// <param name="data">The pairs it would learn from.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The data cannot be learnt from.</exception>
    public static LensResult LookBefore(PairDataset data, TranslatorTrainingOptions training, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(training);
        training.Validate();
        options ??= new LensOptions();
        options.Validate();
        TranslatorModel model = TranslatorData.Make(data, null, training with { Checkpoint = null }).Model;
        return LookFresh(LensSubject.Of(model, data, options), options);
    }

    private static LensResult LookFresh(LensSubject subject, LensOptions options)
    {
        foreach (LensRow row in subject.Parts.SelectMany(part => part.Rows)) Multiply(row.Cell, options.Gain);
        return Look(subject, options);
    }

    internal static LensResult Look(LensSubject subject, LensOptions options)
    {
        foreach (LensPart part in subject.Parts) SetTraces(part, isSet: true);
        foreach (Parameter parameter in subject.Parameters) parameter.ClearGradient();
        try
        {
            double loss = subject.Pass();
            // A part that is run again leaves the others as they are.
            GradientProfile[][] profiles = [.. subject.Parts.Select(part => ProfilesOf(part))];
            LensLayer[] layers = [.. subject.Parts.SelectMany((part, i) => LayersOf(subject, part, profiles[i], options))];
            return new LensResult(
                subject.Network, subject.Sequences, layers.Max(layer => layer.Steps), loss, layers.Max(layer => layer.ReadSteps),
                layers, LensAdvice.Of(subject, layers));
        }
        finally
        {
            foreach (LensPart part in subject.Parts) SetTraces(part, isSet: false);
            foreach (Parameter parameter in subject.Parameters) parameter.DropGradient();
        }
    }

    private static void SetTraces(LensPart part, bool isSet)
    {
        foreach (LensRow row in part.Rows) row.Memory.Trace = isSet ? new BackwardTrace() : null;
    }

    private static GradientProfile[] ProfilesOf(LensPart part) =>
        [.. part.Rows.Select(row => GradientProfile.Of(row.Memory.Trace!, part.Batch, row.IsReverse))];

    private static IEnumerable<LensLayer> LayersOf(
        LensSubject subject, LensPart part, GradientProfile[] profiles, LensOptions options)
    {
        SetTraces(part, isSet: false);
        int readSteps = part.ReadSteps();
        var source = new LensSource(part);
        // What the pass left in the gates comes first: the part is run again after that.
        var splitter = new WeightSplitter(part, source);
        (WeightGradientByLag? Hidden, WeightGradientByLag? Input)[] splits = splitter.Split(readSteps, options.IsExact);
        double[][] lastSteps = readSteps > 1 ? LastStepsOf(part, source) : [.. profiles.Select(_ => Array.Empty<double>())];
        int all = subject.Parts.Sum(each => each.Rows.Count);
        // The sequence of the middle length stands for the others.
        IReadOnlyList<JacobianSize>[] jacobians =
        [
            .. part.Rows.Select(row => options.JacobianSteps == 0
                ? [] : StateJacobians.Of(part, row, part.Batch.Sequences / 2, options.JacobianSteps, all)),
        ];
        return profiles.Select((profile, i) => new LensLayer
        {
            Part = part.Name, Layer = part.Rows[i].Layer, IsReverse = part.Rows[i].IsReverse, Steps = part.Batch.Steps,
            ReadSteps = readSteps, Profile = profile, LastStep = lastSteps[i], HiddenWeights = splits[i].Hidden,
            HiddenNote = WeightSplitter.HiddenNote(part.Rows[i]), InputWeights = splits[i].Input,
            SpectralRadii = RadiiOf(part.Rows[i].Cell), Jacobians = jacobians[i],
            JacobianNote = options.JacobianSteps == 0 ? null : StateJacobians.Note(part, part.Rows[i], options.JacobianSteps),
            Verdict = VerdictOf(profile, splits[i].Hidden ?? splits[i].Input, lastSteps[i], jacobians[i], readSteps),
        });
    }

    /// <summary>state(lag) of each row, where its direction is read at its last step alone.</summary>
    private static double[][] LastStepsOf(LensPart part, LensSource source)
    {
        double[][] states = [.. part.Rows.Select(_ => Array.Empty<double>())];
        for (int direction = 0; direction < part.Spec.Directions; direction++)
        {
            SetTraces(part, isSet: true);
            if (!source.Run(direction, 0)) continue;
            for (int i = 0; i < states.Length; i++)
            {
                LensRow row = part.Rows[i];
                if (row.IsReverse != (direction == 1)) continue;
                states[i] = [.. GradientProfile.Of(row.Memory.Trace!, part.Batch, row.IsReverse).State];
            }
        }

        SetTraces(part, isSet: false);
        return states;
    }

    /// <summary>
    /// States, where the loss reads one step. Where it reads many, every state gets a gradient from nearby, which says nothing of how
    /// far one reaches: then the exact split of the weights' gradient, or what the last step alone gives, or the Jacobians.
    /// </summary>
    private static LensVerdict VerdictOf(
        GradientProfile profile, WeightGradientByLag? split, double[] lastStep, IReadOnlyList<JacobianSize> jacobians, int readSteps)
    {
        int far = profile.Far;
        if (readSteps > 1 && split is { IsExact: true, Norms.Count: > 1 })
        {
            // The first step has no state before it.
            int lag = Math.Max(0, Math.Min(far, split.Norms.Count - 2));
            return LensVerdict.Of([.. split.Norms.Take(lag + 1).Select((norm, i) => (i, norm))], LensVerdict.ByWeights);
        }

        if (readSteps > 1 && lastStep is [> 0, ..])
        {
            return LensVerdict.Of([.. lastStep.Take(far + 1).Select((size, lag) => (lag, size))], LensVerdict.ByLastStep);
        }

        if (readSteps > 1 && jacobians.Count > 1)
        {
            return LensVerdict.Of([.. jacobians.Select(size => (size.Lag, size.Norm))], LensVerdict.ByJacobians);
        }

        return LensVerdict.Of([.. profile.State.Take(far + 1).Select((size, lag) => (lag, size))], LensVerdict.ByStates);
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

    private static void Multiply(RecurrentCell cell, float gain)
    {
        if (gain == 1 || !cell.HasHiddenProduct) return;
        foreach (ref float value in cell.HiddenWeights.Value) value *= gain;
        cell.HiddenWeights.MarkChanged();
    }
}
