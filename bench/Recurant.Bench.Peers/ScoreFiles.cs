using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>The files of the scoring program, all in one folder: the sentences, the model, each engine's answers.</summary>
internal sealed class ScoreFiles(string folder)
{
    public string Folder => folder;

    public string Sentences => Path.Combine(folder, "sentences.txt");

    private string ModelPath => Path.Combine(folder, "model.safetensors");

    public string Answers(string engine) => Path.Combine(folder, $"answers-{engine}.txt");

    public void Save(ClassifierModel model) => ModelFile.Save(model, ModelPath);

    public ClassifierModel LoadModel() => ModelFile.Load<ClassifierModel>(ModelPath);

    /// <summary>Writes one answer: the label, a tab, its probability.</summary>
    public static void Write(TextWriter to, string label, float probability)
    {
        Span<char> digits = stackalloc char[16];
        probability.TryFormat(digits, out int length, "0.0000", CultureInfo.InvariantCulture);
        to.Write(label);
        to.Write('\t');
        to.Write(digits[..length]);
        to.Write('\n');
    }

    /// <summary>Reads an engine's answers back: the probability of the first of two labels, sentence by sentence.</summary>
    public float[] ReadAnswers(string engine, string firstLabel) =>
    [
        .. File.ReadLines(Answers(engine)).Select(line =>
        {
            string[] parts = line.Split('\t');
            float probability = float.Parse(parts[1], CultureInfo.InvariantCulture);
            return parts[0] == firstLabel ? probability : 1 - probability;
        }),
    ];
}
