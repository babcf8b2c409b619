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
        var sequences = new int[texts.Count][];
        WordForms? forms = Model.NewForms();
        for (int i = 0; i < sequences.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            string text = texts[i] ?? throw new ArgumentNullException(nameof(texts), $"Text {i} is null.");
            sequences[i] = Model.Encoder.Encode(text, forms);
        }

        float[] probabilities = Score(sequences, forms, null, null, cancellation);
        var predictions = new Prediction[sequences.Length];
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = ToPrediction(probabilities.AsSpan(i * Model.Labels.Count, Model.Labels.Count));
        }

        return predictions;
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
