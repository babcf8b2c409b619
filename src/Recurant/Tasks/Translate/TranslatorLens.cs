namespace Recurant.Tasks;

/// <content>Translators.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofTranslations = new(
        null, "Attention reads every step of the source, so less has to be carried over long distances.",
        "shorter sentences (--max-tokens) help as well");

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
    public static LensResult Look(TranslatorModel model, PairDataset data, LensOptions? options = null) =>
        Look(model, data, options, SubjectOf);

    /// <summary>Looks at the translator that training would start from.</summary>
    /// <param name="data">The pairs it would learn from.</param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The data cannot be learnt from.</exception>
    public static LensResult LookBefore(PairDataset data, TranslatorTrainingOptions training, LensOptions? options = null) =>
        LookBefore(data, training, options, how => how.Validate(), (pairs, how, given) =>
            SubjectOf(TranslatorData.Make(pairs, null, how with { Checkpoint = null }).Model, pairs, given));

    /// <summary>The first pairs, the decoder being told the right words.</summary>
    internal static LensSubject SubjectOf(TranslatorModel model, PairDataset pairs, LensOptions options)
    {
        TranslatorNetwork network = model.Network;
        TextPair[] chosen = LensSubject.First(pairs.Pairs, options, "pairs", nameof(pairs));
        int[][] sources = [.. chosen.Select(pair => model.Read(pair.Source))];
        int[][] targets =
            [.. chosen.Select(pair => model.Target.Encode(pair.Target).Take(TranslatorModel.MostSourcePieces).ToArray())];
        var batch = new TranslationBatch();
        batch.Fill(sources, targets, [.. Enumerable.Range(0, chosen.Length)], network.Mark);
        TranslatorMemory memory = network.CreateMemory();
        Workers workers = options.Workers;
        LensPart encoder = LensPart.Of(
            "encoder", network.Encoder.Stack, memory.Encoder.Recurrent, batch.Source,
            () => memory.Encoder.Input.Rows(batch.Source.Rows), () => memory.Encoder.DStates.Rows(batch.Source.Rows), workers);
        return new LensSubject(
            model.Summary, chosen.Length, network.Parameters, s_ofTranslations,
            [encoder, DecoderOf(network, memory, batch, workers)],
            () => network.Loss(workers, batch, memory, learns: true, dropout: null, smoothing: 0, out _) / batch.Target.Rows);
    }

    /// <summary>The decoder: the layer that asks, and the layers above the attention, which are a stack of their own.</summary>
    private static LensPart DecoderOf(
        TranslatorNetwork network, TranslatorMemory memory, TranslationBatch batch, Workers workers)
    {
        TranslatorDecoder decoder = network.Decoder;
        DecoderMemory own = memory.Decoder;
        BatchLayout target = batch.Target;
        bool attendsBefore = network.Spec.Attention == AttentionKind.Bahdanau;
        RowStore dStates = new(), dStart = new();
        LensRow lower = LensPart.RowsOf(decoder.Lower, own.Lower, target, () => own.Input.Rows(target.Rows)).Single();
        if (attendsBefore)
        {
            lower = lower with
            {
                Output = () => own.Joined.Rows(target.Rows).Column(0, network.Spec.DecoderSize),
                SplitNote = "attention runs before every step, and the gates of one step at a time are kept",
                JacobianNote =
                    "h_(t-1) reaches h_t through attention as well as through the cell, and the Jacobians would leave that path "
                        + "out",
            };
        }

        return new LensPart
        {
            Name = "decoder", Spec = decoder.Lower.Spec, Batch = target,
            Rows =
            [
                lower,
                .. decoder.Upper is { } upper
                    ? LensPart.RowsOf(upper, own.Upper!, target, () => own.Joined.Rows(target.Rows), 1)
                    : [],
            ],
            Gradient = () => decoder.ReadGradient(own, target.Rows),
            Again = () =>
            {
                Matrix states = memory.Encoder.Recurrent.Outputs[^1].Rows(batch.Source.Rows);
                int sources = batch.Source.Sequences;
                dStates.Reserve(states.Rows, states.Columns).Clear();
                decoder.SetStates(memory.Encoder.Start.Rows(sources), batch.Pairs.SourceOf.Span, own, continues: false);
                decoder.Forward(workers, batch.Pairs, states, own, keepsHistory: true, dropout: null);
                decoder.BackwardFromRead(
                    workers, batch.Pairs, states, dStates.Rows(states.Rows),
                    dStart.Reserve(sources, decoder.StateSize).Rows(sources), own, dropout: null);
            },
        };
    }
}
