namespace Recurant.Storage;

/// <summary>
/// A model of any task in one .safetensors file: tensors under PyTorch's names in PyTorch's gate order, and in the metadata
/// everything else that prediction needs. The keys are described in docs/model-file.md.
/// </summary>
public static class ModelFile
{
    /// <summary>Writes a model; an existing file is replaced only by a complete one.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">The file, by convention with the ending <c>.safetensors</c>.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="IOException">The file cannot be written; what stood there before is untouched.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what stood there before is untouched.</exception>
    public static void Save(TrainedModel model, string path, CancellationToken cancellation = default) =>
        WriterOf(model).Save(path, cancellation);

    /// <summary>Writes a model to a stream, from its position on: the same bytes as to a file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the stream holds a part of the bytes.</exception>
    public static void Save(TrainedModel model, Stream stream, CancellationToken cancellation = default) =>
        WriterOf(model).WriteTo(stream, cancellation);

    /// <summary>The bytes of a model: those of its file.</summary>
    /// <param name="model">The model.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="IOException">They are more than an array holds (2 GB): save to a file or a stream.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static byte[] ToBytes(TrainedModel model, CancellationToken cancellation = default)
    {
        using var stream = new MemoryStream();
        Save(model, stream, cancellation);
        return stream.ToArray();
    }

    private static SafetensorsWriter WriterOf(TrainedModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var writer = new SafetensorsWriter();
        Add(model, writer);
        return writer;
    }

    /// <summary>Adds all that a model file holds to a file that may hold more.</summary>
    internal static void Add(TrainedModel model, SafetensorsWriter writer)
    {
        foreach ((string key, string value) in MetadataOf(model)) writer.AddMetadata(key, value);
        if (model.TrainingRecord.Length > 0) writer.AddMetadata(ModelMetadata.TrainingKey, model.TrainingRecord);
        foreach (Parameter parameter in model.Parameters)
        {
            ParameterFile.Add(writer, new NamedParameter(parameter.Name, parameter));
        }
    }

    /// <summary>Reads a model of a certain kind.</summary>
    /// <typeparam name="TModel">The kind, for example <see cref="ClassifierModel"/>.</typeparam>
    /// <param name="path">A file written by <see cref="Save(TrainedModel, string, CancellationToken)"/>.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, of another program or of a newer version, or holds a model of another kind.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TModel Load<TModel>(string path, CancellationToken cancellation = default) where TModel : TrainedModel =>
        OfKind<TModel>(Load(path, cancellation), path);

    /// <summary>
    /// Reads a model of a certain kind from a stream, which holds a whole model file from its position to its end.
    /// </summary>
    /// <typeparam name="TModel">The kind, for example <see cref="ClassifierModel"/>.</typeparam>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="name">What messages call it. Default: the stream.</param>
    /// <param name="cancellation">Looked at between tensors, and between parts of a stream that cannot seek.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TModel Load<TModel>(
        Stream stream, string name = StorageFault.TheStream, CancellationToken cancellation = default)
        where TModel : TrainedModel => OfKind<TModel>(Load(stream, name, cancellation), name);

    /// <summary>Reads a model of a certain kind from the bytes of a model file.</summary>
    /// <typeparam name="TModel">The kind, for example <see cref="ClassifierModel"/>.</typeparam>
    /// <param name="bytes">The bytes; not needed any more when this returns.</param>
    /// <param name="name">What messages call them. Default: the bytes.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TModel Load<TModel>(
        ReadOnlyMemory<byte> bytes, string name = StorageFault.TheBytes, CancellationToken cancellation = default)
        where TModel : TrainedModel => OfKind<TModel>(Load(bytes, name, cancellation), name);

    /// <summary>Reads a model of whatever kind the file holds.</summary>
    /// <param name="path">A file written by <see cref="Save(TrainedModel, string, CancellationToken)"/>.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged, of another program or of a newer version.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TrainedModel Load(string path, CancellationToken cancellation = default) =>
        Load(path, () => SafetensorsFile.Open(path), cancellation);

    /// <summary>Reads a model of whatever kind a stream holds from its position to its end.</summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="name">What messages call it. Default: the stream.</param>
    /// <param name="cancellation">Looked at between tensors, and between parts of a stream that cannot seek.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TrainedModel Load(
        Stream stream, string name = StorageFault.TheStream, CancellationToken cancellation = default)
    {
        TrainedModel model = Load(path: null, () => SafetensorsFile.Open(stream, name, cancellation), cancellation);
        if (stream.CanSeek) stream.Seek(0, SeekOrigin.End); // where reading byte after byte would have ended
        return model;
    }

    /// <summary>Reads a model of whatever kind from the bytes of a model file.</summary>
    /// <param name="bytes">The bytes; not needed any more when this returns.</param>
    /// <param name="name">What messages call them. Default: the bytes.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TrainedModel Load(
        ReadOnlyMemory<byte> bytes, string name = StorageFault.TheBytes, CancellationToken cancellation = default) =>
        Load(path: null, () => SafetensorsFile.Open(bytes, name), cancellation);

    private static TrainedModel Load(string? path, Func<SafetensorsFile> open, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        WatchedCall call = WatchedCall.Load(path);
        try
        {
            using SafetensorsFile file = open();
            TrainedModel model = Read(file, isAlone: true, cancellation);
            call.EndLoad(model.Task);
            return model;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    private static TModel OfKind<TModel>(TrainedModel model, string name) where TModel : TrainedModel =>
        model as TModel ?? throw new InvalidDataException(
            $"{name} holds a {model.Noun}, and another kind of model is needed here ({typeof(TModel).Name}).");

    /// <summary>Reads the model of an open file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isAlone">
    /// Whether the file must hold a model and nothing else, all its numbers finite; otherwise it may hold more tensors, and any
    /// numbers.
    /// </param>
    /// <param name="cancellation">Looked at between tensors.</param>
    internal static TrainedModel Read(SafetensorsFile file, bool isAlone, CancellationToken cancellation = default)
    {
        (ModelFormat Format, TrainedModel Model) read = TryReadWithoutTensors(file) ?? throw new InvalidDataException(
            $"{file.FilePath}: this is a safetensors file of another program: its metadata has no key "
            + $"'{ModelMetadata.SpecificationKey}'. "
            + "'recurant inspect' shows what is in it; to predict, give a model that 'recurant train' wrote.");
        TrainedModel model = read.Model;
        // All names and shapes before the first value: until then the model takes no memory, whatever sizes the file claims.
        foreach (Parameter parameter in model.Parameters)
        {
            ParameterFile.RequireTensor(file, parameter.Name, parameter, TensorUse.Model);
        }

        if (isAlone && file.Tensors.Count != model.Parameters.Count) RejectExtraTensor(file, model);
        foreach (Parameter parameter in model.Parameters)
        {
            cancellation.ThrowIfCancellationRequested();
            ParameterFile.ReadTensor(file, parameter.Name, parameter, parameter.Value, TensorUse.Model, mustBeFinite: isAlone);
            parameter.MarkChanged();
        }

        return model;
    }

    /// <summary>
    /// A model with the same weights in memory of its own, for what writes weights or gradients while others predict with the
    /// original.
    /// </summary>
    internal static TModel Copy<TModel>(TModel model) where TModel : TrainedModel
    {
        var copy = (TModel)ModelFormat.Of(model).Read(new ModelMetadata("the model", MetadataOf(model)));
        copy.TrainingRecord = model.TrainingRecord;
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            (Parameter from, Parameter to) = (model.Parameters[i], copy.Parameters[i]);
            from.Value.CopyTo(to.Value);
            to.IsTrainable = from.IsTrainable;
            to.MarkChanged();
        }

        return copy;
    }

    /// <summary>Tells what a model is made of from the file's header alone; the values of its tensors are not read.</summary>
    /// <param name="file">An open safetensors file.</param>
    /// <returns>The description; null if the file is another program's.</returns>
    /// <exception cref="InvalidDataException">The metadata does not describe a model.</exception>
    public static ModelDescription? TryDescribe(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return TryReadWithoutTensors(file) is { } read ? read.Format.Describe(read.Model) : null;
    }

    private static Dictionary<string, string> MetadataOf(TrainedModel model)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        ModelFormat.Of(model).WriteMetadata(model, metadata);
        return metadata;
    }

    private static (ModelFormat Format, TrainedModel Model)? TryReadWithoutTensors(SafetensorsFile file)
    {
        var metadata = new ModelMetadata(file.FilePath, file.Metadata);
        if (metadata.Task() is not { } task) return null;
        ModelFormat format = ModelFormat.Of(task)
            ?? throw metadata.Fault(
                ModelMetadata.SpecificationKey, $"the task \"{task}\" is not known to this version of Recurant.");
        TrainedModel model = format.Read(metadata);
        model.TrainingRecord = metadata.TrainingRecord;
        return (format, model);
    }

    private static void RejectExtraTensor(SafetensorsFile file, TrainedModel model)
    {
        var known = new HashSet<string>(model.Parameters.Select(parameter => parameter.Name), StringComparer.Ordinal);
        TensorInfo extra = file.Tensors.First(tensor => !known.Contains(tensor.Name));
        throw new InvalidDataException(
            $"{file.FilePath}: the tensor '{extra.Name}' does not belong to the model that the metadata describes. "
            + "Copy the file again or retrain the model.");
    }
}
