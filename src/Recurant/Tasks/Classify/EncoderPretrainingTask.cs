using System.Text.Json;

namespace Recurant.Tasks;

/// <summary>
/// Learning to predict the next word, and for an encoder that reads in both directions also the word before: two language models
/// with layers of their own, whose word vectors and output are the same.
/// </summary>
/// <param name="forward">Reads the text as it stands.</param>
/// <param name="reverse">Reads it from its end, in as many steps; null for an encoder in one direction.</param>
internal sealed class EncoderPretrainingTask(LanguageModelTask forward, LanguageModelTask? reverse) : TrainingTask(
    [.. forward.Parameters.Concat(reverse?.Parameters ?? []).Distinct()], new BothMemories(forward.Memory, reverse?.Memory),
    new BothFeeds(forward.Feed, reverse?.Feed))
{
    public override IEnumerable<(string Name, int[] Shape, Memory<float> Values)> CarriedState =>
        forward.CarriedState.Concat(
            reverse?.CarriedState.Select(state => (state.Name + "_reverse", state.Shape, state.Values)) ?? []);

    public override List<(string Name, string Value)> Identity() => forward.Identity();

    public override void WarmUp()
    {
        forward.WarmUp();
        reverse?.WarmUp();
    }

    /// <summary>The gradients of both directions add up; each is that of its mean loss.</summary>
    public override StepLoss Step(int index, ulong step)
    {
        StepLoss first = forward.Step(index, step);
        if (reverse is null || !double.IsFinite(first.Loss)) return first;
        StepLoss second = reverse.Step(index, step);
        return new StepLoss(first.Loss + second.Loss, first.Units + second.Units, -1, first.Tokens + second.Tokens);
    }

    public override Score Validate(PhaseWork work)
    {
        var first = (LanguageScore)forward.Validate(work);
        if (reverse is null) return first;
        var second = (LanguageScore)reverse.Validate(work);
        return first with { Loss = (first.Loss + second.Loss) / 2, Tokens = first.Tokens + second.Tokens };
    }

    public override Score ReadScore(JsonElement members) => LanguageScore.Read(members);

    private sealed class BothMemories(NetworkMemory first, NetworkMemory? second) : NetworkMemory
    {
        public override IEnumerable<LayerValues> Values(bool afterBackward) =>
            first.Values(afterBackward).Concat(second?.Values(afterBackward) ?? []);
    }

    private sealed class BothFeeds(Feed first, Feed? second) : Feed
    {
        public override int StepsInEpoch => first.StepsInEpoch;

        public override void BeginEpoch(int epoch)
        {
            first.BeginEpoch(epoch);
            second?.BeginEpoch(epoch);
        }
    }
}
