namespace Recurant.Tasks;

/// <content>Taggers.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofTags = new(
        LensRemedy.Bias, "If tags do not depend on words farther away, nothing is lost.", "shorter sentences help as well");

    /// <summary>Looks at a tagger: at the layers that read the words, not at those that read a word's characters.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">Tagged sentences; the first <see cref="LensOptions.Sequences"/> are read.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no sentences, or an option is out of range.</exception>
    /// <exception cref="InvalidDataException">A tag is none of the model's.</exception>
    public static LensResult Look(TaggerModel model, TaggedDataset data, LensOptions? options = null) =>
        Look(model, data, options, SubjectOf);

    /// <summary>Looks at the tagger that training would start from.</summary>
    /// <param name="data">The sentences it would learn from.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The data cannot be learnt from.</exception>
    public static LensResult LookBefore(TaggedDataset data, TaggerTrainingOptions training, LensOptions? options = null) =>
        LookBefore(data, training, options, how => how.Validate(), (sentences, how, given) =>
            SubjectOf(TaggerData.Make(sentences, null, how with { Checkpoint = null }).Model, sentences, given));

    internal static LensSubject SubjectOf(TaggerModel model, TaggedDataset data, LensOptions options)
    {
        TaggerNetwork network = model.Network;
        TaggedSentence[] chosen = LensSubject.First(data.Sentences, options, "sentences", nameof(data));
        LensSubject.RequireKnown(chosen.SelectMany(sentence => sentence.Tags), model.Tags, data.Name, "tag");
        WordForms forms = model.NewForms();
        BatchLayout batch = ReferenceSubject.BatchOf([.. chosen.Select(sentence => forms.Encode(sentence.Words))]);
        int[] right = new int[batch.Rows];
        for (int b = 0; b < batch.Sequences; b++)
        {
            int[] tags = model.NumbersOf(chosen[batch.Order[b]].Tags);
            for (int t = 0; t < batch.Lengths[b]; t++) right[batch.RowStart(t) + b] = tags[t];
        }

        TaggerMemory memory = network.CreateMemory();
        Workers workers = options.Workers;
        LensPart part = LensPart.Of(
            null, network.Stack, memory.Recurrent, batch, () => memory.Input.Rows(batch.Rows),
            () => memory.DHidden.Rows(batch.Rows), workers);
        return new LensSubject(model.Summary, batch.Sequences, network.Parameters, s_ofTags, [part], () =>
        {
            network.Forward(workers, batch, forms, memory, dropout: null);
            double loss = network.Loss(workers, batch, right, memory, out _);
            network.Backward(workers, batch, memory, dropout: null);
            return loss / batch.Rows;
        });
    }
}
