using Recurant;
using Recurant.Cells;
using Recurant.Data;
using Recurant.Formats;
using Recurant.Tasks;

// A classifier may be asked by many threads at once, as in a web service. Each answer is computed on one thread
// (Threads = 1), since here the callers are the ones that run side by side.
var options = new TrainingOptions
{
    Cell = CellKind.Gru,
    Hidden = 32,
    Embedding = 32,
    Epochs = 3,
    LearningRate = 0.01f,
    Threads = 1,
};
TextClassifier model = TextClassifier.Train(TextDatasetReader.Read("reviews.tsv"), options);
TextDataset unseen = TextDatasetReader.Read("reviews-heldout.tsv");

// One after the other, then eight at a time, then all in one call.
var texts = unseen.Examples.Select(example => example.Text).ToArray();
float[] oneByOne = Array.ConvertAll(texts, text => model.Predict(text).Probability);
float[] together = new float[texts.Length];
Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 },
    i => together[i] = model.Predict(texts[i]).Probability);
float[] inOneCall = [.. model.Predict(texts).Select(answer => answer.Probability)];

Console.WriteLine($"{texts.Length} texts, eight at a time: {Differences(together)} answers differ");
Console.WriteLine($"{texts.Length} texts, in one call: {Differences(inOneCall)} answers differ");

int Differences(float[] answers) => Enumerable.Range(0, answers.Length).Count(i => answers[i] != oneByOne[i]);
