namespace Recurant.Tasks;

/// <summary>
/// Predicts with a model that is already in memory; <c>TextClassifier</c> wraps it together with training and
/// files. One predictor may be used from many threads at once.
/// </summary>
public sealed class Predictor : FrontDoor<Predictor, ClassifierModel>, IFrontDoor<Predictor, ClassifierModel>
{
    private readonly WorkspacePool<ClassifierScorer> _scorers;

    /// <summary>Makes a predictor.</summary>
    /// <param name="model">The model; it must not be trained while this predicts.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it.</param>
    public Predictor(ClassifierModel model, int threads = 0)
        : base(model)
    {
        _scorers = WorkspacePool.Of(model, threads, workers => new ClassifierScorer(model.Networks, model.Labels.Count, workers));
    }

    static Predictor IFrontDoor<Predictor, ClassifierModel>.Of(ClassifierModel model, int threads) => new(model, threads);

    /// <summary>Predicts the label of one text. A word the model has never seen counts as the unknown word.</summary>
    /// <exception cref="OperationCanceledException">Cancelled before a network of the model has read the text.</exception>
    public Prediction Predict(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict([text], cancellation)[0];
    }

    /// <summary>Predicts the labels of many texts; the answers stand in the order of the texts.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two texts, or two batches of them.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        WatchedCall call = WatchedCall.Predict(TaskNames.Classify, texts.Count);
        try
        {
            int[][] sequences = Encode(texts, out WordForms? forms, cancellation);
            float[] probabilities = Score(sequences, forms, null, null, cancellation);
            var predictions = new Prediction[sequences.Length];
            for (int i = 0; i < predictions.Length; i++)
            {
                predictions[i] = ToPrediction(probabilities.AsSpan(i * Model.Labels.Count, Model.Labels.Count));
            }

            if (call.IsWatched) call.EndPredict(TokensOf(sequences));
            return predictions;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    /// <summary>
    /// The number of elements of a text's vector: N D H of N networks with D directions and H hidden units; 0 for a model
    /// without recurrent layers.
    /// </summary>
    public int TextVectorSize =>
        Model.Network.Recurrent is { } recurrent ? Model.Networks.Count * recurrent.Stack.Spec.OutputSize : 0;

    /// <summary>
    /// The states of the recurrent layers after a text as one vector: what the output layer reads. Texts that the model takes
    /// for alike have vectors that point in similar directions.
    /// <code>
    /// (1) h_1 .. h_T = recurrent(x_1 .. x_T)      [T, D H]
    /// (2) v = pool(h_1 .. h_T)                    [D H]; with pooling "last" h_T, of both directions [h_T; h_1]
    /// (3) v = [v_1; ..; v_N]                      [N D H] of a model that averages N networks
    /// </code>
    /// </summary>
    /// <param name="texts">The texts; each may be empty.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <returns>
    /// A vector of <see cref="TextVectorSize"/> numbers for each text, in their order. They do not depend on the other texts, nor
    /// on the number of threads.
    /// </returns>
    /// <exception cref="InvalidOperationException">The model has no recurrent layers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<TextVector> TextVectors(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (Model.Network.Recurrent is null)
        {
            throw new InvalidOperationException(
                $"The model ({Model.Summary}) has no recurrent layers, and the vector of a text is made of their states; "
                + "expected a recurrent classifier. Train one with Model = ModelKind.Recurrent, which is the default.");
        }

        WatchedCall call = WatchedCall.Predict(TaskNames.Classify, texts.Count);
        try
        {
            int[][] sequences = Encode(texts, out WordForms? forms, cancellation);
            float[][] vectors = [.. sequences.Select(_ => new float[TextVectorSize])];
            _scorers.Use(scorer => scorer.Logits(sequences, forms, cancellation, (network, memory, batch, chosen) =>
            {
                Matrix pooled = Model.Networks[network].Recurrent!.PooledOf(memory, batch);
                for (int b = 0; b < chosen.Count; b++)
                {
                    pooled.Row(b).CopyTo(vectors[chosen[batch.Order[b]]].AsSpan(network * pooled.Columns));
                }
            }));
            var answers = new TextVector[vectors.Length];
            for (int i = 0; i < answers.Length; i++) answers[i] = TextVector.Of(vectors[i], sequences[i].Length);
            if (call.IsWatched) call.EndPredict(TokensOf(sequences));
            return answers;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    private int[][] Encode(IReadOnlyList<string> texts, out WordForms? forms, CancellationToken cancellation)
    {
        var sequences = new int[texts.Count][];
        forms = Model.NewForms();
        for (int i = 0; i < sequences.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string text = texts[i] ?? throw new ArgumentNullException(nameof(texts), $"Text {i} is null.");
            sequences[i] = Model.Encoder.Encode(text, forms);
        }

        return sequences;
    }

    private static long TokensOf(int[][] sequences)
    {
        long tokens = 0;
        foreach (int[] sequence in sequences) tokens += sequence.Length;
        return tokens;
    }

    /// <summary>Scores the model on labelled texts.</summary>
    /// <param name="data">The texts with their right labels.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <param name="progress">Told how many texts are scored.</param>
    /// <exception cref="InvalidDataException">A label is not one of the model's; the message names file and line.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Evaluation Evaluate(
        TextDataset data, CancellationToken cancellation = default, IProgress<PhaseProgress>? progress = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        DatasetChecks.TestLabelsKnown(Model.Labels, data);
        WordForms? forms = Model.NewForms();
        return EvaluationParts.Of(
            "testing", Model.LabelNumbers(data), Model.Labels.Count, row =>
                Model.Encoder.Encode(data.Examples[row].Text, forms),
            (sequences, losses, labels) => Score(sequences, forms, losses, labels, cancellation),
            PhaseWork.Of(progress, cancellation));
    }

    private float[] Score(
        int[][] sequences, WordForms? forms, float[]? losses, int[]? labels, CancellationToken cancellation)
    {
        float[] probabilities = _scorers.Use(
            scorer => scorer.Probabilities(sequences, forms, losses, labels, cancellation));
        return probabilities.AsSpan().IndexOfAnyExceptInRange(0f, 1f) < 0 ? probabilities : throw Answers.NotFinite();
    }

    private Prediction ToPrediction(ReadOnlySpan<float> probabilities)
    {
        var all = new KeyValuePair<string, float>[probabilities.Length];
        for (int j = 0; j < all.Length; j++) all[j] = new(Model.Labels[j], probabilities[j]);
        int best = Losses.CrossEntropy.ArgMax(probabilities);
        return new Prediction { Label = Model.Labels[best], Probability = probabilities[best], Probabilities = all };
    }
}
