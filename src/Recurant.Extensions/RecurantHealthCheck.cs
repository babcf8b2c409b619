using System.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Recurant.Extensions;

/// <summary>
/// Asks every model that is served the smallest question there is; one that has not been read is read. Healthy if all answer;
/// degraded if all do, but a file that was put in place of one was refused; otherwise the status of a failure.
/// </summary>
internal sealed class RecurantHealthCheck(ServedModels models) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var data = new Dictionary<string, object>(StringComparer.Ordinal);
        List<string> silent = [], refused = [];
        Exception? first = null;
        foreach (ModelSlot slot in models.All)
        {
            // Reading and answering are work for a processor: not on the thread that asks. It cannot be stopped, but whoever has
            // waited long enough goes on; what it then finds is nobody's.
            (Exception? fault, string entry) =
                await Task.Run(() => Ask(slot), cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
            data[slot.Name] = entry;
            if (fault is not null) silent.Add(fault.Message);
            if (fault is null && slot.Fault is { } kept) refused.Add($"version {slot.Loaded!.Version} is served: {kept.Message}");
            first ??= fault ?? slot.Fault;
        }

        if (silent.Count > 0)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, string.Join(' ', silent), first, data);
        }

        return refused.Count > 0
            ? HealthCheckResult.Degraded(string.Join(' ', refused), first, data)
            : HealthCheckResult.Healthy(data.Count == 1 ? "The model answers." : $"All {data.Count} models answer.", data);
    }

    private static (Exception? Fault, string Entry) Ask(ModelSlot slot)
    {
        try
        {
            Loaded loaded = slot.Current;
            long begun = Stopwatch.GetTimestamp();
            loaded.Kind.Ask(loaded.Model, loaded.Front);
            double milliseconds = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            return (null, $"version {loaded.Version}, {loaded.Model.Summary}, answered in {milliseconds:0.###} ms");
        }
        catch (Exception fault) when (fault is InvalidOperationException or InvalidDataException)
        {
            return (fault, fault.Message);
        }
    }
}
