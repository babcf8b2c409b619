namespace Recurant.Tasks;

/// <summary>What answers with a model of one task: how it is made of the model.</summary>
/// <typeparam name="TSelf">The class that answers.</typeparam>
/// <typeparam name="TModel">The models of its task.</typeparam>
public interface IFrontDoor<TSelf, TModel> where TModel : TrainedModel
{
    /// <summary>Makes one of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">Threads for one call; 0 for one a core.</param>
    static abstract TSelf Of(TModel model, int threads);
}

/// <summary>
/// What answers with a trained model: it is read from a file, a stream or bytes, and written to them. The bytes are the same
/// wherever they go. Reading and writing may happen on many threads at once.
/// </summary>
/// <typeparam name="TSelf">The class that answers, such as <c>TextClassifier</c>.</typeparam>
/// <typeparam name="TModel">The models of its task.</typeparam>
public abstract class FrontDoor<TSelf, TModel>
    where TSelf : FrontDoor<TSelf, TModel>, IFrontDoor<TSelf, TModel>
    where TModel : TrainedModel
{
    private protected FrontDoor(TModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
    }

    /// <summary>The model: its specification, words, labels and tensors.</summary>
    public TModel Model { get; }

    /// <summary>Reads a model file; once this returns the file may be replaced or deleted.</summary>
    /// <param name="path">The file.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, of another program or of a newer version, or holds a model of another task.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TSelf Load(string path, int threads = 0, CancellationToken cancellation = default) =>
        TSelf.Of(ModelFile.Load<TModel>(path, cancellation), threads);

    /// <summary>Reads a whole model file from a stream, from its position to its end.</summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="name">What messages call the stream. Default: the stream.</param>
    /// <param name="cancellation">Looked at between tensors, and between parts of a stream that cannot seek.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TSelf Load(
        Stream stream, int threads = 0, string name = StorageFault.TheStream, CancellationToken cancellation = default) =>
        TSelf.Of(ModelFile.Load<TModel>(stream, name, cancellation), threads);

    /// <summary>Reads the bytes of a model file.</summary>
    /// <param name="bytes">The bytes; not needed any more when this returns.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <param name="name">What messages call the bytes. Default: the bytes.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="InvalidDataException">As for a file; the message begins with the name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static TSelf Load(
        ReadOnlyMemory<byte> bytes, int threads = 0, string name = StorageFault.TheBytes,
        CancellationToken cancellation = default) => TSelf.Of(ModelFile.Load<TModel>(bytes, name, cancellation), threads);

    /// <summary>Writes the model to a file; an existing file is replaced only by a complete one.</summary>
    /// <param name="path">The file, by convention with the ending <c>.safetensors</c>.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="IOException">The file cannot be written; what stood there before is untouched.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what stood there before is untouched.</exception>
    public void Save(string path, CancellationToken cancellation = default) => ModelFile.Save(Model, path, cancellation);

    /// <summary>Writes the model to a stream, from its position on: the same bytes as to a file.</summary>
    /// <param name="stream">The stream; it need not be able to seek, and stays open.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the stream holds a part of the bytes.</exception>
    public void Save(Stream stream, CancellationToken cancellation = default) => ModelFile.Save(Model, stream, cancellation);

    /// <summary>The bytes of the model: those of its file.</summary>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="IOException">They are more than an array holds (2 GB): save to a file or a stream.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public byte[] ToBytes(CancellationToken cancellation = default) => ModelFile.ToBytes(Model, cancellation);
}
