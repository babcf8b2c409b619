using System.Diagnostics;
using System.Globalization;
using System.Text;
using static TorchSharp.torch;

namespace Recurant.Bench.Peers;

/// <summary>A batch of the comparison: all utterances have as many frames, and all texts as many symbols.</summary>
internal sealed record CtcCase(int Frames, int Symbols, int Labels, int Batch)
{
    public static IEnumerable<CtcCase> All(bool quick) => quick
        ? [new(500, 30, 50, 16)]
        : [new(500, 30, 50, 16), new(100, 10, 10, 32), new(1000, 30, 150, 8), new(250, 500, 40, 16)];

    public override string ToString() => $"T {Frames}, {Symbols} symbols, {Labels} labels, batch {Batch}";
}

/// <summary>
/// One row of the result: medians in milliseconds, and how far both lie from what TorchSharp computes in double precision.
/// </summary>
internal sealed record CtcRow(
    CtcCase Case, int Threads, double Recurant, double Torch, double LossError, double GradientError, double TorchGradientError,
    int Disturbed)
{
    private const double Tolerance = 1e-5;

    public double Speedup => Torch / Recurant;

    public bool Agrees => LossError <= Tolerance && GradientError <= Tolerance;
}

/// <summary>
/// The CTC loss of a batch and its gradient with respect to the logits, in one process, in turns: Recurant's (with a copy of the
/// logits, whose place the gradient takes) against TorchSharp's log_softmax, ctc_loss and backward.
/// </summary>
internal static class CtcProgram
{
    private const double SecondsPerTurn = 0.3, SecondsOfWarmUp = 1;

    // So that the threads of the engine before, which spin a while for more work, are asleep.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(300);

    public static int Run(Options options)
    {
        TorchLibrary.Load(options.Threads[0]);
        var rows = new List<CtcRow>();
        foreach (int threads in options.Threads)
        {
            set_num_threads(threads);
            foreach (CtcCase shape in CtcCase.All(options.Quick))
            {
                Console.Error.WriteLine($"ctc, {shape}, threads: {threads}");
                rows.Add(Measure(shape, threads, options.Rounds));
            }
        }

        Rounds.WarnOfDisturbance(rows.Count(row => row.Disturbed > 0), rows.Count);
        Console.WriteLine(options.Json ? Json(rows) : Table(rows));
        return rows.TrueForAll(row => row.Agrees) ? 0 : 1;
    }

    private static CtcRow Measure(CtcCase shape, int threads, int rounds)
    {
        using var recurant = new RecurantSide(shape, threads);
        using var torch = new TorchSide(shape, recurant.Logits, ScalarType.Float32);
        using var precise = new TorchSide(shape, recurant.Logits, ScalarType.Float64);
        // In single precision libtorch's sums of logarithms near -1000 leave the gradient three right digits.
        double loss = recurant.Step(), expected = precise.Step();
        torch.Step();
        double[] expectedGradient = precise.Gradient();
        double Error(double[] gradient) =>
            gradient.Zip(expectedGradient, (one, other) => Math.Abs(one - other)).Max() * shape.Batch;
        double gradientError = Error(recurant.Gradient()), torchGradientError = Error(torch.Gradient());

        var times = new Dictionary<string, List<double>> { ["recurant"] = [], ["torch"] = [] };
        // The runtime compiles hot methods anew while they run.
        foreach (Func<double> step in (Func<double>[])[recurant.Step, torch.Step])
        {
            for (long begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin).TotalSeconds < SecondsOfWarmUp;) step();
        }

        int disturbed = 0;
        for (int round = 0; round < rounds; round++)
        {
            (string Name, Func<double> Step)[] sides = [("recurant", recurant.Step), ("torch", torch.Step)];
            foreach ((string name, Func<double> step) in round % 2 == 0 ? sides : sides.Reverse())
            {
                Thread.Sleep(s_pause);
                step();
                var watch = new Disturbance(Process.GetCurrentProcess(), threads);
                times[name].Add(MillisecondsOf(step));
                if (watch.HasOccurred()) disturbed++;
            }
        }

        return new CtcRow(
            shape, threads, Statistics.Median(times["recurant"]), Statistics.Median(times["torch"]),
            Math.Abs(loss - expected) / expected, gradientError, torchGradientError, disturbed);
    }

    private static double MillisecondsOf(Func<double> step)
    {
        long begin = Stopwatch.GetTimestamp();
        int steps = 0;
        double seconds;
        do
        {
            step();
            steps++;
            seconds = Stopwatch.GetElapsedTime(begin).TotalSeconds;
        }
        while (seconds < SecondsPerTurn);
        return 1000 * seconds / steps;
    }

    private static string Table(List<CtcRow> rows)
    {
        var text = new StringBuilder();
        text.AppendLine(Report.Machine());
        text.AppendLine();
        text.AppendLine(
            "CTC loss of a batch and its gradient: median milliseconds. Errors against TorchSharp in double precision: of the "
            + "loss relative, of the gradient of one utterance the largest difference.");
        text.AppendLine();
        text.AppendLine("| batch | threads | Recurant | TorchSharp | speedup | loss error | gradient error | TorchSharp's |");
        text.AppendLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        foreach (CtcRow row in rows)
        {
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {row.Case} | {row.Threads} | {row.Recurant:f2} | {row.Torch:f2} | "
                + $"{row.Speedup:f2}{Report.Star(row.Disturbed)} | {row.LossError:e1} | {row.GradientError:e1} "
                + $"| {row.TorchGradientError:e1} |"));
        }

        Report.AppendFootnote(text, rows.Exists(row => row.Disturbed > 0));
        return text.ToString().TrimEnd();
    }

    private static string Json(List<CtcRow> rows) => JsonReport.Object(json =>
    {
        json.WriteString("program", "ctc");
        json.WriteStartArray("rows");
        foreach (CtcRow row in rows)
        {
            json.WriteStartObject();
            json.WriteNumber("frames", row.Case.Frames);
            json.WriteNumber("symbols", row.Case.Symbols);
            json.WriteNumber("labels", row.Case.Labels);
            json.WriteNumber("batch", row.Case.Batch);
            json.WriteNumber("threads", row.Threads);
            JsonReport.WriteRounded(json, "recurant_ms", row.Recurant);
            JsonReport.WriteRounded(json, "torch_ms", row.Torch);
            JsonReport.WriteRounded(json, "speedup", row.Speedup);
            json.WriteNumber("loss_error", row.LossError);
            json.WriteNumber("gradient_error", row.GradientError);
            json.WriteNumber("torch_gradient_error", row.TorchGradientError);
            json.WriteBoolean("agrees", row.Agrees);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });

    /// <summary>Symbol j of text b; neighbours differ but for every seventh pair.</summary>
    private static int Symbol(CtcCase shape, int b, int j) => 1 + (j % 7 == 3 ? Place(b, j - 1) : Place(b, j)) % shape.Symbols;

    private static int Place(int b, int j) => 5 * b + 3 * j + j * j % 2;

    private sealed class RecurantSide : IDisposable
    {
        private readonly Workers _workers;
        private readonly BatchLayout _batch = new();
        private readonly ConnectionistTemporalClassification _classification;
        private readonly TemporalClassificationMemory _memory = new();
        private readonly Matrix _work;
        private readonly int[][] _targets;

        public RecurantSide(CtcCase shape, int threads)
        {
            int classes = shape.Symbols + 1;
            _workers = Workers.ForThreads(threads);
            _batch.Fill([.. Enumerable.Repeat(shape.Frames, shape.Batch)]);
            _classification = new ConnectionistTemporalClassification(classes);
            _work = new Matrix(new FloatBuffer(_batch.Rows * classes), 0, _batch.Rows, classes);
            Logits = new float[_batch.Rows * classes];
            new Philox(1, RandomPurpose.Initialisation).FillUniform(Logits, -3f, 3f);
            _targets = [.. Enumerable.Range(0, shape.Batch).Select(
                b => Enumerable.Range(0, shape.Labels).Select(j => Symbol(shape, b, j)).ToArray())];
        }

        public float[] Logits { get; }

        public double Step()
        {
            Logits.CopyTo(_work.Span);
            return _classification.Apply(_workers, _batch, _work, _targets, _memory) / _batch.Sequences;
        }

        public double[] Gradient() => Array.ConvertAll(_work.Span.ToArray(), dz => (double)dz);

        public void Dispose() => _work.KeepAlive();
    }

    private sealed class TorchSide : IDisposable
    {
        private readonly Tensor _logits, _targets, _inputLengths, _targetLengths;
        private readonly TorchSharp.Modules.CTCLoss _loss = nn.CTCLoss(blank: 0, zero_infinity: false, nn.Reduction.Sum);
        private readonly int _batch;

        public TorchSide(CtcCase shape, float[] logits, ScalarType precision)
        {
            _batch = shape.Batch;
            _logits = tensor(logits, [shape.Frames, shape.Batch, shape.Symbols + 1]).to(precision).requires_grad_();
            long[] symbols = [.. from b in Enumerable.Range(0, shape.Batch)
                                 from j in Enumerable.Range(0, shape.Labels)
                                 select (long)Symbol(shape, b, j)];
            _targets = tensor(symbols, [shape.Batch, shape.Labels]);
            _inputLengths = tensor(Enumerable.Repeat((long)shape.Frames, shape.Batch).ToArray());
            _targetLengths = tensor(Enumerable.Repeat((long)shape.Labels, shape.Batch).ToArray());
        }

        public double Step()
        {
            using var scope = NewDisposeScope();
            _logits.grad?.zero_();
            Tensor logY = nn.functional.log_softmax(_logits, -1);
            Tensor loss = _loss.forward(logY, _targets, _inputLengths, _targetLengths) / _batch;
            loss.backward();
            return loss.to(ScalarType.Float64).item<double>();
        }

        public double[] Gradient() => [.. _logits.grad!.to(ScalarType.Float64).data<double>()];

        public void Dispose()
        {
            _logits.Dispose();
            _targets.Dispose();
            _inputLengths.Dispose();
            _targetLengths.Dispose();
            _loss.Dispose();
        }
    }
}
