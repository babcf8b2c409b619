using System.Globalization;

namespace Recurant.Data;

/// <summary>Generated problems that ask how far back a network can learn.</summary>
public enum ProblemKind
{
    /// <summary>Two marked numbers of a long row are to be added.</summary>
    Adding,

    /// <summary>Ten symbols are to be said again after a long time.</summary>
    Copying,
}

/// <summary>
/// A generated problem of a length. Its sequences are made from random numbers that depend on their seed and number alone, so
/// that they never end, need no file, and are the same on every machine.
/// <code>
/// adding:T    x_t = (u_t, m_t), u_t uniform in [0, 1), t = 1 .. T; m is 1 at one step of the first half and at one of the
///             second, else 0. Asked after the last step: sum_t m_t u_t. Whoever always says 1 has a mean squared error of 1/6.
/// copying:T   T + 20 symbols: ten of a_0 .. a_7, T - 1 blanks, a mark, ten blanks, each one-hot in ten columns. Asked at each
///             step: a blank until the mark has come, then the ten symbols in their order. Whoever remembers nothing has a
///             cross-entropy of 10 ln 8 / (T + 20) a step.
/// </code>
/// Sources: Hochreiter and Schmidhuber 1997, "Long short-term memory", in the form of Le, Jaitly and Hinton 2015 and of Arjovsky,
/// Shah and Bengio 2016, "Unitary evolution recurrent neural networks".
/// </summary>
/// <param name="Kind">The problem.</param>
/// <param name="Length">T: the steps of adding, or the steps between the symbols and their answer.</param>
public sealed record SequenceProblem(ProblemKind Kind, int Length)
{
    /// <summary>The symbols of copying that are to be remembered.</summary>
    internal const int Remembered = 10;

    private const int Symbols = 8, Blank = 8, Mark = 9, LongestLength = 1_000_000;

    private static readonly (string Name, ProblemKind Kind)[] s_names =
        [("adding", ProblemKind.Adding), ("copying", ProblemKind.Copying)];

    /// <summary>The width of x_t.</summary>
    public int Inputs => Kind == ProblemKind.Adding ? 2 : Symbols + 2;

    /// <summary>The width of the answer: a number, or the eight symbols and the blank.</summary>
    public int Outputs => Kind == ProblemKind.Adding ? 1 : Symbols + 1;

    /// <summary>The steps of a sequence.</summary>
    public int Steps => Kind == ProblemKind.Adding ? Length : Length + 2 * Remembered;

    /// <summary>The loss of whoever remembers nothing: a squared error, or nats a step.</summary>
    public double Baseline => Kind == ProblemKind.Adding ? 1.0 / 6 : Remembered * Math.Log(Symbols) / Steps;

    /// <summary>Reads a name such as "adding:600".</summary>
    /// <param name="name">The name.</param>
    /// <returns>The problem; null if the name does not begin as one.</returns>
    /// <exception cref="FormatException">It begins as one and has no length that fits.</exception>
    public static SequenceProblem? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach ((string word, ProblemKind kind) in s_names)
        {
            if (!name.StartsWith(word + ":", StringComparison.Ordinal)) continue;
            bool isNumber = int.TryParse(
                name.AsSpan(word.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length);
            if (isNumber && length is >= 2 and <= LongestLength) return new SequenceProblem(kind, length);
            throw new FormatException(
                $"{name}: behind \"{word}:\" there must be a length from 2 to {LongestLength}, as in \"{word}:200\".");
        }

        return null;
    }

    /// <summary>The name: "adding:600".</summary>
    public override string ToString() =>
        $"{s_names[(int)Kind].Name}:{Length.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Makes one sequence of a batch.</summary>
    /// <param name="stream">The random numbers of the sequence.</param>
    /// <param name="inputs">X [steps * batch, Inputs], the batch's rows of each step behind one another; cleared before.</param>
    /// <param name="column">The place of the sequence in the batch.</param>
    /// <param name="batch">B.</param>
    /// <param name="classes">Of copying the right answer [steps * batch] of every row.</param>
    /// <returns>Of adding the right answer.</returns>
    internal float Fill(Philox stream, Matrix inputs, int column, int batch, Span<int> classes)
    {
        if (Kind == ProblemKind.Adding)
        {
            for (int t = 0; t < Length; t++) inputs.Row(t * batch + column)[0] = stream.Uniform((uint)t);
            int half = Length / 2, first = stream.Below((uint)Length, half);
            int second = half + stream.Below((uint)Length + 1, Length - half);
            Span<float> one = inputs.Row(first * batch + column), other = inputs.Row(second * batch + column);
            one[1] = other[1] = 1f;
            return one[0] + other[0];
        }

        for (int t = 0; t < Steps; t++)
        {
            int symbol = t < Remembered ? stream.Below((uint)t, Symbols) : t == Remembered + Length - 1 ? Mark : Blank;
            int asked = Steps - Remembered;
            inputs.Row(t * batch + column)[symbol] = 1f;
            classes[t * batch + column] = t < asked ? Blank : stream.Below((uint)(t - asked), Symbols);
        }

        return 0;
    }
}
