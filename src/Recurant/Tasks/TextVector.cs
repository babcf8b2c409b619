namespace Recurant.Tasks;

/// <summary>A text as a vector of numbers.</summary>
/// <param name="Values">The states of the recurrent layers after the text; all finite.</param>
/// <param name="Tokens">The number of tokens that were read for it.</param>
public readonly record struct TextVector(ReadOnlyMemory<float> Values, int Tokens)
{
    /// <summary>The vector, if all its numbers are finite.</summary>
    internal static TextVector Of(float[] values, int tokens)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value)) throw Answers.NotFinite();
        }

        return new TextVector(values, tokens);
    }
}
