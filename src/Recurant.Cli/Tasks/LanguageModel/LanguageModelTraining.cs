using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for running text.</summary>
internal sealed class LanguageModelTraining(LanguageModelTask task) : TaskTraining<LanguageModel, PlainText, LanguageScore>(task)
{
    private const int MostReviewed = 100_000, LeastReviewed = 1000, LeastTested = 10_000;

    private int _reviewed = MostReviewed;

    protected override string MeasureHeading => "score";

    protected override string Knows(TrainingResult<LanguageModel, LanguageScore> result) =>
        $"{Numbers.Count(result.Model.Vocabulary.Count)} different "
        + result.Model.Spec.Unit switch { TokenUnit.Word => "words", TokenUnit.Character => "characters", _ => "subwords" };

    protected override string Next(string path) => $"generate {path} --prompt \"...\"";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        TrainSettings given = settings;
        ReadParts(call, settings, SdkParts.Documentation(settings.Data!, call), file => task.Read(file, given, call));
        return Train.Count;
    }

    protected override TrainingResult<LanguageModel, LanguageScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        LanguageModelTrainer.Train(Train, settings.LanguageOptions, Validation, progress, cancellation);

    /// <summary>Only a review of the validation data needs them after training.</summary>
    protected override TrainSettings Prepare(Invocation call, TrainSettings settings) => WithTime(
        settings, Tested?.Count
            ?? 0, 0, releases: Tested is not null || (settings.RecordFile is null && settings.ReportFile is null));

    protected override LanguageScore? Test(
        Invocation call, TrainingResult<LanguageModel, LanguageScore> result, TrainSettings settings)
    {
        // A review takes about as long as a validation of as many tokens.
        if (Time.IsLimited) _reviewed = (int)Math.Clamp(result.Validation.Tokens, LeastReviewed, MostReviewed);
        if (Tested is null) return null;
        long all = Characters(Tested), most = Math.Min(Time.TestCharacters ?? long.MaxValue,
            Time.Tested(result.Validation.Characters, all, share: 0.9, LeastTested));
        if (most < all) Tested = Beginning(Tested, most);
        TellLeftOut(call, "test", Characters(Tested), all, "characters scored, for want of time");
        return task.Score(result.Model, Tested, call, settings.Training.Threads, Interrupted, Phases);
    }

    private static long Characters(PlainText text) => text.Lines.Sum(line => line.Length + 1L);

    /// <summary>The first lines, of about so many characters, as validation takes them.</summary>
    internal static PlainText Beginning(PlainText text, long characters)
    {
        var lines = new TextList();
        for (int i = 0; i < text.Count && characters > 0; i++)
        {
            string line = text.Lines[i];
            lines.Add(line);
            characters -= line.Length + 1;
        }

        return new PlainText(text.Name, lines);
    }

    /// <summary>Writes what a report shows of the model on a text.</summary>
    protected override void WriteReview(Utf8JsonWriter writer, LanguageModel model, LanguageScore? test, TrainSettings settings)
    {
        if (test is null) writer.WriteString("reviewed", "validation");
        PlainText text = Tested ?? Validation
            ?? LanguageModelTrainer.SetEndAside(Train, settings.LanguageOptions.ValidationFraction).Validation;
        LanguageReview review = LanguageReview.Of(model, text, mostTokens: _reviewed, threads: settings.Training.Threads);
        ReviewRecord.WriteCalibration(writer, review.Calibration);
        writer.WriteObject("token_costs", members =>
        {
            members.Write(("tokens", review.Tokens), ("loss", review.Loss), ("accuracy", review.Accuracy));
            members.WriteObjects("costliest", review.Costliest, token => members.Write(
                ("token", token.Token), ("times", token.Times), ("loss", token.Loss), ("share", token.Share)));
            members.WriteObjects("by_frequency", review.ByFrequency, band => members.Write(
                ("from", band.From), ("to", band.To), ("kinds", band.Kinds), ("times", band.Times), ("loss", band.Loss),
                ("share", band.Share)));
        });
    }
}
