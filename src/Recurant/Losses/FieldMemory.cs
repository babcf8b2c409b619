namespace Recurant.Losses;

/// <summary>What a <see cref="ConditionalRandomField"/> keeps of a batch.</summary>
internal sealed class FieldMemory
{
    /// <summary>[rows, P]: alpha of each row.</summary>
    public FloatBuffer Alpha { get; } = new();

    /// <summary>[rows, P]: z + beta - c of each row, which the row before reads.</summary>
    public FloatBuffer Next { get; } = new();

    /// <summary>[rows]: c of each row.</summary>
    public FloatBuffer Scales { get; } = new();

    /// <summary>[K, P] each: A and its transpose, rows padded to whole vectors.</summary>
    public FloatBuffer Forward { get; } = new();

    public FloatBuffer Backward { get; } = new();

    /// <summary>[threads, P] and [K, P]: scratch.</summary>
    public FloatBuffer Scratch { get; } = new();

    public FloatBuffer Pairs { get; } = new();

    /// <summary>[B]: the loss of each sequence, and how many of its words are tagged right.</summary>
    public double[] Losses { get; set; } = [];

    public int[] Correct { get; set; } = [];
}
