using System.Globalization;
using System.Runtime.CompilerServices;

namespace Recurant.Tasks;

/// <summary>
/// Says why a model gave its answer: what each word did, what pairs of words did together, where a decoder looked, how surprised
/// a language model was. A model is only read: while it is explained, others may predict with it, but it must not be trained.
/// </summary>
public static partial class Explainer
{
    /// <summary>
    /// The longest text that is explained to a classifier's or a translator's user, in tokens: each is left out once, so the
    /// cost grows with the square of the length.
    /// </summary>
    public const int MostTokens = 5000;

    /// <summary>The most mistakes that are told of a data set.</summary>
    private const int MostMistakes = 20;

    /// <summary>Tokens at which hidden units are looked at; more do not change a correlation.</summary>
    private const int MostUnitTokens = 20_000;

    /// <summary>Refuses a text that is longer than can be explained.</summary>
    internal static void RequireLength(int count, int most, string what)
    {
        if (count > most)
        {
            throw new InvalidDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"The text has {count:N0} {what}; at most {most:N0} can be explained at once. Give a part of it."));
        }
    }

    private static void RequireBeam(int beam)
    {
        if (beam is < 1 or > 100) throw new ArgumentException($"The beam is {beam}; it must be 1 to 100.", nameof(beam));
    }

    /// <summary>Checks what every overload is given, and explains.</summary>
    private static TResult Run<TModel, TData, TResult>(
        TModel model, TData data, ExplainOptions? options, Func<ExplainOptions, TResult> explain,
        [CallerArgumentExpression(nameof(data))] string dataName = "")
        where TModel : TrainedModel
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data, dataName);
        options ??= new ExplainOptions();
        options.Validate();
        return explain(options);
    }
}
