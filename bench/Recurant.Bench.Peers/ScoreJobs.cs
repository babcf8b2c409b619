namespace Recurant.Bench.Peers;

/// <summary>The contenders of the scoring program; each has a process of its own.</summary>
internal static class ScoreJobs
{
    /// <summary>ONNX Runtime again, the sentences sorted by length before they are cut into batches.</summary>
    public const string Sorted = Engines.OnnxRuntime + "-sorted";

    /// <summary>No engine: reading and tokenising alone, on one thread.</summary>
    public const string Tokenizer = "tokenizer";

    public static IJob Make(string name, int threads, ScoreFiles files) => name switch
    {
        Engines.Recurant => new RecurantScoring(threads, files),
        Engines.OnnxRuntime or Sorted => new OnnxScoring(name, threads, files),
        Tokenizer => new Tokenizing(files),
        _ => throw new ArgumentException($"no engine '{name}' for scoring", nameof(name)),
    };
}

/// <summary>Recurant as a user calls it: all lines to the predictor, an answer for each.</summary>
internal sealed class RecurantScoring : IJob
{
    private readonly ScoreFiles _files;
    private readonly ClassifierModel _model;
    private readonly Predictor _predictor;

    public RecurantScoring(int threads, ScoreFiles files)
    {
        _files = files;
        _model = files.LoadModel();
        _predictor = new Predictor(_model, threads);
    }

    public void Step()
    {
        IReadOnlyList<Prediction> predictions = _predictor.Predict(File.ReadAllLines(_files.Sentences));
        using var output = new StreamWriter(_files.Answers(Engines.Recurant));
        foreach (Prediction prediction in predictions)
        {
            ScoreFiles.Write(output, prediction.Label, prediction.Probability);
        }
    }

    public IEnumerable<(string Name, float[] Values)> Results() =>
        [("probabilities", _files.ReadAnswers(Engines.Recurant, _model.Labels[0]))];

    public void Dispose()
    {
    }
}

/// <summary>What all do before the network: read the file, tokenise (Recurant's tokenizer), look the words up.</summary>
internal sealed class Tokenizing(ScoreFiles files) : IJob
{
    private readonly TextEncoder _encoder = files.LoadModel().Encoder;
    private long _words;

    public void Step()
    {
        _words = 0;
        foreach (string line in File.ReadLines(files.Sentences)) _words += _encoder.Encode(line).Length;
    }

    public IEnumerable<(string Name, float[] Values)> Results() => [];

    public void Dispose()
    {
    }
}
