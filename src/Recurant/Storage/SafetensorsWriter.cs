using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Recurant.Storage;

/// <summary>Hands out the values of a tensor piece by piece, so that a tensor never has to be copied whole.</summary>
/// <param name="first">The index of the first value wanted, counted through the tensor with the last axis fastest.</param>
/// <param name="destination">Takes the values <paramref name="first"/>, <paramref name="first"/> + 1, ...</param>
public delegate void TensorSource(long first, Span<float> destination);

/// <summary>
/// Writes a safetensors file of F32 tensors. The same calls give the same bytes: tensors lie in the order in which they
/// were added, metadata is sorted by key (ordinally), and the header is padded with blanks to a multiple of 8 bytes. One thread
/// adds and writes; two at once get an <see cref="InvalidOperationException"/>.
/// </summary>
/// <example>
/// <code>
/// var writer = new SafetensorsWriter();
/// writer.AddMetadata("recurant", json);
/// writer.Add("weight_ih_l0", [4 * hiddenSize, inputSize], weights);
/// writer.Save("model.safetensors");
/// </code>
/// </example>
public sealed class SafetensorsWriter
{
    // The values held at a time, unless one row of a transposed tensor is longer.
    private const int BlockLength = 1 << 16;

    /// <summary>Who adds or writes.</summary>
    private readonly SoleUse _use = new($"A {nameof(SafetensorsWriter)}", "Give each file a writer of its own.");

    private readonly SortedDictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<Tensor> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private long _dataLength;

    /// <summary>What was added to <c>__metadata__</c>.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    // Rows and Columns are those of the source and are set where the file holds the tensor the other way round.
    private sealed record Tensor(string Name, long[] Shape, long Count, TensorSource Source, int Rows = 0, int Columns = 0);

    /// <summary>Adds a string to <c>__metadata__</c>.</summary>
    /// <param name="key">The key; each may be used once.</param>
    /// <param name="value">The text, such as a JSON document.</param>
    /// <exception cref="ArgumentException">The key was used before, or a text is not valid Unicode.</exception>
    public void AddMetadata(string key, string value)
    {
        using SoleUse.Call call = _use.Enter();
        CheckText(key, nameof(key));
        CheckText(value, nameof(value));
        if (!_metadata.TryAdd(key, value))
            throw new ArgumentException($"The metadata key {StorageFault.Quote(key)} was added before.", nameof(key));
    }

    /// <summary>Adds a tensor that lies in memory. Its values are read when the file is written.</summary>
    /// <param name="name">The name; each may be used once.</param>
    /// <param name="shape">The length of every axis, outermost first; empty for a single number.</param>
    /// <param name="values">The values, the last axis contiguous.</param>
    /// <exception cref="ArgumentException">
    /// The name is empty, used before, reserved (<c>__metadata__</c>) or not valid Unicode; an axis is negative; or the
    /// number of values is not the product of the shape.
    /// </exception>
    public void Add(string name, ReadOnlySpan<int> shape, ReadOnlyMemory<float> values)
    {
        CheckLength(name, CountOf(shape), values.Length);
        Add(name, shape, SourceOf(values));
    }

    /// <summary>Adds a tensor whose values are fetched piece by piece when the file is written.</summary>
    /// <param name="name">As for <see cref="Add(string, ReadOnlySpan{int}, ReadOnlyMemory{float})"/>.</param>
    /// <param name="shape">As for <see cref="Add(string, ReadOnlySpan{int}, ReadOnlyMemory{float})"/>.</param>
    /// <param name="source">Fills a span with the values from a given index on. It is called in ascending order.</param>
    /// <exception cref="ArgumentException">A name or shape as above.</exception>
    public void Add(string name, ReadOnlySpan<int> shape, TensorSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        long[] lengths = new long[shape.Length];
        for (int i = 0; i < shape.Length; i++)
            lengths[i] = shape[i];
        AddTensor(new Tensor(name, lengths, CountOf(shape), source));
    }

    /// <summary>
    /// Adds a matrix that the file holds the other way round: <c>file[c, r] = values[r, c]</c>, of shape [C,R] in the file.
    /// For weights that are held transposed in memory, such as those of one-hot inputs.
    /// </summary>
    /// <param name="name">As for <see cref="Add(string, ReadOnlySpan{int}, ReadOnlyMemory{float})"/>.</param>
    /// <param name="rows">R, the rows in memory.</param>
    /// <param name="columns">C, the columns in memory.</param>
    /// <param name="values">The values [R,C], row by row.</param>
    /// <exception cref="ArgumentException">A name or shape as above, or not R*C values.</exception>
    public void AddTransposed(string name, int rows, int columns, ReadOnlyMemory<float> values)
    {
        CheckLength(name, CountOf([rows, columns]), values.Length);
        AddTransposed(name, rows, columns, SourceOf(values));
    }

    /// <summary>The same for values that are fetched piece by piece when the file is written.</summary>
    /// <param name="name">As for <see cref="Add(string, ReadOnlySpan{int}, ReadOnlyMemory{float})"/>.</param>
    /// <param name="rows">R, the rows in memory.</param>
    /// <param name="columns">C, the columns in memory.</param>
    /// <param name="source">
    /// Fills a span with the values of [R,C] from an index on; each span lies within one row. It is called in no set order.
    /// </param>
    /// <exception cref="ArgumentException">A name or shape as above.</exception>
    public void AddTransposed(string name, int rows, int columns, TensorSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        AddTensor(new Tensor(name, [columns, rows], CountOf([rows, columns]), source, rows, columns));
    }

    /// <summary>Writes the file, whole or not at all: see <see cref="AtomicFile"/>.</summary>
    /// <param name="path">The file to write; an existing one is replaced once the new one is complete.</param>
    /// <param name="cancellationToken">Looked at between pieces; a cancelled write leaves everything as it was.</param>
    /// <exception cref="IOException">The file cannot be written, for instance because the disk is full.</exception>
    /// <exception cref="InvalidOperationException">Names and metadata take more than the 100 MB a header may have.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Save(string path, CancellationToken cancellationToken = default)
    {
        byte[] start = BuildStart();
        AtomicFile.Write(path, stream => Write(stream, start, cancellationToken), start.Length + _dataLength, cancellationToken);
    }

    /// <summary>Writes the bytes of the file to a stream, from its position on, and leaves it open.</summary>
    /// <param name="stream">Takes the bytes; need not be seekable.</param>
    /// <param name="cancellationToken">Looked at between pieces.</param>
    /// <exception cref="InvalidOperationException">As for <see cref="Save"/>.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void WriteTo(Stream stream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Write(stream, BuildStart(), cancellationToken);
    }

    private static TensorSource SourceOf(ReadOnlyMemory<float> values) =>
        (first, destination) => values.Span.Slice((int)first, destination.Length).CopyTo(destination);

    private static long CountOf(ReadOnlySpan<int> shape)
    {
        long count = 1;
        foreach (int length in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(length, nameof(shape));
            count = checked(count * length);
        }
        return count;
    }

    private static void CheckLength(string name, long expected, int actual)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (expected != actual)
            throw new ArgumentException($"Tensor {StorageFault.Quote(name)} of {expected} values was given {actual}.", "values");
    }

    private static void CheckText(string text, string parameter)
    {
        ArgumentNullException.ThrowIfNull(text, parameter);
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
                continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                throw new ArgumentException($"The text holds half of a surrogate pair at index {i}.", parameter);
            i++;
        }
    }

    private void AddTensor(Tensor tensor)
    {
        using SoleUse.Call call = _use.Enter();
        CheckText(tensor.Name, "name");
        if (tensor.Name is "" or "__metadata__")
            throw new ArgumentException("A tensor needs a name other than '' and '__metadata__'.", "name");
        if (!_names.Add(tensor.Name))
            throw new ArgumentException($"The tensor {StorageFault.Quote(tensor.Name)} was added before.", "name");
        _dataLength = checked(_dataLength + tensor.Count * sizeof(float));
        _tensors.Add(tensor);
    }

    // The header's length and the header itself, padded so that the values begin at a multiple of 8.
    private byte[] BuildStart()
    {
        var buffer = new ArrayBufferWriter<byte>(256 + 96 * _tensors.Count);
        buffer.Advance(SafetensorsHeader.Start);
        using (var json = new Utf8JsonWriter(buffer, JsonText.Options))
            WriteHeader(json);
        int padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(padding)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        int headerLength = buffer.WrittenCount - SafetensorsHeader.Start;
        if (headerLength > SafetensorsHeader.MaximumLength)
        {
            throw new InvalidOperationException($"The header takes {headerLength} bytes, and the format allows "
                + $"{SafetensorsHeader.MaximumLength}; use less metadata, for instance a smaller vocabulary.");
        }
        byte[] start = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(start, headerLength);
        return start;
    }

    private void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (_metadata.Count > 0)
        {
            json.WriteStartObject("__metadata__");
            foreach ((string key, string value) in _metadata)
                json.WriteString(key, value);
            json.WriteEndObject();
        }
        long offset = 0;
        foreach (Tensor tensor in _tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype", "F32");
            json.WriteStartArray("shape");
            foreach (long length in tensor.Shape)
                json.WriteNumberValue(length);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets");
            json.WriteNumberValue(offset);
            offset += tensor.Count * sizeof(float);
            json.WriteNumberValue(offset);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void Write(Stream stream, byte[] start, CancellationToken cancellationToken)
    {
        using SoleUse.Call call = _use.Enter();
        stream.Write(start);
        foreach (Tensor tensor in _tensors)
        {
            // Whole rows of the file in the transposed case: as many as fit, and at least one.
            int rows = Math.Max(1, tensor.Rows);
            float[] buffer = Workspace.Rent<float>(Math.Max(BlockLength, rows));
            try
            {
                int block = tensor.Rows == 0 ? BlockLength : Math.Max(1, BlockLength / rows) * rows;
                for (long first = 0; first < tensor.Count; first += block)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    Span<float> values = buffer.AsSpan(0, (int)Math.Min(block, tensor.Count - first));
                    if (tensor.Rows == 0)
                        tensor.Source(first, values);
                    else
                        Transpose(tensor, (int)(first / rows), values);
                    WriteValues(stream, values);
                }
            }
            finally
            {
                ArrayPool<float>.Shared.Return(buffer);
            }
        }
    }

    // Columns firstColumn ... of the source, each of which is a row of the file.
    private static void Transpose(Tensor tensor, int firstColumn, Span<float> values)
    {
        int width = values.Length / tensor.Rows;
        float[] run = Workspace.Rent<float>(width);
        try
        {
            for (int r = 0; r < tensor.Rows; r++)
            {
                tensor.Source((long)r * tensor.Columns + firstColumn, run.AsSpan(0, width));
                for (int c = 0; c < width; c++)
                    values[c * tensor.Rows + r] = run[c];
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(run);
        }
    }

    // May turn the values' bytes round in place: the buffer is ours.
    private static void WriteValues(Stream stream, Span<float> values)
    {
        if (!BitConverter.IsLittleEndian)
        {
            Span<int> bits = MemoryMarshal.Cast<float, int>(values);
            BinaryPrimitives.ReverseEndianness(bits, bits);
        }
        stream.Write(MemoryMarshal.AsBytes(values));
    }
}
