namespace Recurant;

/// <summary>
/// The front door: learns to tell which label a text has, and tells it. May be used from many threads at once.
/// <code>
/// var model = TextClassifier.Train(TextDataset.FromPairs(reviews));
/// model.Save("reviews.safetensors");
/// string label = TextClassifier.Load("reviews.safetensors").Predict("This movie is not good").Label;
/// </code>
/// </summary>
public sealed class TextClassifier : FrontDoor<TextClassifier, ClassifierModel>, IFrontDoor<TextClassifier, ClassifierModel>
{
    private readonly Predictor _predictor;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">Threads for one prediction; 0 for one a core. The result does not depend on it.</param>
    public TextClassifier(ClassifierModel model, int threads = 0)
        : base(model) => _predictor = new Predictor(model, threads);

    static TextClassifier IFrontDoor<TextClassifier, ClassifierModel>.Of(ClassifierModel model, int threads) =>
        new(model, threads);

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<ClassifierModel, Evaluation>? Training { get; private init; }

    /// <summary>Trains a classifier; see <see cref="ClassifierTrainer.Train"/> for parameters and exceptions.</summary>
    public static TextClassifier Train(
        TextDataset data, TrainingOptions? options = null, TextDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        TrainingResult<ClassifierModel, Evaluation> result =
            ClassifierTrainer.Train(data, options, validation, progress, cancellation);
        return new TextClassifier(result.Model, options?.Threads ?? 0) { Training = result };
    }

    /// <summary>Tells the label of a text; a word the model has never seen counts as the unknown word.</summary>
    /// <param name="text">The text, as it would stand in the data; may be empty.</param>
    /// <param name="cancellation">Looked at before each network of the model.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Prediction Predict(string text, CancellationToken cancellation = default) => _predictor.Predict(text, cancellation);

    /// <summary>Tells the labels of many texts, in their order; quicker than one call for each.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellation">Looked at between texts, and between two batches of them.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default) =>
        _predictor.Predict(texts, cancellation);

    /// <summary>The number of elements of a text's vector; see <see cref="Predictor.TextVectorSize"/>.</summary>
    public int TextVectorSize => _predictor.TextVectorSize;

    /// <summary>
    /// The states of the recurrent layers after each text as one vector [N D H], such as to find similar texts; see
    /// <see cref="Predictor.TextVectors"/> for the equations and exceptions.
    /// </summary>
    /// <param name="texts">The texts.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    public IReadOnlyList<TextVector> TextVectors(IReadOnlyList<string> texts, CancellationToken cancellation = default) =>
        _predictor.TextVectors(texts, cancellation);

    /// <summary>Scores the classifier on labelled texts.</summary>
    /// <param name="data">The texts with their right labels.</param>
    /// <param name="cancellation">Looked at between two batches.</param>
    /// <param name="progress">Told how many texts are scored.</param>
    /// <exception cref="InvalidDataException">A label is not one of the model's; the message names file and line.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Evaluation Evaluate(
        TextDataset data, CancellationToken cancellation = default, IProgress<PhaseProgress>? progress = null) =>
        _predictor.Evaluate(data, cancellation, progress);
}
