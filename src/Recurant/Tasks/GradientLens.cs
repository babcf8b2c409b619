namespace Recurant.Tasks;

/// <summary>
/// Tells how far back in time the gradient of a network reaches: the gradient of every state, that of the recurrent weights split
/// by lag, the Jacobians of the states, the spectral radius of W_hh, how the gates stand, and what to change. Equations:
/// docs/lens.md.
/// </summary>
public static class GradientLens
{
    /// <summary>Looks at a trained classifier; of several networks at the first.</summary>
    /// <param name="model">A model with recurrent layers.</param>
    /// <param name="texts">Labelled texts; the first <see cref="LensOptions.Sequences"/> are read.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The model has no recurrent layers, there are no texts, or an option is out of range.
    /// </exception>
    /// <exception cref="InvalidDataException">A label is none of the model's.</exception>
    public static LensResult Look(ClassifierModel model, TextDataset texts, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(texts);
        options ??= new LensOptions();
        options.Validate();
        return LensLook.At(LensSubject.Of(ModelFile.Copy(model), texts, options), options);
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
        return LensLook.At(LensSubject.Of(ModelFile.Copy(model), options), options);
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
        return LensLook.At(LensSubject.Of(ModelFile.Copy(model), text, options), options);
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
        return LensLook.At(LensSubject.Of(ModelFile.Copy(model), data, options), options);
    }

    /// <summary>
    /// Looks at a translator: at the encoder, which counts its steps back in the source, and at the decoder, which is told the
    /// right words and counts them in the target.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="data">
    /// Pairs of texts; of the first <see cref="LensOptions.Sequences"/> up to <see cref="TranslatorModel.MostSourcePieces"/>
    /// pieces of either side are read.
    /// </param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no pairs, or an option is out of range.</exception>
    public static LensResult Look(TranslatorModel model, PairDataset data, LensOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options ??= new LensOptions();
        options.Validate();
        return LensLook.At(LensSubject.Of(ModelFile.Copy(model), data, options), options);
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
    /// <param name="text">
    /// The text it would learn from; windows of it are read as <see cref="Look(LanguageModel, PlainText, LensOptions)"/> does, as
    /// long as those of the training where <see cref="LensOptions.Window"/> does not say otherwise.
    /// </param>
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
        return LensLook.At(subject, options);
    }

    private static void Multiply(RecurrentCell cell, float gain)
    {
        if (gain == 1 || !cell.HasHiddenProduct) return;
        foreach (ref float value in cell.HiddenWeights.Value) value *= gain;
        cell.HiddenWeights.MarkChanged();
    }
}
