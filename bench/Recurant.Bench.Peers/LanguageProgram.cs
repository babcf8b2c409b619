using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text.Json;

namespace Recurant.Bench.Peers;

/// <summary>A language model in training, as one engine does it; the states are carried from window to window.</summary>
internal interface ILanguageModel : IDisposable
{
    /// <summary>One step on a window: forward, softmax, backward, clipping, update. Returns the mean loss in nats.</summary>
    /// <param name="read">The tokens read [steps, batch].</param>
    /// <param name="targets">The tokens to come [steps, batch].</param>
    double Train(int[] read, int[] targets);
}

/// <summary>What both engines train.</summary>
/// <param name="Vocabulary">The number of tokens.</param>
/// <param name="Embedding">The width of their vectors.</param>
/// <param name="Hidden">The width of each of the two LSTM layers.</param>
/// <param name="Batch">Parts of the text side by side.</param>
/// <param name="Steps">Steps of a window.</param>
internal sealed record LanguageShape(int Vocabulary, int Embedding, int Hidden, int Batch, int Steps)
{
    public const int Layers = 2;
    public const double LearningRate = 1, ClipNorm = 5;
}

/// <summary>What one engine's program did.</summary>
internal sealed record LanguageResult(string Engine, int Threads, double TokensPerSecond, double Loss);

/// <summary>
/// Whole training programs of language models with plain gradient descent: words (2 x 200 LSTM, 20 x 35, softmax over the words
/// of the text) or characters (2 x 128 LSTM, 50 x 50). One pass over the text, or as many windows as asked for.
/// </summary>
internal static partial class LanguageProgram
{
    private const int Seed = 1, Blocks = 5;

    /// <summary>Runs one engine in this process and prints its result as one JSON line.</summary>
    public static int Run(string engine, Options options)
    {
        int threads = options.Threads[0];
        (int[] tokens, LanguageShape shape) = Read(options);
        ILanguageModel? model = null;
        MakeRecurant(engine, threads, shape, ref model);
        using ILanguageModel found = model ?? new TorchLanguageModel(threads, shape, Seed);
        Console.WriteLine(JsonSerializer.Serialize(Learn(engine, threads, found, tokens, shape)));
        return 0;
    }

    /// <summary>Runs every engine that can train, each number of threads in a process of its own, one after the other.</summary>
    public static int RunAll(Options options) => TrainingProgram.RunAll<LanguageResult>(
        options, [],
        r => new { engine = r.Engine, threads = r.Threads, tokens_per_second = r.TokensPerSecond, loss = r.Loss },
        "tokens/s | loss of the last fifth, nats",
        r => $"{r.Engine} | {r.Threads} | {r.TokensPerSecond:f0} | {r.Loss:f3}");

    /// <summary>Implemented in RecurantLanguageModel.cs: makes the model where the engine's name is Recurant's.</summary>
    static partial void MakeRecurant(string engine, int threads, LanguageShape shape, ref ILanguageModel? model);

    /// <summary>The text as numbers, in the order in which its tokens occur first.</summary>
    private static (int[] Tokens, LanguageShape Shape) Read(Options options)
    {
        using Stream file = File.OpenRead(options.Data);
        using Stream plain = options.Data.EndsWith(".gz", StringComparison.Ordinal)
            ? new GZipStream(file, CompressionMode.Decompress)
            : file;
        string text = new StreamReader(plain).ReadToEnd();
        bool words = options.Program == "words";
        IEnumerable<string> tokens = words
            ? text.Replace("\n", " <eos> ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries)
            : text.Select(character => character.ToString());
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        int[] encoded = [.. tokens.Select(token =>
        {
            if (!numbers.TryGetValue(token, out int number)) numbers[token] = number = numbers.Count;
            return number;
        })];
        return (encoded, words
            ? new LanguageShape(numbers.Count, 200, 200, 20, 35)
            : new LanguageShape(numbers.Count, 64, 128, 50, 50));
    }

    private static LanguageResult Learn(string engine, int threads, ILanguageModel model, int[] tokens, LanguageShape shape)
    {
        int part = (tokens.Length - 1) / shape.Batch, windows = part / shape.Steps;
        int[] read = new int[shape.Steps * shape.Batch], targets = new int[read.Length];
        var speeds = new List<double>();
        double loss = 0;
        for (int block = 0; block < Blocks; block++)
        {
            int first = windows * block / Blocks, last = windows * (block + 1) / Blocks;
            loss = 0;
            long begin = Stopwatch.GetTimestamp();
            for (int window = first; window < last; window++)
            {
                for (int t = 0; t < shape.Steps; t++)
                {
                    for (int b = 0; b < shape.Batch; b++)
                    {
                        int place = b * part + window * shape.Steps + t;
                        read[t * shape.Batch + b] = tokens[place];
                        targets[t * shape.Batch + b] = tokens[place + 1];
                    }
                }

                loss += model.Train(read, targets) / (last - first);
            }

            double seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
            speeds.Add((last - first) * (double)read.Length / seconds);
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  part {block + 1} of {Blocks}: {speeds[^1]:f0} tokens/s, loss {loss:f3}"));
        }

        return new LanguageResult(engine, threads, Statistics.Median(speeds), loss);
    }
}
