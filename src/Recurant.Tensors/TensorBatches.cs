using System.Numerics.Tensors;

namespace Recurant.Tensors;

/// <summary>
/// Batches from tensors of .NET's own library and back: [B, T, N], padded to the longest sequence, on their side; without padding
/// on ours.
/// </summary>
public static class TensorBatches
{
    /// <summary>Makes a batch of a tensor.</summary>
    /// <param name="tensor">
    /// [B, T, N]: sequences, steps, numbers of a step; or [B, N], one row for each sequence. What lies beyond a sequence's length
    /// is not read.
    /// </param>
    /// <param name="lengths">The number of steps of each sequence, 1 to T; empty where each has T.</param>
    /// <exception cref="ArgumentException">The tensor has another rank or no elements, or the lengths do not fit it.</exception>
    public static SequenceBatch ToBatch(this ReadOnlyTensorSpan<float> tensor, ReadOnlySpan<int> lengths = default)
    {
        if (tensor.Rank is not (2 or 3) || tensor.FlattenedLength == 0)
        {
            throw new ArgumentException(
                $"The tensor has {tensor.Rank} axes and {tensor.FlattenedLength} elements; [B, T, N] or [B, N] is expected.",
                nameof(tensor));
        }

        (int sequences, int steps, int size) = (Length(tensor.Lengths[0]), tensor.Rank == 2 ? 1 : Length(tensor.Lengths[1]),
            Length(tensor.Lengths[^1]));
        int[] counts = lengths.IsEmpty ? [.. Enumerable.Repeat(steps, sequences)] : lengths.ToArray();
        if (counts.Length != sequences || counts.Any(count => count < 1 || count > steps))
        {
            throw new ArgumentException(
                $"The tensor has {sequences} sequences of up to {steps} steps, but the lengths are "
                + $"[{string.Join(", ", counts)}].",
                nameof(lengths));
        }

        var values = new float[counts.Sum() * size];
        for (int i = 0, first = 0; i < sequences; i++)
        {
            for (int t = 0; t < counts[i]; t++, first += size)
            {
                for (int j = 0; j < size; j++) values[first + j] = tensor.Rank == 2 ? tensor[i, j] : tensor[i, t, j];
            }
        }

        return SequenceBatch.Of(counts, values, size);
    }

    /// <summary>Copies a batch into a tensor.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="destination">[B, T, N], or [B, N] for one row for each sequence; T at least the longest sequence.</param>
    /// <param name="padding">What is written beyond the end of a sequence. Default: 0.</param>
    /// <exception cref="ArgumentException">The tensor has another shape.</exception>
    public static void CopyTo(this SequenceBatch batch, TensorSpan<float> destination, float padding = 0f)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int steps = destination.Rank == 2 ? 1 : destination.Rank == 3 ? Length(destination.Lengths[1]) : 0;
        if (steps < batch.Steps || destination.Lengths[0] != batch.Sequences || destination.Lengths[^1] != batch.Size)
        {
            throw new ArgumentException(
                $"The tensor has the shape [{string.Join(", ", destination.Lengths.ToArray())}], but [{batch.Sequences}, "
                + $"{batch.Steps} or more, {batch.Size}] is expected.", nameof(destination));
        }

        for (int i = 0; i < batch.Sequences; i++)
        {
            for (int t = 0; t < steps; t++)
            {
                ReadOnlySpan<float> row = t < batch.LengthOf(i) ? batch[i, t] : default;
                for (int j = 0; j < batch.Size; j++)
                {
                    float value = row.IsEmpty ? padding : row[j];
                    if (destination.Rank == 2) destination[i, j] = value; else destination[i, t, j] = value;
                }
            }
        }
    }

    /// <summary>Computes a layer's output of a tensor.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="pass">The pass that keeps what <see cref="Pass.Backward"/> needs.</param>
    /// <param name="input">[B, T, N], as for <see cref="ToBatch"/>.</param>
    /// <param name="lengths">The number of steps of each sequence; empty where each has T.</param>
    public static SequenceBatch Forward(
        this Layer layer, Pass pass, ReadOnlyTensorSpan<float> input, ReadOnlySpan<int> lengths = default)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.Forward(pass, input.ToBatch(lengths));
    }

    /// <summary>The values of a parameter in its shape, where they lie.</summary>
    /// <param name="parameter">The parameter.</param>
    public static ReadOnlyTensorSpan<float> AsTensor(this Parameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        return new ReadOnlyTensorSpan<float>(parameter.Values, [.. parameter.Shape.Select(extent => (nint)extent)]);
    }

    private static int Length(nint extent) => checked((int)extent);
}
