using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Recurant.Bench.Peers;

/// <summary>A classifier of reviews in training, as one engine does it.</summary>
internal interface IReviewModel : IDisposable
{
    /// <summary>One step on a batch: forward, loss, backward, clipping, AdamW.</summary>
    void Train(Review[] batch);

    /// <summary>How many of the batch get the right class, without dropout.</summary>
    int Right(Review[] batch);
}

/// <summary>What one engine's program did.</summary>
/// <param name="WordsPerSecond">True words (no padding) through training; the median of the epochs.</param>
/// <param name="Accuracy">On the test sentences, of the epoch that was best on validation.</param>
internal sealed record ReviewResult(string Engine, int Threads, double WordsPerSecond, double TrainSeconds, double Accuracy);

/// <summary>
/// A whole training program on movie reviews: embedding 100, bidirectional LSTM of 128 each way, largest value over time,
/// dropout 0.5 on the word vectors and the pooled states, two classes; batches of 32, AdamW 1e-3, gradients clipped to norm 5.
/// </summary>
internal static partial class ReviewProgram
{
    public const int EmbeddingSize = 100;
    public const double EmbeddingScale = 0.1;
    public const int HiddenSize = 128;
    public const double Dropout = 0.5;
    public const double LearningRate = 1e-3;
    public const double WeightDecay = 0.01;
    public const double ClipNorm = 5;
    private const int BatchSize = 32;
    private const int Seed = 1;

    /// <summary>Runs one engine in this process and prints its result as one JSON line.</summary>
    public static int Run(string engine, Options options)
    {
        ReviewData data = ReviewData.Load(options.Data);
        int threads = options.Threads[0];
        IReviewModel? model = null;
        MakeRecurant(engine, threads, data.VocabularySize, ref model);
        using IReviewModel found = model ?? new TorchReviewModel(threads, data.VocabularySize, Seed);
        Console.WriteLine(JsonSerializer.Serialize(Learn(engine, threads, found, data, options.Epochs)));
        return 0;
    }

    /// <summary>Runs every engine that can train, each number of threads in a process of its own, one after the other.</summary>
    public static int RunAll(Options options) => TrainingProgram.RunAll<ReviewResult>(
        options, ["--epochs", options.Epochs.ToString(CultureInfo.InvariantCulture)],
        r => new
        {
            engine = r.Engine,
            threads = r.Threads,
            words_per_second = r.WordsPerSecond,
            train_seconds = r.TrainSeconds,
            accuracy = r.Accuracy,
        },
        "words/s | training s | test accuracy",
        r => $"{r.Engine} | {r.Threads} | {r.WordsPerSecond:f0} | {r.TrainSeconds:f1} | {r.Accuracy:f4}");

    /// <summary>Implemented in RecurantEngine.cs: makes the model where the engine's name is Recurant's.</summary>
    static partial void MakeRecurant(string engine, int threads, int vocabularySize, ref IReviewModel? model);

    private static ReviewResult Learn(string engine, int threads, IReviewModel model, ReviewData data, int epochs)
    {
        var random = new Random(Seed);
        var speeds = new List<double>();
        double seconds = 0, bestValid = -1, accuracy = 0;
        for (int epoch = 1; epoch <= epochs; epoch++)
        {
            List<Review[]> batches = ReviewData.Batches(data.Train, BatchSize, random);
            long begin = Stopwatch.GetTimestamp();
            batches.ForEach(model.Train);
            double epochSeconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            seconds += epochSeconds;
            speeds.Add(data.Train.Sum(review => (double)review.Words.Length) / epochSeconds);

            double valid = Accuracy(model, data.Valid);
            double test = Accuracy(model, data.Test);
            if (valid > bestValid) (bestValid, accuracy) = (valid, test);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  epoch {epoch}: {speeds[^1]:f0} words/s, validation {valid:f4}, test {test:f4}"));
        }

        return new ReviewResult(engine, threads, Statistics.Median(speeds), seconds, accuracy);
    }

    private static double Accuracy(IReviewModel model, Review[] reviews) =>
        (double)ReviewData.Batches(reviews, BatchSize, new Random(Seed)).Sum(model.Right) / reviews.Length;
}
