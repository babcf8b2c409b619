namespace Recurant.Insight;

/// <summary>The words of a step's batch.</summary>
internal static class StepWords
{
    /// <summary>The place with what is known of it from the batch: the text's number and the token.</summary>
    public static NumberPlace Describe(NumberPlace place, StepCapture? capture)
    {
        if (capture is null) return place;
        if (place.What == "weights" && place.Layer == "embedding.weight" && place.Unit is { } row)
        {
            return place with { Token = At(capture.Model, row) };
        }

        if (place.Sample is not { } sample) return place;
        IReadOnlyList<string> tokens = Of(capture, sample);
        return place with
        {
            Text = sample < capture.Texts.Count ? capture.Texts[sample] : null,
            Token = place.Time is { } time && time < tokens.Count ? tokens[time] : null,
        };
    }

    /// <summary>The words of a text of the batch; empty where the batch has no words, or two texts each.</summary>
    public static IReadOnlyList<string> Of(StepCapture capture, int? sample)
    {
        if (sample is not { } text || text >= capture.Read.Count || capture.Model.Words is null) return [];
        int[] read = capture.Read[text];
        return capture.Forms is { } forms
            ? [.. read.Select(form => forms[form].Word)]
            : [.. read.Select(token => At(capture.Model, token) ?? "")];
    }

    /// <summary>The forms with the words that the batch's numbers speak of, where words are read with their characters.</summary>
    public static WordForms? Encode(WordForms? forms, StepCapture capture)
    {
        if (capture.Forms is { } words) forms?.Encode([.. words.Select(form => form.Word)]);
        return forms;
    }

    private static string? At(TrainedModel model, int number) =>
        model.Words is { } words && number < words.Count ? words[number] : null;
}
