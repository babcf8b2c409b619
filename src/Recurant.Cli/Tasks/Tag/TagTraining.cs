using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for tagged words, beside the most frequent tag of each word.</summary>
internal sealed class TagTraining(TagTask task) : TaskTraining<TaggerModel, TaggedDataset, TaggerEvaluation>(task)
{
    private const double TestShare = 0.1;

    // One choice for all seeds: runs with different seeds are then scored on the same sentences.
    private const ulong TestSplitSeed = 0;

    private MostFrequentTags _baseline = null!;

    protected override string MeasureHeading => TagSpan.AreMarkedBy(Train.Tags) ? "F1" : "acc.";

    protected override string BaselineName => "most frequent tag";

    protected override string Knows(TrainingResult<TaggerModel, TaggerEvaluation> result) =>
        VectorData.Known(result.Model.Vocabulary.Count, result.VectorsFound, result.Model.Spec.CharacterSize > 0
            ? result.Model.Characters.Count : 0);

    protected override int ValidationRows(TaggerEvaluation validation) => validation.Sentences;

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        TrainSettings given = settings;
        ReadParts(
            call, settings, null, file => task.Read(file, given, call), SetTestAside, part => Numbers.Of(part.Count, "sentence"));
        settings = VectorData.Read(settings, call);
        if (TagSpan.SchemeNote(Train) is { } note) call.Tell(note);
        TagTask.OptionsOf(settings).Validate();
        return Train.Count;
    }

    private static (TaggedDataset Train, TaggedDataset Test) SetTestAside(TaggedDataset all)
    {
        (TaggedDataset train, TaggedDataset test) = TaggedSplit.Random(all, TestShare, TestSplitSeed);
        return test.Count > 0 ? (train, test) : throw TestPart.TooFew(all.Name, Numbers.Of(train.Count, "sentence"));
    }

    protected override TrainingResult<TaggerModel, TaggerEvaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        TaggerTrainer.Train(Train, TagTask.OptionsOf(settings), Validation, progress, cancellation);

    protected override TrainSettings Prepare(Invocation call, TrainSettings settings)
    {
        TaggedDataset all = Tested!, part = Time.TestCharacters is { } most
            ? all.Subset(DatasetSample.Rows(all.Count, row => all.Sentences[row].Words.Sum(word => 1L + word.Length), most))
            : all;
        TellLeftOut(call, "test", part.Count, all.Count, "sentences will be scored, for want of time");
        var copies = new SentenceList();
        foreach (TaggedSentence sentence in part.Sentences) copies.Add(sentence.Words, sentence.Tags, sentence.Line);
        Tested = new TaggedDataset(part.Name, copies);
        _baseline = new MostFrequentTags(Train);
        return WithTime(settings, Tested.Count, 0, releases: true);
    }

    protected override TaggerEvaluation Test(
        Invocation call, TrainingResult<TaggerModel, TaggerEvaluation> result, TrainSettings settings)
    {
        if (RowsToTest(call, result.Validation.Sentences, Tested!.Count, "sentences") is { } rows) Tested = Tested.Subset(rows);
        return task.Score(result.Model, Tested, call, settings.Training.Threads, Interrupted, Phases);
    }

    protected override TaggerEvaluation Baseline(
        Invocation call, TrainSettings settings, TrainingResult<TaggerModel, TaggerEvaluation> result, TaggerEvaluation? test,
        CancellationToken cancellation) => _baseline.Evaluate(Tested!);

    protected override void WriteDetails(UserTerminal terminal, TaggerEvaluation test)
    {
        terminal.Out.WriteLine();
        terminal.WriteTable(TagTask.Details(test));
    }

    /// <summary>Writes what a report shows of the model on the test sentences.</summary>
    protected override void WriteReview(Utf8JsonWriter writer, TaggerModel model, TaggerEvaluation? test, TrainSettings settings)
    {
        if (test is null) return;
        TaggerReview review = TaggerReview.Of(model, Tested!, threads: settings.Training.Threads);
        writer.WriteString("confusion_of", "words");
        writer.WriteStrings("labels", review.Labels);
        ReviewRecord.WriteConfusion(writer, review.Confusion);
        // Of tags without spans the matrix has precision and recall already, unless some are among the others.
        bool hasOthers = review.Labels.Contains(TaggerReview.Others);
        if (test.Spans is not null || hasOthers)
        {
            writer.WriteString("counts_of", test.Spans is null ? "tag" : "span");
            writer.WriteObjects("counts", test.Spans is null ? test.Tags : [.. test.Kinds, test.Spans], count => writer.Write(
                ("name", count.Name), ("right", count.Right), ("found", count.Found), ("present", count.Present)));
        }

        writer.WriteString("probability_of", model.Spec.RandomField ? "marginal" : "tag");
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        ReviewRecord.WriteMistakes(writer, review.MistakeCount, review.Mistakes, mistake => (
            ReviewRecord.Around(mistake.Words, mistake.Place), mistake.Words[mistake.Place], mistake.Right, mistake.Answered,
            mistake.Probability));
    }
}
