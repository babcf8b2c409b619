namespace Recurant.Tasks;

/// <content>Classifiers.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofTexts = new(
        LensRemedy.Bias, "Or use shorter sequences (--max-tokens), or more of their steps (--pooling max or mean).",
        "shorter sequences (--max-tokens) help as well");

    /// <summary>Looks at a trained classifier; of several networks at the first.</summary>
    /// <param name="model">A model with recurrent layers.</param>
    /// <param name="texts">Labelled texts; the first <see cref="LensOptions.Sequences"/> are read.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">
    /// The model has no recurrent layers, there are no texts, or an option is out of range.
    /// </exception>
    /// <exception cref="InvalidDataException">A label is none of the model's.</exception>
    public static LensResult Look(ClassifierModel model, TextDataset texts, LensOptions? options = null) =>
        Look(model, texts, options, SubjectOf);

    /// <summary>Looks at the classifier that training would start from.</summary>
    /// <param name="texts">The texts it would learn from.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the model has no recurrent layers.</exception>
    /// <exception cref="InvalidDataException">The data cannot be learnt from.</exception>
    public static LensResult LookBefore(TextDataset texts, TrainingOptions training, LensOptions? options = null) =>
        LookBefore(texts, training, options, _ => { }, (data, how, given) =>
            SubjectOf(PreparedData.Make(data, null, how with { Checkpoint = null }).Model, data, given));

    internal static LensSubject SubjectOf(ClassifierModel model, TextDataset texts, LensOptions options)
    {
        RecurrentNetwork network = model.Network.Recurrent ?? throw new ArgumentException(
            "The model has no recurrent layers, so there is no gradient through time.", nameof(model));
        var chosen = new TextDataset(texts.Name, LensSubject.First(texts.Examples, options, "texts", nameof(texts)));
        LensSubject.RequireKnown(chosen.Examples.Select(example => example.Label), model.Labels, texts.Name, "label");
        WordForms? forms = model.NewForms();
        int[][] encoded = [.. model.Encode(chosen, forms, PhaseWork.Unwatched)];
        int[] labels = model.LabelNumbers(chosen);
        ClassifierMemory memory = network.CreateMemory();
        memory.Forms = forms;
        Workers workers = options.Workers;
        int[] numbers = [.. Enumerable.Range(0, encoded.Length)];
        BatchLayout batch = ReferenceSubject.BatchOf(encoded);
        LensPart part = LensPart.Of(
            null, network.Stack, network.RecurrentMemory(memory), batch, () => network.InputOf(memory, batch),
            () => network.OutputGradientOf(memory, batch), workers);
        return new LensSubject(model.Summary, batch.Sequences, network.Parameters, s_ofTexts, [part], () =>
        {
            // A network that reads characters leaves other numbers in the batch.
            batch.Fill(encoded, numbers);
            int[] right = [.. batch.Order.ToArray().Select(text => labels[text])];
            Matrix logits = network.Forward(workers, batch, memory, dropout: null);
            double loss = CrossEntropy.Apply(logits, right, smoothing: 0, out _);
            network.Backward(workers, batch, memory, logits, dropout: null);
            return loss / batch.Sequences;
        });
    }
}
