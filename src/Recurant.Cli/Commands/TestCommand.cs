using Recurant.Data;
using Recurant.Models;

namespace Recurant.Cli;

/// <summary><c>recurant test</c>: scores a model on labelled texts.</summary>
internal sealed class TestCommand : CliCommand
{
    public override string Name => "test";

    public override string Summary => "Score a model on labelled texts, and show what it takes for what.";

    public override string Arguments => "MODEL DATA";

    public override (int Least, int Most) ArgumentCount => (2, 2);

    public override IReadOnlyList<CommandOption> Options { get; } =
        [.. SettingTable.Columns.Select(CommandOption.Of), SharedOptions.Threads with { Group = "The run" }];

    public override IReadOnlyList<string> Examples =>
        ["test reviews.safetensors held-out.tsv", "test reviews.safetensors held-out.tsv --json"];

    public override int Run(Invocation call)
    {
        int threads = call.Threads;
        TrainSettings settings = call.Apply(SettingTable.Columns, new TrainSettings());
        ClassifierModel model = FittingModel.Load<ClassifierModel>(call.Arguments[0], Name);
        TextDataset data = LabelledData.Read(call.Arguments[1], settings, call);
        Evaluation scores = new TextClassifier(model, threads).Evaluate(data);
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteString("task", "classification");
                writer.WriteNumber("rows", scores.Rows);
                writer.WriteNumber("loss", scores.Loss);
                writer.WriteNumber("accuracy", scores.Accuracy);
                writer.WriteNumber("macro_f1", scores.MacroF1);
            }));
            return ExitCode.Done;
        }

        string[][] rows =
        [
            ["rows", Numbers.Count(scores.Rows)],
            ["loss", Numbers.Four(scores.Loss)],
            ["accuracy", Numbers.Four(scores.Accuracy)],
            ["macro F1", Numbers.Four(scores.MacroF1)],
        ];
        foreach (string line in TextLayout.Table(rows)) call.Terminal.Out.WriteLine(line);
        call.Terminal.Out.WriteLine();
        IEnumerable<string> confusions = ConfusionTable.Lines(model.Labels, scores.Confusion, call.Terminal.Width);
        foreach (string line in confusions) call.Terminal.Out.WriteLine(line);
        return ExitCode.Done;
    }
}
