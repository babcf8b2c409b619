namespace Recurant.Extensions;

/// <summary>What can be served: a task and the class that answers for its models.</summary>
/// <param name="Task">One of <see cref="TaskNames"/>.</param>
/// <param name="Front">The class.</param>
/// <param name="Make">Makes one of a model and a number of threads.</param>
/// <param name="Ask">Asks it the smallest question there is, for the health check.</param>
internal sealed record ServedKind(
    string Task, Type Front, Func<TrainedModel, int, object> Make, Action<TrainedModel, object> Ask)
{
    public static IReadOnlyList<ServedKind> All { get; } =
    [
        Of<ClassifierModel, TextClassifier>(
            TaskNames.Classify, (model, threads) => new TextClassifier(model, threads), (_, front) => front.Predict("")),
        Of<TaggerModel, TagPredictor>(
            TaskNames.Tag, (model, threads) => new TagPredictor(model, threads), (_, front) => front.Predict("a")),
        Of<LanguageModel, TextGenerator>(
            TaskNames.LanguageModel, (model, threads) => new TextGenerator(model, threads),
            (_, front) => { foreach (string token in front.Continue("", 1)) ArgumentNullException.ThrowIfNull(token); }),
        Of<TranslatorModel, Translator>(
            TaskNames.Translate, (model, threads) => new Translator(model, threads), (_, front) => front.Translate("a")),
        Of<CaptionerModel, Captioner>(
            TaskNames.Caption, (model, threads) => new Captioner(model, threads),
            (model, front) => front.Describe(BlackImage(model.Spec))),
    ];

    private static ServedKind Of<TModel, TFront>(
        string task, Func<TModel, int, TFront> make, Action<TModel, TFront> ask)
        where TModel : TrainedModel where TFront : class =>
        new(task, typeof(TFront), (model, threads) => make((TModel)model, threads),
            (model, front) => ask((TModel)model, (TFront)front));

    private static CaptionDataset BlackImage(CaptionerSpec spec) => new(
        "the health check's image", [new CaptionedImage(new byte[spec.Width * spec.Height * spec.Channels], "")], spec.Width,
        spec.Height, spec.Channels);
}
