using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for tagged words, beside the most frequent tag of each word.</summary>
internal sealed class TaggerTraining : TaskTraining<TaggerModel, TaggerEvaluation>
{
    private const double TestShare = 0.1;

    // One choice for all seeds: runs with different seeds are then scored on the same sentences.
    private const ulong TestSplitSeed = 0;

    private TaggedDataset _train = null!, _test = null!;
    private TaggedDataset? _validation;
    private MostFrequentTags _baseline = null!;

    protected override string MeasureHeading => HasSpans ? "F1" : "acc.";

    protected override string TaskName => TaskNames.Tag;

    protected override (string Text, string Json) BaselineName => ("most frequent tag", "most-frequent-tag");

    protected override IReadOnlyList<string> Headings => TaggerReport.Headings(HasSpans);

    private bool HasSpans => TagSpan.AreMarkedBy(_train.Tags);

    protected override IReadOnlyList<string> Cells(TaggerEvaluation score) => TaggerReport.Cells(score);

    protected override string Knows(TrainingResult<TaggerModel, TaggerEvaluation> result)
    {
        string vectors = result.VectorsFound is { } found ? $", {Numbers.Count(found)} pretrained word vectors" : "";
        string characters = result.Model.Spec.CharacterSize > 0
            ? $", {Numbers.Count(result.Model.Characters.Count)} characters"
            : "";
        return $"{Numbers.Count(result.Model.Vocabulary.Count)} words{vectors}{characters}";
    }

    protected override int ValidationRows(TaggerEvaluation validation) => validation.Sentences;

    protected override string Next(string path) => $"predict {path} \"...\"";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        _train = TaggedData.Read(settings.Data!, settings, call);
        _validation = settings.ValidationFile is { } file ? TaggedData.Read(file, settings, call) : null;
        if (settings.TestFile is { } given)
        {
            _test = TaggedData.Read(given, settings, call);
        }
        else
        {
            (_train, _test) = TaggedSplit.Random(_train, TestShare, TestSplitSeed);
            if (_test.Count == 0)
            {
                throw new InvalidDataException(
                    $"{_train.Name}: {Numbers.Of(_train.Count, "sentence")} are too few to set some aside for the test. "
                    + "Give more, or a file of their own with --test.");
            }

            if (!call.Quiet)
            {
                call.Terminal.WriteNote(
                    $"{Numbers.Of(_test.Count, "sentence")} set aside for the test (--test gives a file of its own)");
            }
        }

        if (settings.VectorsFile is { } vectors)
        {
            settings = settings with { Training = settings.Training with { Vectors = VectorData.Read(vectors, settings, call) } };
        }

        if (!call.Quiet && TagSpan.SchemeNote(_train) is { } note) call.Terminal.WriteNote(note);
        OptionsOf(settings).Validate();
        return _train.Count;
    }

    protected override TrainingResult<TaggerModel, TaggerEvaluation> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        TaggerTrainer.Train(_train, OptionsOf(settings), _validation, progress, cancellation);

    protected override TrainSettings Prepare(Invocation call, TrainSettings settings)
    {
        int tested = _test.Count;
        if (Time.TestCharacters is { } most)
        {
            _test = _test.Subset(DatasetSample.Rows(tested, row => _test.Sentences[row].Words.Sum(word => 1L + word.Length), most));
        }

        TellLeftOut(call, "test", _test.Count, tested, "sentences will be scored, for want of time");
        var copies = new SentenceList();
        foreach (TaggedSentence sentence in _test.Sentences) copies.Add(sentence.Words, sentence.Tags, sentence.Line);
        _test = new TaggedDataset(_test.Name, copies);
        _baseline = new MostFrequentTags(_train);
        return WithTime(settings, Time.ForTraining(_test.Count, 0), releases: true);
    }

    protected override TaggerEvaluation Test(
        Invocation call, TrainingResult<TaggerModel, TaggerEvaluation> result, TrainSettings settings)
    {
        int rows = Time.TestRows(result.Validation.Sentences, _test.Count, hasBaseline: false);
        TellLeftOut(call, "test", rows, _test.Count, "sentences scored, for want of time");
        if (rows < _test.Count) _test = _test.Subset(DatasetSample.Rows(_test.Count, _ => 0, rows));
        return new TagPredictor(result.Model, settings.Training.Threads).Evaluate(_test, Interrupted, Phases);
    }

    protected override TaggerEvaluation Baseline(
        Invocation call, TrainSettings settings, TrainingResult<TaggerModel, TaggerEvaluation> result, TaggerEvaluation? test,
        CancellationToken cancellation) => _baseline.Evaluate(_test);

    protected override void WriteScore(Utf8JsonWriter writer, TaggerEvaluation score) => TaggerReport.WriteScore(writer, score);

    protected override void WriteDetails(UserTerminal terminal, TaggerEvaluation test)
    {
        terminal.Out.WriteLine();
        terminal.WriteTable(TaggerReport.Details(test));
    }

    protected override void WriteReview(
        Utf8JsonWriter writer, TaggerModel model, TaggerEvaluation? test, TrainSettings settings)
    {
        if (test is not null) TaggerReport.WriteReview(writer, model, test, _test, settings.Training.Threads);
    }

    internal static TaggerTrainingOptions OptionsOf(TrainSettings settings) =>
        TaggerTrainingOptions.From(settings.Training) with
        {
            Lowercase = settings.Training.Lowercase,
            Characters = settings.Characters,
            RandomField = settings.RandomField,
        };
}
