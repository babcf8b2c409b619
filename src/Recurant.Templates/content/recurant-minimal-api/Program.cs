using Recurant;
using Recurant.Formats;

// Answers over HTTP with a trained model:
//
//     dotnet run -c Release
//     curl -H "Content-Type: application/json" -d "{\"text\": \"This movie is not good\"}" http://localhost:5000/classify
//
// The model file is named by "Model" in appsettings.json. If it does not exist, the first start makes it from reviews.tsv (some
// seconds); put a model of your own there, made by 'recurant train' or TextClassifier.Train.
var builder = WebApplication.CreateBuilder(args);
string folder = builder.Environment.ContentRootPath;
string model = Path.Combine(folder, builder.Configuration["Model"] ?? "reviews.safetensors");
if (!File.Exists(model)) TextClassifier.Train(TextDatasetReader.Read(Path.Combine(folder, "reviews.tsv"))).Save(model);

builder.Services.AddRecurant(options => options.AddTextClassifier("reviews", model));
builder.Services.AddHealthChecks().AddRecurant();
builder.WebHost.ConfigureKestrel(server => server.Limits.MaxRequestBodySize = 1_000_000);
var app = builder.Build();

app.MapPost("/classify", (Question question, TextClassifier classifier) =>
{
    if (string.IsNullOrEmpty(question.Text)) return Results.BadRequest(new { error = "\"text\" is missing or empty." });
    var answer = classifier.Predict(question.Text);
    return Results.Ok(new { label = answer.Label, probability = answer.Probability });
});
app.MapHealthChecks("/health");
app.Run();

internal sealed record Question(string? Text);
