namespace Recurant.Tasks;

/// <summary>Looks at a classifier over many texts.</summary>
/// <param name="model">The classifier.</param>
/// <param name="options">The threads.</param>
/// <param name="mostTokens">Tokens at which hidden units are looked at.</param>
/// <param name="mostMistakes">The most mistakes that are told.</param>
internal sealed class ClassifierDataExplainer(ClassifierModel model, ExplainOptions options, int mostTokens, int mostMistakes)
{
    private const int MostWords = 30, MostUnits = 20, FewestOccurrences = 3;

    /// <summary>Of a text of many, fewer steps: errors of single texts cancel.</summary>
    private const int MostSteps = 64;
    private const double Tolerance = 0.02;

    private readonly Workers _workers = Workers.Asked(options.Threads);

    public DataExplanation Explain(TextDataset data, int mostTexts, CancellationToken cancellation)
    {
        TextExample[] texts = EvenSample.Of(data.Examples, mostTexts);
        WordForms? forms = model.NewForms();
        List<string>[] words = [.. texts.Select(text => model.Encoder.Cut(text.Text))];
        int[][] encoded = [.. words.Select(list => model.Encoder.Encode(list, forms))];
        RecurrentNetwork? network = model.Network.Recurrent;
        var runs = new TokenRun?[texts.Length];
        var pooled = new float[texts.Length][];
        var isTraced = new bool[texts.Length];
        for (int i = 0, tokens = 0; i < texts.Length && tokens < mostTokens; tokens += words[i++].Count)
        {
            isTraced[i] = words[i].Count > 0;
        }

        var scorer = new ClassifierScorer(model.Networks, model.Labels.Count, _workers);
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
                    [.. TokenTraits.Of(words[text], model.Spec.Unit == TokenUnit.Character)],
                    TokenRun.OutputsOf(outputs, batch, b));
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
        (IReadOnlyList<WordImportance> important, double largest) = WordsOf(words, predicted, cancellation);
        return new DataExplanation
        {
            Texts = texts.Length,
            Accuracy = texts.Length == 0 ? null
                : (double)predicted.Zip(right).Count(pair => pair.First == pair.Second) / texts.Length,
            Words = important, LargestError = largest,
            Units = network is null ? [] : UnitsOf(network, logits[0], pooled, predicted),
            Traits = network is null ? [] : TraitSearch.Find([.. runs.OfType<TokenRun>()], network.Stack.Spec.OutputSize),
            Mistakes = [.. Enumerable.Range(0, texts.Length).Where(i => predicted[i] != right[i])
                .OrderByDescending(i => odds[i]).Take(mostMistakes)
                .Select(i => new DataMistake(
                    texts[i].Text, -1, texts[i].Label, model.Labels[predicted[i]], LogOdds.Probability(odds[i]), texts[i].Line))],
        };
    }

    private (IReadOnlyList<WordImportance> Words, double LargestError) WordsOf(
        List<string>[] texts, int[] predicted, CancellationToken cancellation)
    {
        var sums = new Dictionary<(int Label, string Word), (int Count, double Sum, double Squares)>();
        double largest = 0;
        // The backward pass writes gradients.
        ClassifierModel copy = ModelFile.Copy(model);
        for (int i = 0; i < texts.Length; i++)
        {
            if (texts[i].Count == 0) continue;
            cancellation.ThrowIfCancellationRequested();
            (double[] words, AttributionSum sum) =
                IntegratedGradients.Of(copy, texts[i], predicted[i], MostSteps, Tolerance, _workers);
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
    private IReadOnlyList<UnitImportance> UnitsOf(
        RecurrentNetwork network, float[][] logits, float[][] pooled, int[] predicted)
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
}
