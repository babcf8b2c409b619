namespace Recurant.Training;

/// <summary>All that a step of a run needs to be done again elsewhere: model, batch and random key; data only.</summary>
internal sealed record StepCapture
{
    /// <summary>The model with the weights that the step began with.</summary>
    public required TrainedModel Model { get; init; }

    /// <summary>The step's number in the run, the key of its random numbers.</summary>
    public required ulong Step { get; init; }

    /// <summary>The rates and the key of dropout.</summary>
    public required DropoutPlan Dropout { get; init; }

    public float LabelSmoothing { get; init; }

    /// <summary>The numbers that the network read, a row a text, before dropout; empty for generated problems.</summary>
    public IReadOnlyList<int[]> Read { get; init; } = [];

    /// <summary>The right answers: one a text, one a token, or the target's words.</summary>
    public IReadOnlyList<int[]> Answers { get; init; } = [];

    /// <summary>
    /// Where words are read with their characters: the words that <see cref="Read"/> speaks of, and how often training saw each.
    /// </summary>
    public IReadOnlyList<(string Word, int Seen)>? Forms { get; init; }

    /// <summary>The numbers of the texts among those to learn from, counted from 0; empty where there are no texts.</summary>
    public IReadOnlyList<int> Texts { get; init; } = [];

    /// <summary>Of a language model: the words drawn for each step (sampled softmax); 0 for all.</summary>
    public int Samples { get; init; }

    /// <summary>Of a language model: the states that the window began with; null if it began from zero.</summary>
    public IReadOnlyList<(string Name, int[] Shape, float[] Values)>? States { get; init; }

    /// <summary>Whether recurrent layers were computed a second time in the backward pass.</summary>
    public bool Recompute { get; init; }

    /// <summary>Of a generated problem: the key of its sequences, and how many there are in a step.</summary>
    public ulong Seed { get; init; }

    public int Batch { get; init; }

    /// <summary>The forms that texts speak of, numbered anew in their old order, and the texts with the new numbers.</summary>
    public static (List<(string Word, int Seen)> Forms, List<int[]> Texts) Renumber(IReadOnlyList<int[]> texts, WordForms forms)
    {
        int[] used = [.. texts.SelectMany(text => text).Distinct().Order()];
        var numbers = new Dictionary<int, int>();
        for (int i = 0; i < used.Length; i++) numbers[used[i]] = i;
        string[] words = forms.Spellings();
        return (
            [.. used.Select(form => (words[form], forms.TimesSeen(form)))],
            [.. texts.Select(text => text.Select(form => numbers[form]).ToArray())]);
    }
}

/// <summary>Why a run ends that met a number which is not finite.</summary>
/// <param name="What">What is not finite: "loss", "norm of the gradient" or "validation loss".</param>
/// <param name="Value">Its value.</param>
/// <param name="Epoch">The epoch, from 1.</param>
/// <param name="Index">The step's number in the epoch, from 0; below 0 for the validation after the last step.</param>
/// <param name="Step">The steps done before.</param>
internal readonly record struct NonFiniteEvent(string What, double Value, int Epoch, int Index, long Step);
