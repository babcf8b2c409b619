using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>Learning to say what images show.</summary>
internal sealed class CaptionerTask(CaptionerData data, Workers workers)
    : DecoderTask(data.Model, data.Model.Network, data.Plan, [.. data.Targets.Select(target => target.Length)], workers)
{
    private readonly ImageStrips _strips = new(data.Divided.Train, data.Model.Spec.Layout);
    private readonly CaptionerScorer _scorer = new(data.Model, workers);
    private readonly int[] _chosen = new int[data.Plan.Batch];

    public override List<(string Name, string Value)> Identity() =>
    [
        .. data.Divided.Identity("images", data.Plan.Options),
        RunIdentity.Of("BandHeight", data.Model.Spec.BandHeight),
        RunIdentity.Of("StripWidth", data.Model.Spec.StripWidth),
        .. PlanText.Of(data.Plan, PlanContext.Default.TranslatorPlan),
        ("target pieces", RunIdentity.Of(data.Model.Target)),
        ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    /// <summary>The longest sentences: all images have as many strips.</summary>
    public override void WarmUp() =>
        Learn(Largest.Of(data.Targets.Length, data.Plan.Batch, i => data.Targets[i].Length), 0);

    public override Score Validate(PhaseWork work) =>
        _scorer.Evaluate(data.Divided.Validation, ValidationBeam, work.Cancellation);

    public override long ValidationGiven => data.Divided.ValidationRows;

    public override Score ReadScore(JsonElement members) => CaptionerEvaluation.Read(members);

    protected override void Fill(TranslationBatch batch, ReadOnlySpan<int> chosen)
    {
        chosen.CopyTo(Workspace.Reuse(_chosen));
        batch.Fill(Workers, _strips, data.Model.Spec.StripSize, data.Targets, _chosen, chosen.Length, data.Model.Network.Mark);
    }
}
