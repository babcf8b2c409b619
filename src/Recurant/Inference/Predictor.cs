using System.Globalization;
using Recurant.Data;
using Recurant.Models;
using Recurant.Numerics;

namespace Recurant.Inference;

/// <summary>What a classifier says of a text.</summary>
public sealed record Prediction
{
    /// <summary>The most probable label.</summary>
    public required string Label { get; init; }

    /// <summary>Its probability, 0 to 1.</summary>
    public required float Probability { get; init; }

    /// <summary>Every label with its probability, in the order of the model's labels; they add up to 1.</summary>
    public required IReadOnlyList<KeyValuePair<string, float>> Probabilities { get; init; }

    /// <summary>The probability of one label, 0 to 1.</summary>
    /// <exception cref="ArgumentException">The model does not know the label.</exception>
    public float ProbabilityOf(string label)
    {
        foreach ((string known, float probability) in Probabilities)
        {
            if (known == label) return probability;
        }

        throw new ArgumentException(
            $"The model does not know the label \"{label}\"; it knows "
            + $"{string.Join(", ", Probabilities.Select(known => $"\"{known.Key}\""))}.", nameof(label));
    }

    /// <summary>For example "negative 0.98".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Label} {Probability:0.00}");
}

/// <summary>
/// Predicts with a model that is already in memory; <c>TextClassifier</c> wraps it together with training and
/// files. One predictor may be used from many threads at once.
/// </summary>
public sealed class Predictor
{
    private readonly ClassifierModel _model;
    private readonly WorkspacePool<ClassifierScorer> _scorers;

    /// <summary>Makes a predictor.</summary>
    /// <param name="model">The model; it must not be trained while this predicts.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it.</param>
    public Predictor(ClassifierModel model, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _model = model;
        Workers workers = Workers.Asked(threads);
        _scorers = new WorkspacePool<ClassifierScorer>(
            model, () => new ClassifierScorer(_model.Networks, _model.Labels.Count, workers));
    }

    /// <summary>Predicts the label of one text. A word the model has never seen counts as the unknown word.</summary>
    public Prediction Predict(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict([text])[0];
    }

    /// <summary>Predicts the labels of many texts; the answers stand in the order of the texts.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between two batches.</exception>
    public IReadOnlyList<Prediction> Predict(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        var sequences = new int[texts.Count][];
        WordForms? forms = _model.NewForms();
        for (int i = 0; i < sequences.Length; i++)
        {
            string text = texts[i] ?? throw new ArgumentNullException(nameof(texts), $"Text {i} is null.");
            sequences[i] = _model.Encoder.Encode(text, forms);
        }

        float[] probabilities = Score(sequences, forms, null, null, cancellation);
        var predictions = new Prediction[sequences.Length];
        for (int i = 0; i < predictions.Length; i++)
        {
            predictions[i] = ToPrediction(probabilities.AsSpan(i * _model.Labels.Count, _model.Labels.Count));
        }

        return predictions;
    }

    /// <summary>Scores the model on labelled texts.</summary>
    /// <exception cref="InvalidDataException">A label is not one of the model's; the message names file and line.</exception>
    public Evaluation Evaluate(TextDataset data, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        DatasetChecks.TestLabelsKnown(_model.Labels, data);
        WordForms? forms = _model.NewForms();
        int[][] sequences = _model.Encode(data, forms);
        int[] labels = _model.LabelNumbers(data);
        var losses = new float[sequences.Length];
        float[] probabilities = Score(sequences, forms, losses, labels, cancellation);
        return Evaluation.Of(probabilities, losses, labels, _model.Labels.Count);
    }

    private float[] Score(
        int[][] sequences, WordForms? forms, float[]? losses, int[]? labels, CancellationToken cancellation)
    {
        float[] probabilities = _scorers.Use(
            scorer => scorer.Probabilities(sequences, forms, losses, labels, cancellation));
        return probabilities.AsSpan().IndexOfAnyExceptInRange(0f, 1f) < 0 ? probabilities : throw TrainedModel.AnswersNotFinite();
    }

    private Prediction ToPrediction(ReadOnlySpan<float> probabilities)
    {
        var all = new KeyValuePair<string, float>[probabilities.Length];
        for (int j = 0; j < all.Length; j++) all[j] = new(_model.Labels[j], probabilities[j]);
        int best = Losses.CrossEntropy.ArgMax(probabilities);
        return new Prediction { Label = _model.Labels[best], Probability = probabilities[best], Probabilities = all };
    }
}
