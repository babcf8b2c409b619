using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Recurant.Extensions;

/// <summary>All models that the program serves; there is one of these in a container.</summary>
internal sealed class ServedModels : IDisposable
{
    private readonly Dictionary<string, ModelSlot> _slots = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<ModelSlot> _atStart = [];

    public ServedModels(IOptions<RecurantOptions> options, IServiceProvider services)
    {
        RecurantOptions all = options.Value;
        string root = services.GetService<IHostEnvironment>()?.ContentRootPath ?? Directory.GetCurrentDirectory();
        TimeProvider time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        ILogger logger = services.GetService<ILoggerFactory>()?.CreateLogger("Recurant") ?? NullLogger.Instance;
        foreach ((string name, ModelOptions model) in all.Models)
        {
            bool reloads = model.Reload ?? all.Reload;
            var slot = new ModelSlot(
                name, Path.GetFullPath(model.Path, root), model, reloads ? all.ReloadInterval : null, time, logger);
            _slots.Add(name, slot);
            if (model.LoadAtStart ?? all.LoadAtStart) _atStart.Add(slot);
        }
    }

    public IEnumerable<ModelSlot> All => _slots.Values;

    /// <summary>Those that are read when the host starts.</summary>
    public IReadOnlyList<ModelSlot> AtStart => _atStart;

    /// <summary>The model of a name.</summary>
    public ModelSlot Of(object? name) => name is string text && _slots.TryGetValue(text, out ModelSlot? slot)
        ? slot
        : throw new InvalidOperationException(
            $"There is no model '{name}'; {Names()}. Correct the name, or add the model to AddRecurant or to Recurant:Models.");

    /// <summary>The only model that a class can answer for.</summary>
    public ModelSlot Only(Type front)
    {
        string task = ServedKind.All.First(kind => kind.Front == front).Task;
        // A model whose task the file decides is asked about it only if there is no other.
        ModelSlot[] declared = [.. All.Where(slot => slot.Task == task)];
        ModelSlot[] found = declared.Length > 0 ? declared : [.. All.Where(slot => slot.Task is null)];
        if (found.Length == 1) return found[0];
        throw new InvalidOperationException(found.Length == 0
            ? $"There is no model for {front.Name}; {Names()}. Add one to AddRecurant or to Recurant:Models."
            : $"{found.Length} models may be meant by {front.Name} ({Quoted(found)}); expected one. Ask for it by name, "
                + $"[FromKeyedServices(\"{found[0].Name}\")], or say the Task of each in the configuration.");
    }

    public void Dispose()
    {
        foreach (ModelSlot slot in All) slot.Dispose();
    }

    private string Names() => _slots.Count == 0 ? "no models are configured" : $"the models are {Quoted(All)}";

    private static string Quoted(IEnumerable<ModelSlot> slots) => string.Join(", ", slots.Select(slot => $"'{slot.Name}'"));
}

/// <summary>Reads models when the host starts.</summary>
internal sealed class ModelStartup(ServedModels models) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (ModelSlot slot in models.AtStart)
        {
            await Task.Run(() => slot.Current, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
