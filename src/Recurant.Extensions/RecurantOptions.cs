namespace Recurant.Extensions;

/// <summary>
/// Which models a program serves: given in code, or bound from a section of the configuration such as
/// <code>
/// "Recurant": { "LoadAtStart": true, "Models": { "reviews": { "Path": "reviews.safetensors", "Task": "classify" } } }
/// </code>
/// </summary>
public sealed class RecurantOptions
{
    /// <summary>The models by name; upper and lower case are alike, as in all configuration.</summary>
    public IDictionary<string, ModelOptions> Models { get; } =
        new Dictionary<string, ModelOptions>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether models are read when the host starts, which then fails if one cannot be read; otherwise each is read when it is
    /// first asked for. Default: no.
    /// </summary>
    public bool LoadAtStart { get; set; }

    /// <summary>Whether a model is read again when its file is replaced. Default: no.</summary>
    public bool Reload { get; set; }

    /// <summary>
    /// How often the files are looked at, where models are read again. A file is read when it has not changed between two looks.
    /// From 10 ms to 1 day. Default: 1 s.
    /// </summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Adds a classifier of texts, which <see cref="TextClassifier"/> answers for.</summary>
    /// <param name="name">The name that it is asked for by.</param>
    /// <param name="path">The model file; relative to the host's content root, or without a host to the current folder.</param>
    /// <param name="configure">Sets what is to differ from the defaults.</param>
    /// <exception cref="ArgumentException">There is a model of that name already.</exception>
    public RecurantOptions AddTextClassifier(string name, string path, Action<ModelOptions>? configure = null) =>
        Add(name, path, TaskNames.Classify, configure);

    /// <summary>Adds a tagger of words, which <see cref="TagPredictor"/> answers for.</summary>
    /// <inheritdoc cref="AddTextClassifier"/>
    public RecurantOptions AddTagPredictor(string name, string path, Action<ModelOptions>? configure = null) =>
        Add(name, path, TaskNames.Tag, configure);

    /// <summary>Adds a translator, which <see cref="Translator"/> answers for.</summary>
    /// <inheritdoc cref="AddTextClassifier"/>
    public RecurantOptions AddTranslator(string name, string path, Action<ModelOptions>? configure = null) =>
        Add(name, path, TaskNames.Translate, configure);

    /// <summary>Adds a language model, which <see cref="TextGenerator"/> answers for.</summary>
    /// <inheritdoc cref="AddTextClassifier"/>
    public RecurantOptions AddTextGenerator(string name, string path, Action<ModelOptions>? configure = null) =>
        Add(name, path, TaskNames.LanguageModel, configure);

    /// <summary>Adds a captioner of images, which <see cref="Captioner"/> answers for.</summary>
    /// <inheritdoc cref="AddTextClassifier"/>
    public RecurantOptions AddCaptioner(string name, string path, Action<ModelOptions>? configure = null) =>
        Add(name, path, TaskNames.Caption, configure);

    private RecurantOptions Add(string name, string path, string task, Action<ModelOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(path);
        var model = new ModelOptions { Path = path, Task = task };
        if (!Models.TryAdd(name, model))
        {
            throw new ArgumentException(
                $"There is a model '{name}' already, with the path '{Models[name].Path}'; expected a name for each. Give this "
                + "one another name, or change the path of the first.", nameof(name));
        }

        configure?.Invoke(model);
        return this;
    }
}

/// <summary>How one model is served.</summary>
public sealed class ModelOptions
{
    /// <summary>The model file; relative to the host's content root, or without a host to the current folder. Required.</summary>
    public string Path { get; set; } = "";

    /// <summary>
    /// The task that the model must have: <c>classify</c>, <c>tag</c>, <c>lm</c>, <c>translate</c> or <c>caption</c>. Null: that
    /// of the file. Default: null; the methods of <see cref="RecurantOptions"/> set it.
    /// </summary>
    public string? Task { get; set; }

    /// <summary>
    /// Threads for one call; 0 for one a core. Answers do not depend on it. Default: 1, since in a service many callers run side
    /// by side.
    /// </summary>
    public int Threads { get; set; } = 1;

    /// <summary>Whether the model is read when the host starts. Null: as <see cref="RecurantOptions.LoadAtStart"/>.</summary>
    public bool? LoadAtStart { get; set; }

    /// <summary>
    /// Whether the model is read again when its file is replaced. Null: as <see cref="RecurantOptions.Reload"/>.
    /// </summary>
    public bool? Reload { get; set; }
}
