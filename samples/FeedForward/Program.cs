using Recurant;
using Recurant.Formats;
using Recurant.Heads;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Tasks;

// The network the chapter starts from: two hidden layers over the mean of the word vectors.
// H_1 = act(W_1 X + b_1), H_2 = act(W_2 H_1 + b_2), y = softmax(W_y H_2 + b_y)
var options = new TrainingOptions
{
    Model = ModelKind.FeedForward,
    Layers = 2,
    Hidden = 32,
    Embedding = 32,
    Epochs = 6,
    Threads = 1,
};
TextClassifier trained = TextClassifier.Train(TextDatasetReader.Read("reviews.tsv"), options);
trained.Save("feed-forward.safetensors");

TextClassifier model = TextClassifier.Load("feed-forward.safetensors");
foreach (LayerDescription layer in model.Model.Describe())
{
    Console.WriteLine($"{layer.Name} {layer.Shape}: {string.Join("; ", layer.Equations)}");
}

Evaluation unseen = model.Evaluate(TextDatasetReader.Read("reviews-heldout.tsv"));
Console.WriteLine($"right on {unseen.Rows} unseen reviews: {unseen.Accuracy:0.0%}");

// A mean does not know the order of what went into it: the same words, the same answer.
foreach (string text in (string[])["the acting is good but the movie is bad", "the acting is bad but the movie is good"])
{
    Prediction answer = model.Predict(text);
    Console.WriteLine($"{text}: {answer.Label} {answer.Probability:0.000}");
}
