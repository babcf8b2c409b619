namespace Recurant.Extensions;

/// <summary>
/// A model that is served under a name. Take <see cref="Current"/> for each request: after the file was replaced it is the new
/// model's, and whoever has the old one goes on with it unharmed. May be used from many threads at once.
/// </summary>
/// <typeparam name="TFront">
/// The class that answers: <see cref="TextClassifier"/>, <see cref="TagPredictor"/>, <see cref="TextGenerator"/>,
/// <see cref="Translator"/> or <see cref="Captioner"/>.
/// </typeparam>
public sealed class ServedModel<TFront> where TFront : class
{
    private readonly ModelSlot _slot;

    internal ServedModel(ModelSlot slot) => _slot = slot;

    /// <summary>The name that it is served under.</summary>
    public string Name => _slot.Name;

    /// <summary>The full path of its file.</summary>
    public string Path => _slot.Path;

    /// <summary>The number of the model that is served, 1 for the first; 0 before it is read.</summary>
    public int Version => _slot.Loaded?.Version ?? 0;

    /// <summary>Why the file that lies there now is not the one that is served; null if it is.</summary>
    public Exception? Fault => _slot.Fault;

    /// <summary>The model as it is now; it is read if that has not been done.</summary>
    /// <exception cref="InvalidOperationException">
    /// The file cannot be read, or holds a model of another task; the message says why. The next call tries again.
    /// </exception>
    public TFront Current => Snapshot().Front;

    /// <summary>The same with what is known of the model, all of one version.</summary>
    /// <inheritdoc cref="Current"/>
    public LoadedModel<TFront> Snapshot()
    {
        Loaded loaded = _slot.Current;
        return loaded.Front is TFront front
            ? new LoadedModel<TFront>(front, loaded.Model, loaded.Version, loaded.LoadedAt)
            : throw new InvalidOperationException(
                $"The model '{Name}' ({Path}) is a {loaded.Model.Noun}, which {loaded.Front.GetType().Name} answers for; "
                + $"{typeof(TFront).Name} was asked for. Ask for {loaded.Front.GetType().Name}, or name another file.");
    }

    /// <summary>
    /// Reads the file again now, whether or not it has changed; the old model is served until the new one is read.
    /// </summary>
    /// <exception cref="InvalidOperationException">The file cannot be served; the old model stays.</exception>
    public void Reload() => _slot.Reload();
}

/// <summary>A model that was read.</summary>
/// <typeparam name="TFront">The class that answers.</typeparam>
/// <param name="Front">Answers.</param>
/// <param name="Model">The model: its specification, words and tensors.</param>
/// <param name="Version">Its number, 1 for the first that was read under its name.</param>
/// <param name="LoadedAt">When it was read.</param>
public sealed record LoadedModel<TFront>(TFront Front, TrainedModel Model, int Version, DateTimeOffset LoadedAt)
    where TFront : class;

/// <summary>The same of a class not known here.</summary>
internal sealed record Loaded(
    object Front, TrainedModel Model, ServedKind Kind, int Version, DateTimeOffset LoadedAt, FileStamp? Stamp);
