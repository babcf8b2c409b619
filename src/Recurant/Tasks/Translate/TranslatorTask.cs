using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>Learning to translate.</summary>
internal sealed class TranslatorTask(TranslatorData data, Workers workers)
    : DecoderTask(data.Model, data.Model.Network, data.Plan, LengthsOf(data), workers)
{
    private readonly TranslatorScorer _scorer = new(data.Model, workers);

    private static int[] LengthsOf(TranslatorData data) =>
        [.. Enumerable.Range(0, data.Targets.Count).Select(
            i => (data.Targets.LengthOf(i) << 12) + Math.Min(data.Sources.LengthOf(i), 4095))];

    public override List<(string Name, string Value)> Identity() =>
    [
        .. data.Divided.Identity("pairs", data.Plan.Options),
        ("pairs that are too long", $"{data.PairsLeftOut}"),
        .. PlanText.Of(data.Plan, PlanContext.Default.TranslatorPlan),
        ("source pieces", RunIdentity.Of(data.Model.Source)),
        ("target pieces", RunIdentity.Of(data.Model.Target)),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    /// <summary>The longest targets, and the longest sources: no later step has more rows of either.</summary>
    public override void WarmUp()
    {
        Learn(Largest.Of(data.Targets.Count, data.Plan.Batch, data.Targets.LengthOf), 0);
        Learn(Largest.Of(data.Sources.Count, data.Plan.Batch, data.Sources.LengthOf), 0);
    }

    /// <summary>Writing takes longer than reading.</summary>
    public override long ValidationTokens { get; } =
        TranslatorData.CharactersOfTranslation * data.Divided.Validation.Pairs.Sum(pair => pair.Target.Length / 4L);

    public override Score Validate(PhaseWork work) =>
        _scorer.Evaluate("validating", data.Divided.Validation, ValidationBeam, work);

    public override long ValidationGiven => data.Divided.ValidationRows;

    public override long TrainingLeftOut => data.PairsLeftOut;

    public override Score ReadScore(JsonElement members) => TranslatorEvaluation.Read(members);

    public override StepCapture Capture(int index, ulong step)
    {
        int[] chosen = [.. Feed[index]];
        return new StepCapture
        {
            Model = data.Model, Step = step, Dropout = data.Plan.Dropout with { Step = step },
            LabelSmoothing = data.Plan.LabelSmoothing, Read = [.. chosen.Select(pair => data.Sources[pair])], Texts = chosen,
            Answers = [.. chosen.Select(pair => data.Targets[pair])],
        };
    }

    protected override void Fill(TranslationBatch batch, ReadOnlySpan<int> chosen) =>
        batch.Fill(data.Sources, data.Targets, chosen, data.Model.Network.Mark);
}
