using Recurant.Models;
using Recurant.Training;

namespace Recurant.Cli;

/// <summary>What <c>train</c> says in the end: the scores, beside those of the baseline.</summary>
internal sealed class TrainReport(Invocation call, string path, TrainingResult result, Evaluation test)
{
    private const string BaselineName = "bag-of-words";

    public void Write(Evaluation baseline)
    {
        if (call.Json) WriteJson(baseline); else WriteText(baseline);
    }

    private void WriteJson(Evaluation baseline) => call.Terminal.Out.WriteLine(JsonText.Object(writer =>
    {
        writer.WriteString("task", "classification");
        writer.WriteString("model", path);
        writer.WriteNumber("seconds", Math.Round(result.Seconds, 3));
        writer.WriteNumber("epochs", result.Epochs.Count);
        writer.WriteNumber("parameters", result.Model.ParameterCount);
        writer.WriteObject("valid", valid =>
        {
            valid.WriteNumber("loss", result.Validation.Loss);
            valid.WriteNumber("accuracy", result.Validation.Accuracy);
        });
        writer.WriteObject("test", members =>
        {
            members.WriteNumber("loss", test.Loss);
            members.WriteNumber("accuracy", test.Accuracy);
            members.WriteNumber("macro_f1", test.MacroF1);
        });
        writer.WriteObject("baseline", members =>
        {
            members.WriteString("name", BaselineName);
            members.WriteObject("test", scores => scores.WriteNumber("accuracy", baseline.Accuracy));
        });
    }));

    private void WriteText(Evaluation baseline)
    {
        TextWriter to = call.Terminal.Out;
        string end = result.End switch
        {
            TrainingEnd.EarlyStopping => "stopped early",
            TrainingEnd.Budget => "time is up",
            _ => "all epochs done",
        };
        string vectors = result.VectorsFound is { } found ? $", {Numbers.Count(found)} ready-made word vectors" : "";
        string description = $"{path}: {ModelText.Describe(result.Model.Spec)}";
        foreach (string line in TextLayout.Wrap(description, call.Terminal.Width)) to.WriteLine(line);
        ClassifierModel model = result.Model;
        string words = Numbers.Count(model.Vocabulary.Count), seconds = Numbers.Seconds(result.Seconds);
        to.WriteLine($"{Numbers.Count(model.ParameterCount)} parameters, {words} words{vectors}");
        to.WriteLine($"{Numbers.Of(result.Epochs.Count, "epoch")} in {seconds}, {end}; epoch {result.BestEpoch} was the best");
        to.WriteLine();
        List<string[]> rows =
            [["", "rows", "loss", "accuracy", "macro F1"], Row("validation", result.Validation), Row("test", test)];
        if (!ReferenceEquals(baseline, test)) rows.Add(Row("test, bag of words", baseline));
        foreach (string line in TextLayout.Table(rows)) to.WriteLine(line);
        to.WriteLine();
        to.WriteLine($"Next: recurant predict {path} \"...\"");
    }

    private static string[] Row(string name, Evaluation scores) =>
        [name, Numbers.Count(scores.Rows), Numbers.Four(scores.Loss), Numbers.Four(scores.Accuracy),
            Numbers.Four(scores.MacroF1)];
}
