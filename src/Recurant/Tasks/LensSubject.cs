using System.Text;

namespace Recurant.Tasks;

/// <summary>
/// A network with a batch, as the lens sees it: whatever the task, recurrent layers between an input and a loss.
/// </summary>
internal sealed class LensSubject
{
    public required string Network { get; init; }

    /// <summary>The number of texts, sentences, pairs or windows.</summary>
    public required int Sequences { get; init; }

    public required IReadOnlyList<LensPart> Parts { get; init; }

    public required IReadOnlyList<Parameter> Parameters { get; init; }

    /// <summary>What may be changed where the gradient does not reach far enough.</summary>
    public required LensRemedy Remedy { get; init; }

    /// <summary>Forward, loss and back; returns the mean loss. The gradients are those of the mean.</summary>
    public required Func<double> Pass { get; init; }

    /// <summary>The first texts of a data set.</summary>
    public static LensSubject Of(ClassifierModel model, TextDataset texts, LensOptions options)
    {
        if (model.Network is not RecurrentNetwork network)
        {
            throw new ArgumentException(
                "The model has no recurrent layers, so there is no gradient through time.", nameof(model));
        }

        var chosen = new TextDataset(texts.Name, [.. texts.Examples.Take(options.Sequences)]);
        RequireSome(chosen.Count, "texts", nameof(texts));
        if (chosen.Examples.FirstOrDefault(example => !model.Labels.Contains(example.Label)) is { } unknown)
        {
            throw new InvalidDataException(
                $"{texts.Name}: the label \"{unknown.Label}\" is not one of the model's: {Some(model.Labels)}.");
        }

        WordForms? forms = model.NewForms();
        int[][] encoded = [.. model.Encode(chosen, forms, PhaseWork.Unwatched)];
        int[] labels = model.LabelNumbers(chosen);
        ClassifierMemory memory = network.CreateMemory();
        memory.Forms = forms;
        Workers workers = WorkersOf(options);
        var batch = new BatchLayout();
        int[] numbers = NumbersTo(encoded.Length);
        batch.Fill(encoded, numbers);
        return new LensSubject
        {
            Network = model.Summary, Sequences = batch.Sequences, Parameters = network.Parameters,
            Remedy = LensRemedy.OfTexts,
            Parts =
            [
                LensPart.Of(
                    null, network.Stack, network.RecurrentMemory(memory), batch, () => network.InputOf(memory, batch),
                    () => network.OutputGradientOf(memory, batch), workers),
            ],
            Pass = () =>
            {
                // A network that reads characters leaves other numbers in the batch.
                batch.Fill(encoded, numbers);
                int[] right = [.. batch.Order.ToArray().Select(text => labels[text])];
                Matrix logits = network.Forward(workers, batch, memory, dropout: null);
                double loss = CrossEntropy.Apply(logits, right, smoothing: 0, out _);
                network.Backward(workers, batch, memory, logits, dropout: null);
                return loss / batch.Sequences;
            },
        };
    }

    /// <summary>The first test sequences of a generated problem.</summary>
    public static LensSubject Of(SequenceModel model, LensOptions options)
    {
        SequenceNetwork network = model.Network;
        SequenceMemory memory = network.CreateMemory();
        Workers workers = WorkersOf(options);
        return new LensSubject
        {
            Network = model.Summary, Sequences = options.Sequences, Parameters = network.Parameters,
            Remedy = LensRemedy.OfProblems,
            Parts =
            [
                LensPart.Of(
                    null, network.Stack, memory.Recurrent, memory.Batch, () => memory.Input.Rows(memory.Batch.Rows),
                    () => memory.DHidden.Rows(memory.Batch.Rows), workers),
            ],
            Pass = () =>
            {
                network.Fill(memory, options.Sequences, seed: 0, ProblemPart.Test, first: 0);
                return network.Loss(workers, memory, dropout: null, withGradient: true, out _) / options.Sequences;
            },
        };
    }

    /// <summary>Windows of a text: it is cut into B equal parts, of which the first tokens are read from zero states.</summary>
    public static LensSubject Of(LanguageModel model, PlainText text, LensOptions options)
    {
        LanguageModelNetwork network = model.Network;
        int[] tokens = model.Encoder.Encode(text);
        int count = tokens.Length - 1, window = options.Window ?? LanguageModelPlan.WindowFor(model.Spec.Unit);
        RequireSome(count, "tokens", nameof(text));
        window = Math.Min(window, count);
        int sequences = Math.Min(options.Sequences, count / window), apart = count / sequences;
        var batch = new BatchLayout();
        int[] lengths = new int[sequences], targets = new int[sequences * window];
        lengths.AsSpan().Fill(window);
        batch.Fill(lengths);
        for (int row = 0; row < batch.Rows; row++)
        {
            int place = row % sequences * apart + row / sequences;
            (batch.Tokens[row], targets[row]) = (tokens[place], tokens[place + 1]);
        }

        LanguageModelMemory memory = network.CreateMemory();
        Workers workers = WorkersOf(options);
        var expanded = new RowStore();
        return new LensSubject
        {
            Network = model.Summary, Sequences = sequences, Parameters = network.Parameters, Remedy = LensRemedy.OfWindows,
            Parts =
            [
                LensPart.Of(
                    null, network.Stack, memory.Recurrent, batch, InputOfEveryRow, () => memory.DRead.Rows(batch.Rows), workers),
            ],
            Pass = () =>
            {
                network.Stack.ResetInitialState(memory.Recurrent, sequences);
                return network.Loss(workers, batch, targets, memory, dropout: null, withGradient: true) / batch.Rows;
            },
        };

        // Where tokens occur often, the network reads each vector once.
        Matrix InputOfEveryRow()
        {
            if (network.Embedding is null) return default;
            ReadOnlySpan<int> shared = memory.Distinct.Rows.Span;
            if (shared.IsEmpty) return memory.Input.Rows(batch.Rows);
            Matrix rows = expanded.Reserve(batch.Rows, network.Embedding.Size).Rows(batch.Rows);
            for (int row = 0; row < rows.Rows; row++) memory.Input.Row(shared[row]).CopyTo(rows.Row(row));
            return rows;
        }
    }

    /// <summary>The first sentences of tagged words.</summary>
    public static LensSubject Of(TaggerModel model, TaggedDataset data, LensOptions options)
    {
        TaggerNetwork network = model.Network;
        TaggedSentence[] chosen = [.. data.Sentences.Take(options.Sequences)];
        RequireSome(chosen.Length, "sentences", nameof(data));
        if (chosen.SelectMany(sentence => sentence.Tags).FirstOrDefault(tag => !model.Tags.Contains(tag)) is { } unknown)
        {
            throw new InvalidDataException(
                $"{data.Name}: the tag \"{MessageText.Bounded(unknown)}\" is not one of the model's: {Some(model.Tags)}.");
        }

        WordForms forms = model.NewForms();
        int[][] encoded = [.. chosen.Select(sentence => forms.Encode(sentence.Words))];
        int[][] tags = [.. chosen.Select(sentence => model.NumbersOf(sentence.Tags))];
        var batch = new BatchLayout();
        batch.Fill(encoded, NumbersTo(encoded.Length));
        int[] right = new int[batch.Rows];
        for (int b = 0; b < batch.Sequences; b++)
        {
            for (int t = 0; t < batch.Lengths[b]; t++) right[batch.RowStart(t) + b] = tags[batch.Order[b]][t];
        }

        TaggerMemory memory = network.CreateMemory();
        Workers workers = WorkersOf(options);
        return new LensSubject
        {
            Network = model.Summary, Sequences = batch.Sequences, Parameters = network.Parameters, Remedy = LensRemedy.OfTags,
            Parts =
            [
                LensPart.Of(
                    null, network.Stack, memory.Recurrent, batch, () => memory.Input.Rows(batch.Rows),
                    () => memory.DHidden.Rows(batch.Rows), workers),
            ],
            Pass = () =>
            {
                network.Forward(workers, batch, forms, memory, dropout: null);
                double loss = network.Loss(workers, batch, right, memory, out _);
                network.Backward(workers, batch, memory, dropout: null);
                return loss / batch.Rows;
            },
        };
    }

    /// <summary>The first pairs of a data set, the decoder being told the right words.</summary>
    public static LensSubject Of(TranslatorModel model, PairDataset pairs, LensOptions options)
    {
        TranslatorNetwork network = model.Network;
        TextPair[] chosen = [.. pairs.Pairs.Take(options.Sequences)];
        RequireSome(chosen.Length, "pairs", nameof(pairs));
        int[][] sources = [.. chosen.Select(pair => model.Read(pair.Source))];
        int[][] targets =
            [.. chosen.Select(pair => model.Target.Encode(pair.Target).Take(TranslatorModel.MostSourcePieces).ToArray())];
        var batch = new TranslationBatch();
        batch.Fill(sources, targets, NumbersTo(chosen.Length), network.Mark);
        TranslatorMemory memory = network.CreateMemory();
        Workers workers = WorkersOf(options);
        return new LensSubject
        {
            Network = model.Summary, Sequences = chosen.Length, Parameters = network.Parameters,
            Remedy = LensRemedy.OfTranslations,
            Parts =
            [
                LensPart.Of(
                    "encoder", network.Encoder.Stack, memory.Encoder.Recurrent, batch.Source,
                    () => memory.Encoder.Input.Rows(batch.Source.Rows), () => memory.Encoder.DStates.Rows(batch.Source.Rows),
                    workers),
                DecoderOf(network, memory, batch, workers),
            ],
            Pass = () =>
                network.Loss(workers, batch, memory, learns: true, dropout: null, smoothing: 0, out _) / batch.Target.Rows,
        };
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
                    "h_(t-1) reaches h_t through attention as well as through the cell, and the Jacobians would leave that path out",
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

    private static int[] NumbersTo(int count) => [.. Enumerable.Range(0, count)];

    private static string Some(IReadOnlyList<string> names) =>
        string.Join(", ", names.Take(12)) + (names.Count > 12 ? ", ..." : "");

    private static void RequireSome(int count, string what, string parameter)
    {
        if (count < 1) throw new ArgumentException($"There are no {what} to look at.", parameter);
    }

    private static Workers WorkersOf(LensOptions options) =>
        Workers.ForThreads(options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
}
