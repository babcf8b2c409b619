namespace Recurant.Cli;

/// <summary>The answers of a classifier: a label and its probability a line.</summary>
internal sealed class ClassifierAnswers(Predictor predictor, TextWriter to, bool json) : AnswerWriter
{
    public override void Write(IReadOnlyList<string> texts)
    {
        foreach (Prediction answer in predictor.Predict(texts)) to.WriteLine(json ? Json(answer) : Line(answer));
        to.Flush();
    }

    private static string Line(Prediction answer) => $"{TextLayout.OneLine(answer.Label)}\t{Numbers.Four(answer.Probability)}";

    private static string Json(Prediction answer) => JsonText.Object(writer =>
    {
        writer.Write(("label", answer.Label), ("probability", answer.Probability));
        writer.WriteObject("probabilities", members =>
        {
            foreach ((string label, float probability) in answer.Probabilities) members.WriteNumber(label, probability);
        });
    });
}
