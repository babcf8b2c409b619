using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// Learning to write down speech. The clips stand in random order, another one in each pass over them; bands and stretches of
/// time are hidden from each.
/// </summary>
internal sealed class SpeechTask : TrainingTask
{
    /// <summary>
    /// A mask of frequency hides at most this share of the bands: half of what the paper hides, whose recordings are many hundred
    /// hours long.
    /// </summary>
    private const double WidestShare = 0.17;

    /// <summary>A mask of time hides at most so many frames: less than a short word, which could not be guessed.</summary>
    private const int LongestMask = 8;

    private readonly SpeechModel _model;
    private readonly SpeechPlan _plan;
    private readonly SpeechFrames _train, _validation;
    private readonly SpeechScorer _scorer;
    private readonly SpectrumMasks? _masks;
    private readonly int _bands;
    private readonly Pass _pass;
    private readonly SeriesDropout _dropout;
    private readonly SequenceBatch _x = new();
    private readonly int[] _lengths, _order;
    private readonly int[][] _texts;
    private readonly float[] _one;
    private float[] _values = [];
    private long _ordered = -1;

    /// <param name="model">The model.</param>
    /// <param name="plan">How it learns.</param>
    /// <param name="train">The clips to learn from.</param>
    /// <param name="validation">The clips that validate.</param>
    /// <param name="workers">The threads.</param>
    public SpeechTask(SpeechModel model, SpeechPlan plan, SpeechFrames train, SpeechFrames validation, Workers workers)
        : this(model, plan, train, validation, workers, new Pass(plan.Seed, workers.Count))
    {
    }

    private SpeechTask(
        SpeechModel model, SpeechPlan plan, SpeechFrames train, SpeechFrames validation, Workers workers, Pass pass)
        : base(model.Parameters, new PassMemory([(model.Network, pass)]), new GeneratedFeed(plan.EpochSteps))
    {
        (_model, _plan, _train, _validation, _pass) = (model, plan, train, validation, pass);
        _scorer = new SpeechScorer(model, workers);
        SoundFeatureSpec sound = model.Spec.Sound;
        _bands = model.Features.StaticWidth;
        // Neighbouring cepstra are no neighbouring frequencies.
        bool hasBands = sound.Kind == SoundFeatureKind.LogMel;
        if (plan.Masks)
        {
            _masks = new SpectrumMasks
            {
                FrequencyMasks = hasBands ? 2 : 0, WidestMask = (int)Math.Round(WidestShare * _bands), TimeMasks = 2,
                LongestMask = LongestMask,
            };
        }

        DropoutPlan rates = plan.Dropout;
        _dropout = new SeriesDropout(new Dropout(rates.Input), new Dropout(rates.Layers), new Dropout(rates.Output));
        (_lengths, _texts) = (new int[plan.Batch], new int[plan.Batch][]);
        _order = new int[train.Clips.Count];
        _one = new float[train.Features.Max(features => features.Length)];
    }

    public override List<(string Name, string Value)> Identity() =>
    [
        RunIdentity.Version, ("clips", _plan.Options.Checkpoint is null ? "" : RunIdentity.Of(_train.Clips)),
        ("validation clips", _plan.Options.Checkpoint is null ? "" : RunIdentity.Of(_validation.Clips)),
        RunIdentity.Of("Seed", _plan.Seed), .. PlanText.Of(_plan, PlanContext.Default.SpeechPlan),
        ("symbols", string.Join('\n', _model.Symbols)), ("weights at the start", RunIdentity.Of(Parameters)),
    ];

    public override void WarmUp()
    {
        int longest = Enumerable.Range(0, _order.Length).MaxBy(_train.StepsOf);
        int rows = 0;
        for (int b = 0; b < _plan.Batch; b++) rows += Add(longest, b, rows, step: 0);
        Learn(rows);
    }

    public override StepLoss Step(int index, ulong step)
    {
        _pass.Step = step;
        int rows = 0;
        for (int b = 0; b < _plan.Batch; b++) rows += Add(ClipOf(step, b), b, rows, step);
        return Learn(rows);
    }

    public override Score Validate(PhaseWork work) => _scorer.Score(_validation, beam: 1, work.Cancellation);

    public override Score ReadScore(JsonElement members) => TranscriptScore.Read(members);

    private StepLoss Learn(int rows)
    {
        int width = _model.Features.Width * _model.Spec.Join;
        _x.Set(_lengths, _values.AsSpan(0, rows * width), width);
        _pass.Begin();
        SequenceBatch logits = _model.Network.Forward(_pass, _x, _dropout);
        double loss = _pass.ConnectionistTemporalClassification(logits, _texts, SpeechTexts.Blank);
        _pass.Backward();
        return new StepLoss(loss * _plan.Batch, _plan.Batch, -1, rows);
    }

    /// <summary>The clip at a place of a step: a function of the step alone, so that a run can be continued anywhere.</summary>
    private int ClipOf(ulong step, int b)
    {
        long place = (long)step * _plan.Batch + b, pass = place / _order.Length;
        if (pass != _ordered)
        {
            for (int i = 0; i < _order.Length; i++) _order[i] = i;
            new Philox(_plan.Seed, RandomPurpose.Shuffling, (ulong)pass).Shuffle(_order);
            _ordered = pass;
        }

        return _order[place % _order.Length];
    }

    /// <summary>Writes the steps of a clip, a part of them hidden; returns how many they are.</summary>
    private int Add(int clip, int b, int rows, ulong step)
    {
        int width = _model.Features.Width * _model.Spec.Join, steps = _train.StepsOf(clip);
        (_lengths[b], _texts[b]) = (steps, _train.Classes[clip]!);
        _values = Workspace.Grown(_values, (long)(rows + steps) * width);
        float[] features = _train.Features[clip];
        Span<float> own = _one.AsSpan(0, features.Length);
        features.CopyTo(own);
        _masks?.Apply(
            new Philox(_plan.Seed, RandomPurpose.Augmentation, step, (uint)b), own, _model.Features.Width, _bands);
        _train.Write(own, _values.AsSpan(rows * width, steps * width));
        return steps;
    }
}
