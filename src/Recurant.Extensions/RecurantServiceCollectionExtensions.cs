using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Recurant;
using Recurant.Extensions;
using Tokenizer = Microsoft.ML.Tokenizers.Tokenizer;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Models as services.</summary>
public static class RecurantServiceCollectionExtensions
{
    /// <summary>
    /// Serves models by name. Each can be asked for as the class that answers for it (<see cref="TextClassifier"/>,
    /// <see cref="TagPredictor"/>, <see cref="TextGenerator"/>, <see cref="Translator"/>, <see cref="Captioner"/>) with its name
    /// as the key, or without a key if it is the only one of its class; and as <see cref="ServedModel{TFront}"/>, which whoever
    /// lives longer than a request takes to see a file that is replaced.
    /// <code>
    /// services.AddRecurant(options => options.AddTextClassifier("reviews", "reviews.safetensors"));
    /// app.MapPost("/classify", (string text, TextClassifier model) => model.Predict(text).Label);
    /// </code>
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Adds models and sets options; may be left out if another call does.</param>
    /// <returns>The services.</returns>
    /// <remarks>
    /// The class that answers is registered as transient and yet one object: the model that is served at the moment. Resolving it
    /// reads the model if that has not been done, and throws <see cref="InvalidOperationException"/> if it cannot be read.
    /// </remarks>
    public static IServiceCollection AddRecurant(this IServiceCollection services, Action<RecurantOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        OptionsBuilder<RecurantOptions> options = services.AddOptions<RecurantOptions>();
        if (configure is not null) options.Configure(configure);
        options.ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RecurantOptions>, RecurantOptionsCheck>());
        services.TryAddSingleton<ServedModels>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, ModelStartup>());
        Add<TextClassifier>(services);
        Add<TagPredictor>(services);
        Add<TextGenerator>(services);
        Add<Translator>(services);
        Add<Captioner>(services);
        return services;
    }

    /// <summary>Serves the models that a section of the configuration names; see <see cref="RecurantOptions"/>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The section, such as <c>builder.Configuration.GetSection("Recurant")</c>.</param>
    /// <param name="configure">Adds models and sets options beyond those of the section.</param>
    /// <returns>The services.</returns>
    /// <exception cref="OptionsValidationException">When the host starts: a value is outside its range.</exception>
    public static IServiceCollection AddRecurant(
        this IServiceCollection services, IConfiguration configuration, Action<RecurantOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configuration);
        // A misspelt key must not look like success.
        services.Configure<RecurantOptions>(configuration, binder => binder.ErrorOnUnknownConfiguration = true);
        return services.AddRecurant(configure);
    }

    /// <summary>
    /// Adds an <see cref="IEmbeddingGenerator{TInput,TEmbedding}"/> of a classifier or a language model that is served: under
    /// its name, and without a key if it is the first.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="model">The name of the model.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRecurantEmbeddings(this IServiceCollection services, string model)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        services.AddRecurant();
        services.TryAddKeyedSingleton<IEmbeddingGenerator<string, Embedding<float>>>(
            model, (provider, _) => RecurantEmbeddingGenerator.Of(provider.GetRequiredService<ServedModels>().Of(model)));
        services.TryAddSingleton(
            provider => provider.GetRequiredKeyedService<IEmbeddingGenerator<string, Embedding<float>>>(model));
        return services;
    }

    /// <summary>
    /// Adds a <see cref="Tokenizer"/> with the tokens that a served model reads: under its name, and without a key if it is the
    /// first. It is transient: that of the model which is served at the moment.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="model">The name of the model.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddRecurantTokenizer(this IServiceCollection services, string model)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(model);
        services.AddRecurant();
        services.TryAddKeyedTransient<Tokenizer>(
            model, (provider, _) => RecurantTokenizer.Of(provider.GetRequiredService<ServedModels>().Of(model).Current.Model));
        services.TryAddTransient(provider => provider.GetRequiredKeyedService<Tokenizer>(model));
        return services;
    }

    private static void Add<TFront>(IServiceCollection services) where TFront : class
    {
        services.TryAddKeyedSingleton(
            KeyedService.AnyKey,
            (provider, name) => new ServedModel<TFront>(provider.GetRequiredService<ServedModels>().Of(name)));
        services.TryAddSingleton(
            provider => new ServedModel<TFront>(provider.GetRequiredService<ServedModels>().Only(typeof(TFront))));
        services.TryAddKeyedTransient(
            KeyedService.AnyKey, (provider, name) => provider.GetRequiredKeyedService<ServedModel<TFront>>(name).Current);
        services.TryAddTransient(provider => provider.GetRequiredService<ServedModel<TFront>>().Current);
    }
}
