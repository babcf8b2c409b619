using System.Text.Json;

namespace Recurant.Cli;

/// <summary><c>train</c> for a generated problem, beside a network without memory.</summary>
internal sealed class ProblemTraining(ProblemTask task) : TaskTraining<SequenceModel, SequenceProblem, SequenceScore>(task)
{
    protected override string MeasureHeading => "score";

    protected override string BaselineName => "no memory";

    protected override string Knows(TrainingResult<SequenceModel, SequenceScore> result) =>
        $"sequences of {Numbers.Count(Train.Steps)} steps";

    protected override string Next(string path) => $"test {path} {Train}";

    protected override int ReadData(Invocation call, ref TrainSettings settings)
    {
        Train = task.Read(settings.Data!, settings, call);
        settings.ProblemOptions.Validate();
        call.Tell($"{Train}: sequences of {Numbers.Count(Train.Steps)} steps, new ones in every step; without memory the loss is "
            + Numbers.Four(Train.Baseline));
        return 0;
    }

    protected override TrainingResult<SequenceModel, SequenceScore> Learn(
        TrainSettings settings, IProgress<TrainingProgress>? progress, CancellationToken cancellation) =>
        ProblemTrainer.Train(Train, settings.ProblemOptions, progress, cancellation);

    protected override SequenceScore Test(
        Invocation call, TrainingResult<SequenceModel, SequenceScore> result, TrainSettings settings) =>
        task.Score(result.Model, Train, call, settings.Training.Threads, Interrupted, Phases);

    protected override SequenceScore? Baseline(
        Invocation call, TrainSettings settings, TrainingResult<SequenceModel, SequenceScore> result, SequenceScore? test,
        CancellationToken cancellation) => test is null ? null : test with
        {
            Loss = Train.Baseline, Recalled = test.Recalled is null ? null : 1.0 / (Train.Outputs - 1),
        };

    protected override void WriteReview(Utf8JsonWriter writer, SequenceModel model, SequenceScore? test, TrainSettings settings)
    {
        if (test is null) return;
        SequenceReview review = SequenceReview.Of(model, threads: settings.Training.Threads);
        writer.WriteObject("by_distance", members =>
        {
            members.Write(("problem", review.Problem), ("sequences", review.Sequences), ("without_memory", review.WithoutMemory));
            members.WriteObjects("bands", review.ByDistance, band => members.Write(
                ("from", band.From), ("to", band.To), ("count", band.Count), ("error", band.Error)));
        });
    }
}
