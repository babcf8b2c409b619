using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Recurant.Storage;

/// <summary>
/// A safetensors file, open for reading. Opening reads and checks the header only, so that a file of any size opens at
/// once; a tensor's values are read when they are asked for, and only those.
/// </summary>
/// <remarks>
/// <para>The layout: 8 bytes, the header's length (little-endian); the header, a JSON object from tensor name to dtype,
/// shape and data_offsets, with an optional <c>__metadata__</c> object of strings; then the values, little-endian, the
/// last axis contiguous. Every rule of the format is enforced: a header of at most 100 MB that begins with <c>{</c>, no
/// key twice, known types, sizes exact, and tensors that fill the rest of the file without a gap or an overlap.</para>
/// <para>Reads from several threads at once are safe. The file must not change while it is open; a file that is replaced
/// whole, as <see cref="AtomicFile"/> does, is no change to it.</para>
/// <para>Source: the format's description in the safetensors project, https://github.com/huggingface/safetensors.</para>
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    // The values a transposed read holds at a time, unless one row of the file is longer.
    private const int BlockLength = 1 << 16;

    private readonly SafetensorsBytes _bytes;
    private readonly Dictionary<string, TensorInfo> _byName;

    private SafetensorsFile(SafetensorsBytes bytes, in SafetensorsHeader header)
    {
        _bytes = bytes;
        Tensors = header.Tensors;
        Metadata = header.Metadata;
        _byName = new Dictionary<string, TensorInfo>(header.Tensors.Count, StringComparer.Ordinal);
        foreach (TensorInfo tensor in header.Tensors)
            _byName.Add(tensor.Name, tensor);
    }

    /// <summary>The path the file was opened by, or the name given to a stream or to bytes.</summary>
    public string FilePath => _bytes.Path;

    /// <summary>All tensors, in the order of their bytes in the file.</summary>
    public IReadOnlyList<TensorInfo> Tensors { get; }

    /// <summary>The strings of <c>__metadata__</c> by key; empty where the file has none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header.</summary>
    /// <param name="path">The file to open.</param>
    /// <returns>The open file; dispose it to close it.</returns>
    /// <exception cref="ArgumentException"><paramref name="path"/> is null or empty.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="DirectoryNotFoundException">A directory of the path does not exist.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="InvalidDataException">The file breaks a rule of the format, or is of another kind.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
            throw new InvalidDataException($"{path}: this is a directory; expected a .safetensors file. Name a file inside it.");
        InputFile.ThrowIfLinkToNothing(path);
        // Shared for deletion too, or Windows would not let a new file take the place of one that is open.
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        try
        {
            return Open(path, ByteSource.Of(path, handle));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Opens what a stream holds from its position to its end, and checks its header. Of a stream that can seek the values are
    /// read when they are asked for; another is read to its end at once.
    /// </summary>
    /// <param name="stream">The stream; it stays open, and nobody else may read it while this file is in use.</param>
    /// <param name="name">What messages call it. Default: the stream.</param>
    /// <param name="cancellationToken">Looked at while the stream is read.</param>
    /// <returns>The open file; disposing it leaves the stream open.</returns>
    /// <exception cref="ArgumentException">The stream cannot be read.</exception>
    /// <exception cref="InvalidDataException">The bytes break a rule of the format, or are of another kind.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static SafetensorsFile Open(
        Stream stream, string name = StorageFault.TheStream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!stream.CanRead)
            throw new ArgumentException($"{name}: the stream cannot be read. Give one that is open for reading.", nameof(stream));
        return Open(name, ByteSource.Of(stream, cancellationToken));
    }

    /// <summary>Opens bytes in memory and checks their header; they are not copied and must not change.</summary>
    /// <param name="bytes">The bytes of a whole file.</param>
    /// <param name="name">What messages call them. Default: the bytes.</param>
    /// <exception cref="InvalidDataException">The bytes break a rule of the format, or are of another kind.</exception>
    public static SafetensorsFile Open(ReadOnlyMemory<byte> bytes, string name = StorageFault.TheBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Open(name, ByteSource.Of(bytes));
    }

    private static SafetensorsFile Open(string name, ByteSource source)
    {
        var bytes = new SafetensorsBytes(name, source);
        return new SafetensorsFile(bytes, SafetensorsHeader.Parse(name, bytes.ReadHeader(), bytes.Length));
    }

    /// <summary>Looks a tensor up by its name.</summary>
    /// <param name="name">The name, as the file spells it.</param>
    /// <param name="tensor">The tensor, or null where there is none of that name.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out TensorInfo? tensor) => _byName.TryGetValue(name, out tensor);

    /// <summary>Reads a tensor's values into a new array.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <returns>The values, the last axis contiguous. F64, F16 and BF16 are converted; F32 is taken as it is.</returns>
    /// <exception cref="InvalidDataException">
    /// There is no such tensor, it does not hold floating-point numbers of 16 to 64 bits, it is too large for an array, or
    /// the file became shorter since it was opened.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public float[] ReadFloats(string name)
    {
        TensorInfo tensor = FindFloats(name);
        if (tensor.ElementCount > Array.MaxLength)
        {
            throw Fault(tensor, $"has {tensor.ElementCount} values, and an array holds at most {Array.MaxLength}",
                "Read a file with smaller tensors.");
        }
        var values = GC.AllocateUninitializedArray<float>((int)tensor.ElementCount);
        _bytes.ReadFloats(tensor, 0, values);
        return values;
    }

    /// <summary>Reads a tensor's values into the caller's memory.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="destination">Takes the values, the last axis contiguous; exactly as long as the tensor has values.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    /// <exception cref="InvalidDataException">As for <see cref="ReadFloats(string)"/>.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void ReadFloats(string name, Span<float> destination)
    {
        TensorInfo tensor = FindFloats(name);
        CheckLength(tensor, destination.Length);
        _bytes.ReadFloats(tensor, 0, destination);
    }

    /// <summary>
    /// Reads a matrix and turns it over: <c>destination[r, c] = file[c, r]</c>. The counterpart of
    /// <see cref="SafetensorsWriter.AddTransposed(string, int, int, ReadOnlyMemory{float})"/>.
    /// </summary>
    /// <param name="name">The name of a tensor of shape [C,R] in the file.</param>
    /// <param name="destination">Takes the values as [R,C], row by row.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has not R*C elements.</exception>
    /// <exception cref="InvalidDataException">
    /// The tensor has not two axes; else as for <see cref="ReadFloats(string)"/>.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public void ReadFloatsTransposed(string name, Span<float> destination)
    {
        TensorInfo tensor = FindFloats(name);
        if (tensor.Shape.Count != 2)
            throw Fault(tensor, $"has the shape {tensor.ShapeText}; a matrix is expected", "Use a file written for this model.");
        CheckLength(tensor, destination.Length);
        if (destination.IsEmpty)
            return;
        // Both fit an int now: neither is 0 and their product is the length of a span.
        int columns = (int)tensor.Shape[0];
        int rows = (int)tensor.Shape[1];
        // Some whole rows of the file at a time, so that each pass writes runs of neighbours and not single elements.
        int block = Math.Clamp(BlockLength / rows, 1, columns);
        float[] buffer = Workspace.Rent<float>(checked(block * rows));
        try
        {
            for (int first = 0; first < columns; first += block)
            {
                int width = Math.Min(block, columns - first);
                _bytes.ReadFloats(tensor, (long)first * rows, buffer.AsSpan(0, width * rows));
                for (int r = 0; r < rows; r++)
                {
                    Span<float> run = destination.Slice(r * columns + first, width);
                    for (int c = 0; c < run.Length; c++)
                        run[c] = buffer[c * rows + r];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _bytes.Dispose();

    private TensorInfo FindFloats(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!_byName.TryGetValue(name, out TensorInfo? tensor))
        {
            throw StorageFault.At(FilePath, $"tensor {StorageFault.Quote(name)}",
                $"is not among the {Tensors.Count} tensors of this file", "Use a file written for this model.");
        }
        if (tensor.DType is not ("F32" or "F64" or "F16" or "BF16"))
        {
            throw Fault(tensor, $"holds {tensor.DType}; F32, F64, F16 or BF16 is expected",
                "Save it as floating-point numbers.");
        }
        return tensor;
    }

    private static void CheckLength(TensorInfo tensor, int length)
    {
        if (length != tensor.ElementCount)
        {
            throw new ArgumentException($"Tensor {StorageFault.Quote(tensor.Name)} of shape {tensor.ShapeText} has "
                + $"{tensor.ElementCount} values, but the destination has {length}.", "destination");
        }
    }

    private InvalidDataException Fault(TensorInfo tensor, string fault, string advice) =>
        StorageFault.At(FilePath, $"tensor {StorageFault.Quote(tensor.Name)}", fault, advice);
}
