using Recurant;
using Recurant.Data;
using Recurant.Formats;

// Learns from reviews.tsv on the first start (some seconds), keeps the model beside the program, and answers:
//
//     dotnet run -c Release -- "This movie is not good"
//
// For texts of your own put them in place of reviews.tsv, a label and a text in each row, and delete the model.
string data = Path.Combine(AppContext.BaseDirectory, "reviews.tsv");
string model = Path.Combine(AppContext.BaseDirectory, "reviews.safetensors");

if (!File.Exists(model))
{
    TextDataset reviews = TextDatasetReader.Read(data);
    Console.WriteLine($"Learning from {reviews.Count:N0} texts ...");
    TextClassifier trained = TextClassifier.Train(reviews);
    var validation = trained.Training!.Validation;
    Console.WriteLine($"Validation: {validation.Measure} {validation.Value:0.0000}");
    trained.Save(model);
}

TextClassifier classifier = TextClassifier.Load(model);
foreach (string text in args.Length > 0 ? args : ["This movie is good", "This movie is not good"])
{
    var answer = classifier.Predict(text);
    Console.WriteLine($"{answer.Label} {answer.Probability:0.0000}  {text}");
}
