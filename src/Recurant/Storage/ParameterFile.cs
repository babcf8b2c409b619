namespace Recurant.Storage;

/// <summary>
/// The parameters of a network in one .safetensors file, under PyTorch's names and in its layout: <c>torch.nn</c> modules of the
/// same structure load it, and their files load here. A model of this library's tasks, which needs a vocabulary and more, is
/// saved by <see cref="ModelFile"/>.
/// </summary>
/// <example>
/// <code>
/// ParameterFile.Save("network.safetensors", network.NamedParameters);
/// ParameterFile.Load("network.safetensors", network.NamedParameters);
/// // several layers, each under a name of its own:
/// ParameterFile.Save("both.safetensors", [.. encoder.Named("encoder"), .. decoder.Named("decoder")]);
/// </code>
/// </example>
public static class ParameterFile
{
    /// <summary>Writes parameters; an existing file is replaced only by a complete one.</summary>
    /// <param name="path">The file, by convention with the ending <c>.safetensors</c>.</param>
    /// <param name="parameters">The parameters, each under a name of its own.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="ArgumentException">A name is empty or occurs twice.</exception>
    /// <exception cref="IOException">The file cannot be written; what stood there before is untouched.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what stood there before is untouched.</exception>
    public static void Save(
        string path, IEnumerable<NamedParameter> parameters, CancellationToken cancellation = default) =>
        WriterOf(parameters).Save(path, cancellation);

    /// <summary>Writes parameters to a stream, from its position on: the same bytes as to a file.</summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="parameters">The parameters, each under a name of its own.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="ArgumentException">A name is empty or occurs twice.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the stream holds a part of the bytes.</exception>
    public static void Save(
        Stream stream, IEnumerable<NamedParameter> parameters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        WriterOf(parameters).WriteTo(stream, cancellation);
    }

    private static SafetensorsWriter WriterOf(IEnumerable<NamedParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var writer = new SafetensorsWriter();
        foreach (NamedParameter named in parameters) Add(writer, named);
        return writer;
    }

    /// <summary>
    /// Reads parameters, all or none: nothing is changed unless the file has every one of them. Tensors of other names are
    /// allowed in the file.
    /// </summary>
    /// <param name="path">A safetensors file.</param>
    /// <param name="parameters">The parameters to fill, with their names in the file.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, lacks a parameter, or has one of another shape or with a number that is not finite.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; no parameter is changed.</exception>
    public static void Load(
        string path, IEnumerable<NamedParameter> parameters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        cancellation.ThrowIfCancellationRequested();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Load(file, parameters, cancellation);
    }

    /// <summary>The same from a stream, which holds a whole file from its position to its end.</summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="parameters">The parameters to fill, with their names in the file.</param>
    /// <param name="name">What messages call the stream. Default: the stream.</param>
    /// <param name="cancellation">Looked at between tensors, and between parts of a stream that cannot seek.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; no parameter is changed.</exception>
    public static void Load(
        Stream stream, IEnumerable<NamedParameter> parameters, string name = StorageFault.TheStream,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        cancellation.ThrowIfCancellationRequested();
        using SafetensorsFile file = SafetensorsFile.Open(stream, name, cancellation);
        Load(file, parameters, cancellation);
    }

    private static void Load(SafetensorsFile file, IEnumerable<NamedParameter> parameters, CancellationToken cancellation)
    {
        NamedParameter[] all = [.. parameters];
        foreach (NamedParameter named in all) RequireTensor(file, named.Name, named.Parameter, TensorUse.Network);
        float[][] values = [.. all.Select(named => new float[named.Parameter.Count])];
        for (int i = 0; i < all.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadTensor(file, all[i].Name, all[i].Parameter, values[i], TensorUse.Network);
        }

        for (int i = 0; i < all.Length; i++) all[i].Parameter.SetValues(values[i]);
    }

    /// <summary>The parameters of a layer with a path before their names: "encoder.weight" for "weight".</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="path">The path, without the last dot.</param>
    public static IEnumerable<NamedParameter> Named(this Layer layer, string path)
    {
        ArgumentNullException.ThrowIfNull(layer);
        return layer.NamedParameters.Select(named => named with { Name = $"{path}.{named.Name}" });
    }

    internal static void Add(SafetensorsWriter writer, NamedParameter named)
    {
        Parameter parameter = named.Parameter;
        TensorSource source = (first, destination) =>
            parameter.Value.Slice((int)first, destination.Length).CopyTo(destination);
        if (parameter.IsStoredTransposed)
        {
            writer.AddTransposed(named.Name, parameter.Shape[0], parameter.Shape[1], source);
        }
        else
        {
            writer.Add(named.Name, [.. parameter.Shape], source);
        }
    }

    internal static void RequireTensor(SafetensorsFile file, string name, Parameter parameter, TensorUse use) => RequireTensor(
        file, name, parameter.IsStoredTransposed ? [.. parameter.Shape.Reverse()] : [.. parameter.Shape], use);

    internal static void RequireTensor(SafetensorsFile file, string name, int[] expected, TensorUse use)
    {
        if (!file.TryGetTensor(name, out TensorInfo? tensor))
        {
            throw new InvalidDataException(
                $"{file.FilePath}: the tensor '{name}' [{string.Join(", ", expected)}] is missing. {use.Remedy}");
        }

        if (!tensor.Shape.SequenceEqual(expected.Select(extent => (long)extent)))
        {
            throw new InvalidDataException(
                $"{file.FilePath}: tensor '{name}' has the shape [{string.Join(", ", tensor.Shape)}], "
                + $"but the {use.Owner} has [{string.Join(", ", expected)}]. {use.Remedy}");
        }
    }

    /// <summary>Reads the values of a parameter as they lie in memory.</summary>
    internal static void ReadTensor(
        SafetensorsFile file, string name, Parameter parameter, Span<float> values, TensorUse use, bool mustBeFinite = true)
    {
        if (parameter.IsStoredTransposed) file.ReadFloatsTransposed(name, values); else file.ReadFloats(name, values);
        int bad = values.IndexOfAnyExceptFinite();
        if (bad >= 0 && mustBeFinite)
        {
            throw new InvalidDataException(
                $"{file.FilePath}: tensor '{name}' holds {values[bad]} at element {bad}; "
                + "weights must be finite numbers. "
                + $"The training that made the file went wrong, or the file is damaged: {use.RemedyOfValues}");
        }
    }

    private static int IndexOfAnyExceptFinite(this Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) return i;
        }

        return -1;
    }
}

/// <summary>What the tensors of a file are read into, and what helps where they do not fit.</summary>
/// <param name="Owner">What messages call it.</param>
/// <param name="Remedy">What to do where a tensor is missing or has another shape.</param>
/// <param name="RemedyOfValues">What to do where a value is not finite.</param>
internal sealed record TensorUse(string Owner, string Remedy, string RemedyOfValues)
{
    /// <summary>A trained model, whose file says itself what is in it.</summary>
    public static TensorUse Model { get; } =
        new("model", "Copy the file again or retrain the model.", "retrain the model.");

    /// <summary>Layers that the caller has put together, or an optimiser of them.</summary>
    public static TensorUse Network { get; } = new(
        "network", "Give the network the structure and the names of the one that was saved, or copy the file again.",
        "train the network again, with a lower learning rate or with clipped gradients.");
}
