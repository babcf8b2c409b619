using Recurant;
using Recurant.Cells;
using Recurant.Data;
using Recurant.Formats;
using Recurant.Models;
using Recurant.Tasks;
using Recurant.Training;

// Four models learn from the same reviews. The bag of words counts words and pairs of words; the other three read
// the words in their order, each with a recurrent cell of its own.
TextDataset reviews = TextDatasetReader.Read("reviews.tsv");
TextDataset unseen = TextDatasetReader.Read("reviews-heldout.tsv");
string[] sentences =
[
    "This movie is good",
    "This movie is not good",
    "This movie is not bad",
    "This movie is not only good but great",
    "The acting is good but the movie is bad",
    "The acting is bad but the movie is good",
];

// Small and quick: 32 units, 32 numbers a word, one thread, and hardly any dropout, since there are few epochs.
// Direct connections would lend the network a bag of words of its own; here it has to manage without.
var recurrent = new TrainingOptions
{
    Hidden = 32,
    Embedding = 32,
    Epochs = 10,
    LearningRate = 0.01f,
    Direct = false,
    Dropout = new DropoutOptions { Word = 0.02f, Input = 0, Output = 0.2f },
    Threads = 1,
};
(string Name, TrainingOptions Options)[] kinds =
[
    ("bag of words", new TrainingOptions { Model = ModelKind.BagOfWords, Threads = 1 }),
    ("recurrent", recurrent with { Cell = CellKind.Elman }),
    ("LSTM", recurrent with { Cell = CellKind.Lstm }),
    ("GRU", recurrent with { Cell = CellKind.Gru }),
];

var models = new List<TextClassifier>();
foreach ((string _, TrainingOptions options) in kinds) models.Add(TextClassifier.Train(reviews, options));

PrintRow("P(positive)", kinds.Select(kind => kind.Name));
foreach (string sentence in sentences)
{
    PrintRow(sentence, models.Select(model => $"{ProbabilityOfPraise(model, sentence):0.00}"));
}

PrintRow($"right on {unseen.Count} unseen reviews", models.Select(model => $"{model.Evaluate(unseen).Accuracy:0.0%}"));

static float ProbabilityOfPraise(TextClassifier model, string text) =>
    model.Predict(text).Probabilities.Single(label => label.Key == "positive").Value;

static void PrintRow(string name, IEnumerable<string> cells) =>
    Console.WriteLine($"{name,-40} {string.Join(" ", cells.Select(cell => $"{cell,12}"))}");
