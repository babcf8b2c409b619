using Recurant;
using Recurant.Cells;
using Recurant.Formats;
using Recurant.Tasks;

// Learn from a file with a label and a text in each row. Without options it would take longer and do better.
var reviews = TextDatasetReader.Read("reviews.tsv");
var options = new TrainingOptions { Cell = CellKind.Gru, Hidden = 64, Epochs = 8, LearningRate = 0.01f, Threads = 1 };
TextClassifier.Train(reviews, options).Save("quick-start.safetensors");

// Anywhere else: load the file and ask.
var answer = TextClassifier.Load("quick-start.safetensors").Predict("This movie is not good");
Console.WriteLine($"This movie is not good: {answer.Label}, with probability {answer.Probability:0.00}");
