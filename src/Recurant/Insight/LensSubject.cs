using System.Text;

namespace Recurant.Insight;

/// <summary>
/// A network with a batch, as the lens sees it: whatever the task, recurrent layers between an input and a loss.
/// </summary>
/// <param name="Network">The network in one line.</param>
/// <param name="Sequences">The number of texts, sentences, pairs or windows.</param>
/// <param name="Parameters">All tensors.</param>
/// <param name="Remedy">What may be changed where the gradient does not reach far enough.</param>
/// <param name="Parts">The recurrent layers.</param>
/// <param name="Pass">Forward, loss and back; returns the mean loss. The gradients are those of the mean.</param>
internal sealed record LensSubject(
    string Network, int Sequences, IReadOnlyList<Parameter> Parameters, LensRemedy Remedy, IReadOnlyList<LensPart> Parts,
    Func<double> Pass)
{
    /// <summary>The first sequences of a data set, as many as the options say.</summary>
    /// <exception cref="ArgumentException">There are none; <paramref name="parameter"/> names the argument.</exception>
    public static T[] First<T>(IReadOnlyList<T> all, LensOptions options, string what, string parameter)
    {
        RequireSome(all.Count, what, parameter);
        return [.. all.Take(options.Sequences)];
    }

    public static void RequireSome(int count, string what, string parameter)
    {
        if (count < 1) throw new ArgumentException($"There are no {what} to look at.", parameter);
    }

    /// <summary>That a model knows all labels or tags.</summary>
    public static void RequireKnown(IEnumerable<string> names, IReadOnlyList<string> known, string file, string kind)
    {
        if (names.FirstOrDefault(name => !known.Contains(name)) is not { } unknown) return;
        throw new InvalidDataException($"{file}: the {kind} \"{MessageText.Bounded(unknown)}\" is not one of the model's: "
            + $"{string.Join(", ", known.Take(12))}{(known.Count > 12 ? ", ..." : "")}.");
    }
}
