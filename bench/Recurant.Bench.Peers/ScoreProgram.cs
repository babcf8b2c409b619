using System.Text;

namespace Recurant.Bench.Peers;

/// <summary>One number of threads: the milliseconds of each contender from file to file.</summary>
internal sealed record ScoreRow(
    int Threads, int Sentences, IReadOnlyDictionary<string, double> Milliseconds, int Disturbed, Verdict Verdict)
{
    public double? Time(string name) => Milliseconds.TryGetValue(name, out double time) ? time : null;

    public double? PerSecond(string name) => 1000 * Sentences / Time(name);

    /// <summary>How many times faster Recurant is than another.</summary>
    public double? Against(string name) => Time(name) / Time(Engines.Recurant);

    /// <summary>What tokenising on one thread would take of a contender's time.</summary>
    public double? TokenizerShare(string name) => Time(ScoreJobs.Tokenizer) / Time(name);
}

/// <summary>
/// Scoring a file of sentences with the review classifier: read, tokenise, predict, write label and probability, from file to
/// file. The model is trained for one epoch, so that its answers differ, and then the same on both sides.
/// </summary>
internal static class ScoreProgram
{
    private const int Sentences = 10_000;
    private const int QuickSentences = 1_000;

    public static int Run(Options options)
    {
        int count = options.Quick ? QuickSentences : Sentences;
        var files = new ScoreFiles(Scratch.Instance.NewFolder("score"));
        int words = Write(files, options.Data, count, options.Threads.Max());
        string[] names =
        [
            .. options.EngineNames,
            .. options.EngineNames.Contains(Engines.OnnxRuntime) ? [ScoreJobs.Sorted] : Array.Empty<string>(),
            ScoreJobs.Tokenizer,
        ];
        var rows = new List<ScoreRow>();
        foreach (int threads in options.Threads)
        {
            Console.Error.WriteLine($"scoring {count} sentences, threads: {threads}");
            WorkerProcess[] workers = [.. names.Select(name => new WorkerProcess(name, threads))];
            try
            {
                Verdict verdict = Rounds.Prepare(workers, Worker.Score, files.Folder, injected: options.Inject);
                Medians medians = Rounds.Time(workers, verdict, options.Rounds);
                rows.Add(new ScoreRow(threads, count, medians.Milliseconds, medians.Disturbed, verdict));
            }
            finally
            {
                Array.ForEach(workers, worker => worker.Dispose());
            }
        }

        Rounds.WarnOfDisturbance(rows.Count(row => row.Disturbed > 0), rows.Count);
        Console.WriteLine(options.Json ? Json(rows, count, words) : Table(rows, count, words));
        return rows.Any(row => row.Verdict.Faults.ContainsKey(Engines.Recurant)) ? 1 : 0;
    }

    /// <summary>Writes the sentences, positive ones first, and the model; returns the number of words.</summary>
    private static int Write(ScoreFiles files, string directory, int count, int threads)
    {
        (string Text, string Label)[] sentences =
        [
            .. ((string[])["pos", "neg"]).SelectMany(kind => ReviewData.ReadLines(directory, kind).Select(line => (line, kind))),
        ];
        if (sentences.Length < count)
        {
            throw new InvalidOperationException($"{directory} has {sentences.Length} sentences; {count} are needed");
        }

        File.WriteAllLines(files.Sentences, sentences.Take(count).Select(sentence => sentence.Text));
        Console.Error.WriteLine("training the model for one epoch");
        var training = new TrainingOptions
        {
            Cell = CellKind.Lstm,
            Embedding = ReviewProgram.EmbeddingSize,
            Hidden = ReviewProgram.HiddenSize,
            Layers = 1,
            Bidirectional = true,
            Pooling = Pooling.Max,
            Direct = false,
            Epochs = 1,
            Threads = threads,
        };
        ClassifierModel model = ClassifierTrainer.Train(TextDataset.FromPairs(sentences), training).Model;
        files.Save(model);
        return sentences.Take(count).Sum(sentence => model.Encoder.Encode(sentence.Text).Length);
    }

    private static string Table(List<ScoreRow> rows, int sentences, int words)
    {
        var text = new StringBuilder();
        text.AppendLine(Report.Machine());
        text.AppendLine();
        text.AppendLine(
            $"{sentences} sentences, {words} words, from file to file: read, tokenised, predicted, written. Median milliseconds, "
            + "in brackets sentences a second. ONNX Runtime: batches of 32, padded, in the order of the file; sorted: by length "
            + "first. Tokeniser: reading and tokenising alone, on one thread, which all others do as well.");
        text.AppendLine();
        text.AppendLine(
            "| threads | Recurant | ONNX Runtime | ONNX Runtime, sorted | tokeniser | against ONNX Runtime | against sorted |");
        text.AppendLine("|--:|--:|--:|--:|--:|--:|--:|");
        foreach (ScoreRow row in rows)
        {
            string Cell(string name) => row.Time(name) is null
                ? row.Verdict.Faults.GetValueOrDefault(name) ?? "-"
                : $"{Report.Number(row.Time(name), "f0")} ({Report.Number(row.PerSecond(name), "f0")})";
            text.AppendLine(
                $"| {row.Threads} | {Cell(Engines.Recurant)} | {Cell(Engines.OnnxRuntime)} | {Cell(ScoreJobs.Sorted)} "
                + $"| {Report.Number(row.Time(ScoreJobs.Tokenizer), "f0")} "
                + $"| {Report.Number(row.Against(Engines.OnnxRuntime), "f2")} "
                + $"| {Report.Number(row.Against(ScoreJobs.Sorted), "f2")}{Report.Star(row.Disturbed)} |");
        }

        foreach (ScoreRow row in rows)
        {
            var shares = ((string[])[Engines.Recurant, Engines.OnnxRuntime]).Where(name => row.Time(name) is not null)
                .Select(name => $"{Report.Number(100 * row.TokenizerShare(name), "f0")}% of the time of {name}");
            text.AppendLine();
            text.AppendLine($"Tokenising, {Report.Threads(row.Threads)}: {string.Join(", ", shares)}.");
        }

        Report.AppendFootnote(text, rows.Any(row => row.Disturbed > 0));
        return text.ToString().TrimEnd();
    }

    private static string Json(List<ScoreRow> rows, int sentences, int words) => JsonReport.Object(json =>
    {
        json.WriteString("program", "score");
        json.WriteNumber("sentences", sentences);
        json.WriteNumber("words", words);
        json.WriteStartArray("rows");
        foreach (ScoreRow row in rows)
        {
            json.WriteStartObject();
            json.WriteNumber("threads", row.Threads);
            JsonReport.WriteRounded(json, "recurant_ms", row.Time(Engines.Recurant));
            JsonReport.WriteRounded(json, "onnxruntime_ms", row.Time(Engines.OnnxRuntime));
            JsonReport.WriteRounded(json, "onnxruntime_sorted_ms", row.Time(ScoreJobs.Sorted));
            JsonReport.WriteRounded(json, "tokenizer_ms", row.Time(ScoreJobs.Tokenizer));
            JsonReport.WriteRounded(json, "recurant_sentences_per_second", row.PerSecond(Engines.Recurant));
            JsonReport.WriteRounded(json, "onnxruntime_sentences_per_second", row.PerSecond(Engines.OnnxRuntime));
            JsonReport.WriteRounded(json, "onnxruntime_sorted_sentences_per_second", row.PerSecond(ScoreJobs.Sorted));
            JsonReport.WriteRounded(json, "speedup", row.Against(Engines.OnnxRuntime));
            JsonReport.WriteRounded(json, "speedup_against_sorted", row.Against(ScoreJobs.Sorted));
            JsonReport.WriteFaults(json, row.Verdict);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
