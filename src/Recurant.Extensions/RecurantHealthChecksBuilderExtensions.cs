using Microsoft.Extensions.Diagnostics.HealthChecks;
using Recurant.Extensions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>A health check of the models that are served.</summary>
public static class RecurantHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check of all models of <c>AddRecurant</c>: each is read if that has not been done, and asked the smallest question
    /// there is. The reason of a failure is the description of the result.
    /// </summary>
    /// <param name="builder">The builder that <c>AddHealthChecks</c> gave.</param>
    /// <param name="name">The name of the check. Default: recurant.</param>
    /// <param name="failureStatus">The status if a model does not answer. Default: unhealthy.</param>
    /// <param name="tags">Tags to choose checks by. Default: none.</param>
    /// <param name="timeout">The most time. Default: no limit.</param>
    /// <returns>The builder.</returns>
    public static IHealthChecksBuilder AddRecurant(
        this IHealthChecksBuilder builder, string name = "recurant", HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(name);
        builder.Services.AddRecurant();
        return builder.Add(new HealthCheckRegistration(
            name, provider => new RecurantHealthCheck(provider.GetRequiredService<ServedModels>()), failureStatus, tags,
            timeout));
    }
}
