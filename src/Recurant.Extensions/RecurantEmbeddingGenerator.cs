using Microsoft.Extensions.AI;

namespace Recurant.Extensions;

/// <summary>
/// The states of a recurrent model after a text as its embedding: <see cref="TextClassifier.TextVectors"/> or
/// <see cref="TextGenerator.TextVectors"/>, where the equations stand. May be used from many threads at once.
/// </summary>
public sealed class RecurantEmbeddingGenerator : IEmbeddingGenerator<string, Embedding<float>>
{
    private const string Provider = "recurant";

    private readonly string? _modelId;
    private readonly Func<Source> _current;
    private readonly Func<int?> _size;

    private RecurantEmbeddingGenerator(string? modelId, Func<Source> current, Func<int?> size)
    {
        (_modelId, _current, _size) = (modelId, current, size);
    }

    /// <summary>Embeddings of N D H numbers from a classifier.</summary>
    /// <param name="classifier">The classifier.</param>
    /// <param name="modelId">What the embeddings call it. Default: nothing.</param>
    /// <exception cref="ArgumentException">The classifier has no recurrent layers.</exception>
    public static RecurantEmbeddingGenerator Of(TextClassifier classifier, string? modelId = null)
    {
        ArgumentNullException.ThrowIfNull(classifier);
        if (classifier.TextVectorSize == 0)
        {
            throw new ArgumentException(
                $"The classifier ({classifier.Model.Summary}) has no recurrent layers, and embeddings are made of their states; "
                + "expected a recurrent classifier. Train one with Model = ModelKind.Recurrent, which is the default.",
                nameof(classifier));
        }

        var source = new Source(classifier.TextVectorSize, classifier.TextVectors);
        return new RecurantEmbeddingGenerator(modelId, () => source, () => source.Size);
    }

    /// <summary>Embeddings of H numbers from a language model.</summary>
    /// <param name="generator">Has the language model.</param>
    /// <param name="modelId">What the embeddings call it. Default: nothing.</param>
    public static RecurantEmbeddingGenerator Of(TextGenerator generator, string? modelId = null)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var source = new Source(generator.TextVectorSize, generator.TextVectors);
        return new RecurantEmbeddingGenerator(modelId, () => source, () => source.Size);
    }

    /// <summary>Embeddings of whatever model is served at the moment.</summary>
    internal static RecurantEmbeddingGenerator Of(ModelSlot slot) => new(
        slot.Name, () => SourceOf(slot.Name, slot.Current),
        () => slot.Loaded is { } loaded ? SourceOf(slot.Name, loaded).Size : null);

    private static Source SourceOf(string name, Loaded loaded) => loaded.Front switch
    {
        TextClassifier { TextVectorSize: > 0 } classifier => new Source(classifier.TextVectorSize, classifier.TextVectors),
        TextGenerator generator => new Source(generator.TextVectorSize, generator.TextVectors),
        _ => throw new InvalidOperationException(
            $"The model '{name}' ({loaded.Model.Noun}: {loaded.Model.Summary}) gives no embeddings; expected a recurrent "
            + "classifier or a language model. Name one of those to AddRecurantEmbeddings."),
    };

    /// <summary>Makes the embeddings of texts, in their order.</summary>
    /// <param name="values">The texts; each may be empty.</param>
    /// <param name="options">
    /// Dimensions and model, which must be those of the generator if they are set; nothing else plays a part.
    /// </param>
    /// <param name="cancellationToken">Looked at between two batches of texts.</param>
    /// <returns>
    /// The embeddings; they are not normalised. <see cref="GeneratedEmbeddings{TEmbedding}.Usage"/> has the number of tokens that
    /// were read.
    /// </returns>
    /// <exception cref="ArgumentException">The options ask for other dimensions, or for another model.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(
        IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(values);
        // Work for a processor, which is not to keep the thread of a caller that awaits.
        return Task.Run(() => Generate([.. values], options, cancellationToken), cancellationToken);
    }

    private GeneratedEmbeddings<Embedding<float>> Generate(
        string[] texts, EmbeddingGenerationOptions? options, CancellationToken cancellation)
    {
        Source source = _current();
        if (options?.Dimensions is { } dimensions && dimensions != source.Size)
        {
            throw new ArgumentException(
                $"Dimensions is {dimensions}, but the embeddings of this model have {source.Size} numbers; expected that or "
                + "null. Leave it out, or train a model of that width.", nameof(options));
        }

        if (options?.ModelId is { } model && model != _modelId)
        {
            throw new ArgumentException(
                $"ModelId is '{model}', but this generator has "
                + $"{(_modelId is null ? "a model without a name" : $"'{_modelId}'")}; expected that or null. Leave it out, "
                + "or ask the generator of that model.", nameof(options));
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        long tokens = 0;
        var embeddings = new GeneratedEmbeddings<Embedding<float>>(texts.Length);
        foreach (TextVector vector in source.Vectors(texts, cancellation))
        {
            embeddings.Add(new Embedding<float>(vector.Values) { CreatedAt = now, ModelId = _modelId });
            tokens += vector.Tokens;
        }

        embeddings.Usage = new UsageDetails { InputTokenCount = tokens, TotalTokenCount = tokens };
        return embeddings;
    }

    /// <summary>This generator, or its <see cref="EmbeddingGeneratorMetadata"/>.</summary>
    /// <param name="serviceType">What is asked for.</param>
    /// <param name="serviceKey">A key; there is nothing under any.</param>
    /// <returns>The object; null if there is none of that class.</returns>
    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null) return null;
        if (serviceType == typeof(EmbeddingGeneratorMetadata))
        {
            return new EmbeddingGeneratorMetadata(Provider, providerUri: null, _modelId, _size());
        }

        return serviceType.IsInstanceOfType(this) ? this : null;
    }

    /// <summary>Does nothing: the model is not the generator's.</summary>
    public void Dispose()
    {
    }

    private sealed record Source(
        int Size, Func<IReadOnlyList<string>, CancellationToken, IReadOnlyList<TextVector>> Vectors);
}
