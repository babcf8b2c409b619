namespace Recurant.Cli;

/// <summary><c>recurant demo</c>: why the order of words matters, told with four models trained on the spot.</summary>
internal sealed class DemoCommand() : CliCommand("demo", "",
    "Train four models on the bundled reviews, in less than a minute, and see which of them understand \"This movie is "
    + "not good\".")
{
    private const string SaveOption = "--save";

    private static readonly Setting[] s_settings = [SettingTable.Seed];

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        .. s_settings.Select(CommandOption.Of),
        new(SaveOption, "DIR", "Save the four models in a directory, for explain and the other commands. Default: not saved."),
        SharedOptions.Threads with
        {
            Group = "The run",
            Help = "The number of threads. The result does not depend on it. Default: 1, enough for models this small.",
        },
    ];

    public override IReadOnlyList<string> Examples => ["demo", "demo --seed 7 --json", "demo --save demo-models"];

    public override int Run(Invocation call)
    {
        ulong seed = call.Apply(s_settings, new TrainSettings()).Training.Seed;
        int threads = call.Value(SharedOptions.Threads.Name) is null ? 1 : call.Threads;
        string? save = call.Value(SaveOption);
        if (save is not null)
        {
            Directory.CreateDirectory(save);
            foreach (DemoModel model in DemoModel.All(seed, threads))
            {
                OutputFile.CheckModel("--save", Path.Combine(save, FileName(model)));
            }
        }

        TextDataset train = DemoReviews.Training(), heldOut = DemoReviews.HeldOut();
        TextWriter? story = call.Json ? null : call.Terminal.Out;
        Tell(call, story,
            "The order of the words decides whether a review is positive or negative. "
            + $"{Numbers.Count(train.Count)} short reviews to learn from; {Numbers.Count(heldOut.Count)} held out, with "
            + "combinations that were not learnt.");
        var results = new List<DemoResult>();
        foreach (DemoModel model in DemoModel.All(seed, threads))
        {
            DemoResult result = Train(model, train, heldOut, call, call.Interruption.Token);
            results.Add(result);
            if (save is not null)
            {
                using IDisposable whole = call.Interruption.Hold();
                result.Classifier.Save(Path.Combine(save, FileName(model)));
            }

            Prediction answer = result.Classifier.Predict(DemoText.NotGood);
            story?.WriteLine();
            Tell(call, story, $"{results.Count}. {Capital(model.Name)}: {model.Idea}");
            string accuracy = Numbers.Four(result.HeldOut.Accuracy);
            string verdict = answer.Label == "negative" ? "" : ", which is wrong";
            Tell(call, story, $"   held-out accuracy {accuracy}, learnt in {Numbers.Seconds(result.Seconds)}");
            Tell(call, story, $"   \"{DemoText.NotGood}\": {answer.Label} {Numbers.Four(answer.Probability)}{verdict}");
        }

        IReadOnlyList<IReadOnlyList<Prediction>> answers =
            [.. DemoText.Sentences.Select(
                sentence => (IReadOnlyList<Prediction>)[.. results.Select(result => result.Classifier.Predict(sentence.Text))])];
        if (story is null)
        {
            WriteJson(call.Terminal.Out, results, answers);
            return ExitCode.Done;
        }

        story.WriteLine();
        string[] names = [.. results.Select(result => result.Model.Name)];
        foreach (string line in DemoText.Table(names, answers, call.Terminal.Width)) story.WriteLine(line);
        story.WriteLine("(x: a reader would not say so)");
        story.WriteLine();
        Tell(call, story,
            $"Next, with texts of your own, one \"label<TAB>text\" a line: {ShellCommand.Name} train FILE, then "
            + $"{ShellCommand.Name} predict MODEL \"...\"");
        return ExitCode.Done;
    }

    private static DemoResult Train(
        DemoModel model, TextDataset train, TextDataset heldOut, Invocation call, CancellationToken cancellation)
    {
        if (!call.Quiet && !call.Terminal.ErrorIsTerminal && call.Json) call.Terminal.Error.WriteLine($"training: {model.Name}");
        TextClassifier classifier = TrainingDisplay.Show(call.Terminal, call.Quiet, measure: null, progress =>
            TextClassifier.Train(train, model.Options, progress: progress, cancellation: cancellation));
        cancellation.ThrowIfCancellationRequested();
        return new DemoResult(model, classifier, classifier.Evaluate(heldOut, cancellation));
    }

    private static void Tell(Invocation call, TextWriter? story, string text)
    {
        if (story is null) return;
        string indent = text[..(text.Length - text.TrimStart().Length)];
        foreach (string line in TextLayout.Wrap(text, call.Terminal.Width - indent.Length)) story.WriteLine(indent + line);
        story.Flush();
    }

    private static string FileName(DemoModel model) => model.Name.Replace(' ', '-').ToLowerInvariant() + ".safetensors";

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static void WriteJson(TextWriter to, List<DemoResult> results, IReadOnlyList<IReadOnlyList<Prediction>> answers) =>
        to.WriteLine(JsonText.Object(writer =>
        {
            writer.WriteObjects("models", results, result =>
            {
                writer.Write(("name", result.Model.Name), ("seconds", Math.Round(result.Seconds, 3)),
                    ("parameters", result.Classifier.Model.ParameterCount));
                writer.WriteObject("heldout", scores => scores.Write(
                    ("loss", result.HeldOut.Loss), ("accuracy", result.HeldOut.Accuracy)));
            });
            writer.WriteObjects("sentences", DemoText.Sentences.Zip(answers), sentence =>
            {
                writer.Write(("text", sentence.First.Text), ("expected", sentence.First.Label));
                writer.WriteObjects("answers", results.Zip(sentence.Second), answer => writer.Write(
                    ("model", answer.First.Model.Name), ("label", answer.Second.Label),
                        ("probability", answer.Second.Probability)));
            });
        }));
}
