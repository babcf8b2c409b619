namespace Recurant.Tasks;

/// <summary>Taggers in the catalogue.</summary>
internal sealed class TaggerEntry : TaskEntry<TaggerModel>
{
    public override string Task => TaskNames.Tag;

    protected override TextTokens Tokens(TaggerModel model) => new TaggerTokens(model);

    protected override ReplayedStep Replay(TaggerModel model, StepCapture capture, Workers workers)
    {
        // As in training: counts by the word's number, from which rare words are sometimes read as unknown.
        var counts = new int[model.Vocabulary.Count];
        foreach ((string word, int seen) in capture.Forms ?? [])
        {
            counts[model.Vocabulary.IndexOf(WordForms.Normalise(word, model.Spec.Lowercase))] = seen;
        }

        var task = new TaggerTask(
            new TaggerData
            {
                Model = model,
                Plan = new TaggerPlan
                {
                    Options = new TaggerTrainingOptions { Seed = capture.Dropout.Seed },
                    Spec = model.Spec, Dropout = capture.Dropout, LabelSmoothing = capture.LabelSmoothing,
                    Batch = capture.Read.Count,
                },
                Forms = StepWords.Encode(model.NewForms(counts), capture)!,
                Train = [.. capture.Read], TrainTags = [.. capture.Answers], Validation = [],
                Divided = DividedData.None(new TaggedDataset("the step", [])),
            },
            workers);
        return new ReplayedStep(task, () => task.Step(0, capture.Step));
    }
}
