namespace Recurant.Tasks;

/// <summary>Looks at a classifier, a tagger or a language model over many texts.</summary>
internal static class DataExplainer
{
    /// <summary>Tokens at which hidden units are looked at; more do not change a correlation.</summary>
    private const int MostTokens = 20_000;
    private const int MostWords = 30, MostUnits = 20, MostMistakes = 20, FewestOccurrences = 3;

    /// <summary>Of a text of many, fewer steps: errors of single texts cancel.</summary>
    private const int MostSteps = 64;
    private const double Tolerance = 0.02;

    /// <summary>A language model's text is read in pieces of so many tokens, of which the first are not looked at.</summary>
    private const int PieceTokens = 550, WarmUp = 50;

    public static DataExplanation Explain(
        ClassifierModel model, TextDataset data, int mostTexts, ExplainOptions options, CancellationToken cancellation)
    {
        Workers workers = WorkersOf(options);
        TextExample[] texts = Spread(data.Examples, mostTexts);
        WordForms? forms = model.NewForms();
        List<string>[] words = [.. texts.Select(text => model.Encoder.Cut(text.Text))];
        int[][] encoded = [.. words.Select(list => model.Encoder.Encode(list, forms))];
        RecurrentNetwork? network = model.Network.Recurrent;
        var runs = new TokenRun?[texts.Length];
        var pooled = new float[texts.Length][];
        var isTraced = new bool[texts.Length];
        for (int i = 0, tokens = 0; i < texts.Length && tokens < MostTokens; tokens += words[i++].Count)
        {
            isTraced[i] = words[i].Count > 0;
        }

        var scorer = new ClassifierScorer(model.Networks, model.Labels.Count, workers);
        float[][][] logits = scorer.Logits(encoded, forms, cancellation, (n, memory, batch, chosen) =>
        {
            if (n != 0 || network is null) return;
            Matrix outputs = network.RecurrentMemory(memory).Outputs[^1].Rows(batch.Rows),
                ofTexts = network.PooledOf(memory, batch);
            for (int b = 0; b < chosen.Count; b++)
            {
                int text = chosen[batch.Order[b]];
                pooled[text] = ofTexts.Row(b).ToArray();
                if (!isTraced[text]) continue;
                runs[text] = new TokenRun(
                    [.. TokenTraits.Of(words[text], model.Spec.Unit == TokenUnit.Character)], OutputsOf(outputs, batch, b));
            }
        });

        var predicted = new int[texts.Length];
        var odds = new double[texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            float[][] ofText = [.. logits.Select(ofNetwork => ofNetwork[i])];
            double[] all = [.. model.Labels.Select((_, j) => LogOdds.Of(ofText, j))];
            predicted[i] = Array.IndexOf(all, all.Max());
            odds[i] = all[predicted[i]];
        }

        string[] labels = [.. model.Labels];
        int[] right = [.. texts.Select(text => Array.IndexOf(labels, text.Label))];
        (IReadOnlyList<WordImportance> important, double largest) = WordsOf(model, words, predicted, workers, cancellation);
        return new DataExplanation
        {
            Texts = texts.Length,
            Accuracy = texts.Length == 0 ? null
                : (double)predicted.Zip(right).Count(pair => pair.First == pair.Second) / texts.Length,
            Words = important,
            LargestError = largest,
            Units = network is null ? [] : UnitsOf(model, network, logits[0], pooled, predicted),
            Traits = network is null ? [] : TraitSearch.Find([.. runs.OfType<TokenRun>()], network.Stack.Spec.OutputSize),
            Mistakes = [.. Enumerable.Range(0, texts.Length).Where(i => predicted[i] != right[i])
                .OrderByDescending(i => odds[i]).Take(MostMistakes)
                .Select(i => new DataMistake(
                    texts[i].Text, -1, texts[i].Label, model.Labels[predicted[i]], LogOdds.Probability(odds[i]), texts[i].Line))],
        };
    }

    public static DataExplanation Explain(
        TaggerModel model, TaggedDataset data, int mostTexts, ExplainOptions options, CancellationToken cancellation)
    {
        TaggedSentence[] sentences = Spread(data.Sentences, mostTexts);
        IReadOnlyList<IReadOnlyList<TaggedWord>> answers =
            new TagPredictor(model, options.Threads).Predict([.. sentences.Select(sentence => sentence.Words)], cancellation);
        var mistakes = new List<DataMistake>();
        int words = 0;
        for (int i = 0; i < sentences.Length; i++)
        {
            for (int t = 0; t < sentences[i].Words.Count; t++, words++)
            {
                TaggedWord said = answers[i][t];
                if (said.Tag == sentences[i].Tags[t]) continue;
                mistakes.Add(new DataMistake(
                    string.Join(' ', sentences[i].Words), t, sentences[i].Tags[t], said.Tag, said.Probability,
                    sentences[i].Line));
            }
        }

        return new DataExplanation
        {
            Texts = sentences.Length,
            Accuracy = words == 0 ? null : 1 - (double)mistakes.Count / words,
            Words = [], LargestError = 0, Units = [], Traits = [],
            Mistakes = [.. mistakes.OrderByDescending(mistake => mistake.Probability).Take(MostMistakes)],
        };
    }

    public static DataExplanation Explain(
        LanguageModel model, PlainText text, ExplainOptions options, CancellationToken cancellation)
    {
        Workers workers = WorkersOf(options);
        int[] tokens = model.Encoder.Encode(text);
        string[] names = [.. tokens.Select(token => model.Vocabulary[token])];
        (string Name, float[] Values)[] traits =
            [.. TokenTraits.Of(names, model.Spec.Unit == TokenUnit.Character)
                .Where(trait => trait.Name != "position in the text")];
        int pieces = Math.Min(tokens.Length / PieceTokens, MostTokens / (PieceTokens - WarmUp));
        var runs = new List<TokenRun>();
        LanguageModelMemory memory = model.Network.CreateMemory();
        var batch = new BatchLayout();
        for (int i = 0; i < pieces; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int first = (int)((long)(tokens.Length - PieceTokens) * i / Math.Max(1, pieces - 1));
            batch.Fill([tokens[first..(first + PieceTokens)]], [0]);
            model.Network.Stack.ResetInitialState(memory.Recurrent, 1);
            model.Network.Loss(workers, batch, new int[PieceTokens], memory, dropout: null, withGradient: false);
            int units = model.Network.Stack.Spec.OutputSize;
            float[] outputs = OutputsOf(memory.Recurrent.Outputs[^1].Rows(batch.Rows), batch, 0);
            runs.Add(new TokenRun(
                [.. traits.Select(trait => (trait.Name, trait.Values[(first + WarmUp)..(first + PieceTokens)]))],
                outputs[(WarmUp * units)..]));
        }

        return new DataExplanation
        {
            Texts = pieces, Accuracy = null, Words = [], LargestError = 0, Units = [], Mistakes = [],
            Traits = TraitSearch.Find(runs, model.Network.Stack.Spec.OutputSize),
        };
    }

    private static (IReadOnlyList<WordImportance> Words, double LargestError) WordsOf(
        ClassifierModel model, List<string>[] texts, int[] predicted, Workers workers, CancellationToken cancellation)
    {
        var sums = new Dictionary<(int Label, string Word), (int Count, double Sum, double Squares)>();
        double largest = 0;
        // The way back writes gradients.
        model = ModelFile.Copy(model);
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i].Count == 0) continue;
            cancellation.ThrowIfCancellationRequested();
            (double[] words, AttributionSum sum) =
                IntegratedGradients.Of(model, texts[i], predicted[i], MostSteps, Tolerance, workers);
            largest = Math.Max(largest, Math.Abs(sum.Error));
            for (int t = 0; t < words.Length; t++)
            {
                (int Label, string Word) key = (predicted[i], texts[i][t]);
                (int count, double total, double squares) = sums.GetValueOrDefault(key);
                sums[key] = (count + 1, total + words[t], squares + words[t] * words[t]);
            }
        }

        List<WordImportance> found = [];
        foreach (IGrouping<int, WordImportance> group in sums.Where(entry => entry.Value.Count >= FewestOccurrences)
            .Select(entry => (entry.Key.Label, Word: ToImportance(entry.Key, entry.Value)))
            .GroupBy(entry => entry.Label, entry => entry.Word).OrderBy(group => group.Key))
        {
            found.AddRange(group.OrderByDescending(word => word.Mean - 2 * word.StandardError)
                .ThenBy(word => word.Word, StringComparer.Ordinal).Take(MostWords));
        }

        return (found, largest);

        WordImportance ToImportance((int Label, string Word) key, (int Count, double Sum, double Squares) value)
        {
            double mean = value.Sum / value.Count;
            double variance = Math.Max(0, value.Squares - value.Count * mean * mean) / (value.Count - 1);
            return new WordImportance(model.Labels[key.Label], key.Word, value.Count, mean, Math.Sqrt(variance / value.Count));
        }
    }

    /// <summary>The change of the log odds with each unit's pooled output set to zero: exact, as only the output layer
    /// follows.</summary>
    private static IReadOnlyList<UnitImportance> UnitsOf(
        ClassifierModel model, RecurrentNetwork network, float[][] logits, float[][] pooled, int[] predicted)
    {
        int units = network.Stack.Spec.OutputSize, classes = model.Labels.Count;
        Matrix weights = network.Output.Weights.Matrix;
        var sizes = new double[units];
        var signed = new double[units, classes];
        var counts = new int[classes];
        var changed = new float[classes];
        for (int i = 0; i < logits.Length; i++)
        {
            double whole = LogOdds.Of([logits[i]], predicted[i]);
            counts[predicted[i]]++;
            for (int unit = 0; unit < units; unit++)
            {
                for (int j = 0; j < classes; j++) changed[j] = logits[i][j] - weights.Row(j)[unit] * pooled[i][unit];
                double effect = whole - LogOdds.Of([changed], predicted[i]);
                sizes[unit] += Math.Abs(effect);
                signed[unit, predicted[i]] += effect;
            }
        }

        return [.. Enumerable.Range(0, units).OrderByDescending(unit => sizes[unit]).Take(MostUnits).Select(unit =>
        {
            int label = Enumerable.Range(0, classes).MaxBy(j => signed[unit, j] / Math.Max(1, counts[j]));
            return new UnitImportance(
                unit, sizes[unit] / Math.Max(1, logits.Length), model.Labels[label],
                signed[unit, label] / Math.Max(1, counts[label]));
        })];
    }

    private static float[] OutputsOf(Matrix outputs, BatchLayout batch, int sequence)
    {
        var values = new float[batch.Lengths[sequence] * outputs.Columns];
        for (int t = 0; t < batch.Lengths[sequence]; t++)
        {
            outputs.Row(batch.RowStart(t) + sequence).CopyTo(values.AsSpan(t * outputs.Columns));
        }

        return values;
    }

    private static Workers WorkersOf(ExplainOptions options) =>
        Workers.Asked(options.Threads);

    /// <summary>At most so many, at equal distances.</summary>
    private static T[] Spread<T>(IReadOnlyList<T> all, int most) => all.Count <= most
        ? [.. all]
        : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];
}
