using Microsoft.ML.OnnxRuntime;

namespace Recurant.Bench.Peers;

/// <summary>
/// The same model on ONNX Runtime: batches of 32 lines in the order of the file, or sorted by length, padded to the longest of
/// the batch. Tokenizer and vocabulary are Recurant's, so that only the engine differs.
/// </summary>
internal sealed class OnnxScoring : IJob
{
    private const int BatchSize = 32;

    private readonly string _name;
    private readonly ScoreFiles _files;
    private readonly ClassifierModel _model;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly int _padding;
    private readonly int[] _lengths = new int[BatchSize];
    private readonly float[] _probabilities;
    private int[] _words = [];

    public OnnxScoring(string name, int threads, ScoreFiles files)
    {
        (_name, _files) = (name, files);
        _model = files.LoadModel();
        _padding = _model.Spec.VocabularySize;
        _probabilities = new float[BatchSize * _model.Spec.Classes];
        _session = OnnxSettings.Open(OnnxClassifier.Build(_model), threads);
    }

    public void Step()
    {
        if (_name == ScoreJobs.Sorted) ScoreSorted(); else ScoreInOrder();
    }

    public IEnumerable<(string Name, float[] Values)> Results() =>
        [("probabilities", _files.ReadAnswers(_name, _model.Labels[0]))];

    public void Dispose()
    {
        _session.Dispose();
        _runOptions.Dispose();
    }

    private void ScoreInOrder()
    {
        using var output = new StreamWriter(_files.Answers(_name));
        foreach (string[] lines in File.ReadLines(_files.Sentences).Chunk(BatchSize))
        {
            int[][] batch = Array.ConvertAll(lines, line => _model.Encoder.Encode(line));
            Run(batch);
            for (int b = 0; b < batch.Length; b++)
            {
                (int best, float probability) = Answer(b);
                ScoreFiles.Write(output, _model.Labels[best], probability);
            }
        }
    }

    private void ScoreSorted()
    {
        int[][] sentences = [.. File.ReadLines(_files.Sentences).Select(line => _model.Encoder.Encode(line))];
        int[] order = [.. Enumerable.Range(0, sentences.Length).OrderBy(i => sentences[i].Length)];
        var answers = new (int Best, float Probability)[sentences.Length];
        foreach (int[] chosen in order.Chunk(BatchSize))
        {
            Run(Array.ConvertAll(chosen, i => sentences[i]));
            for (int b = 0; b < chosen.Length; b++) answers[chosen[b]] = Answer(b);
        }

        using var output = new StreamWriter(_files.Answers(_name));
        foreach ((int best, float probability) in answers) ScoreFiles.Write(output, _model.Labels[best], probability);
    }

    private void Run(int[][] batch)
    {
        int longest = batch.Max(words => words.Length);
        int count = longest * batch.Length;
        if (_words.Length < count) _words = new int[count];
        _words.AsSpan(0, count).Fill(_padding);
        for (int b = 0; b < batch.Length; b++)
        {
            _lengths[b] = batch[b].Length;
            for (int t = 0; t < batch[b].Length; t++) _words[t * batch.Length + b] = batch[b][t];
        }

        using OrtValue words = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _words.AsMemory(0, count), [longest, batch.Length]);
        using OrtValue lengths = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _lengths.AsMemory(0, batch.Length), [batch.Length]);
        using OrtValue probabilities = OrtValue.CreateTensorValueFromMemory(
            OrtMemoryInfo.DefaultInstance, _probabilities.AsMemory(0, batch.Length * _model.Spec.Classes),
            [batch.Length, _model.Spec.Classes]);
        _session.Run(
            _runOptions, [OnnxClassifier.Words, OnnxClassifier.Lengths], [words, lengths],
            [OnnxClassifier.Probabilities], [probabilities]);
    }

    private (int Best, float Probability) Answer(int b)
    {
        ReadOnlySpan<float> row = _probabilities.AsSpan(b * _model.Spec.Classes, _model.Spec.Classes);
        int best = 0;
        for (int j = 1; j < row.Length; j++)
        {
            if (row[j] > row[best]) best = j;
        }

        return (best, row[best]);
    }
}
