using Recurant.Models;

namespace Recurant.Insight;

/// <summary>
/// Says why a model gave its answer: what each word did, what pairs of words did together, where a decoder looked, how surprised
/// a language model was. A model must not be trained while it is explained, and is explained by one thread at a time: the way
/// back through its layers leaves gradients, which are cleared afterwards.
/// </summary>
public static class Explainer
{
    /// <summary>Explains the label of a text.</summary>
    /// <param name="model">The classifier, of any kind.</param>
    /// <param name="text">The text.</param>
    /// <param name="options">How thoroughly; null for the defaults.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="ArgumentException">An option is outside its range, or the model does not know the label.</exception>
    /// <exception cref="InvalidDataException">The model's answers are not finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TextExplanation Explain(
        ClassifierModel model, string text, ExplainOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        options ??= new ExplainOptions();
        options.Validate();
        return new TextExplainer(model, options).Explain(text, cancellation);
    }
}
