using System.Globalization;

namespace Recurant.Models;

/// <summary>A model that forecasts: one network for all series, or several that answer together.</summary>
public sealed class ForecasterModel : TrainedModel
{
    internal ForecasterModel(ForecasterSpec spec)
    {
        spec.Validate();
        Spec = spec;
        Networks =
        [
            .. Enumerable.Range(0, spec.Networks).Select(n => new ForecastNetwork(
                spec, spec.Networks == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"models.{n}."))),
        ];
        Corrections = new Parameter("corrections", spec.Horizon, spec.Levels.Count) { IsTrainable = false };
        Surprises = new Parameter("surprises", 2) { IsTrainable = false };
        Learnt = [.. Networks.SelectMany(network => network.Parameters)];
        Parameters = [.. Learnt, Corrections, Surprises];
    }

    /// <summary>What the model is made of.</summary>
    public ForecasterSpec Spec { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Forecast;

    /// <inheritdoc/>
    public override string Noun => "forecaster";

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    internal IReadOnlyList<ForecastNetwork> Networks { get; }

    /// <summary>The tensors that training changes.</summary>
    internal IReadOnlyList<Parameter> Learnt { get; }

    /// <summary>
    /// [H, K], on the scale of a window: what is added to each quantile so that, over the validation windows, as many values lie
    /// below it as its level says (split conformal prediction, Vovk et al. 2005, by horizon).
    /// </summary>
    internal Parameter Corrections { get; }

    /// <summary>
    /// [2]: of the surprises over the validation windows the value that a tenth exceeds, and by how much these exceed it in the
    /// mean; both 0 where there were too few.
    /// </summary>
    internal Parameter Surprises { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Networks[0].Describe();
}
