using System.Globalization;

namespace Recurant.Models;

/// <summary>A model that answers sequences of measurements: with a label, a number, or one of them for each step.</summary>
public sealed class SeriesModel : TrainedModel
{
    internal SeriesModel(SeriesSpec spec, IReadOnlyList<string> labels)
    {
        if (spec.IsOfLabels) RequireCount(spec.Outputs, "labels", labels.Count, nameof(labels));
        spec.Validate();
        (Spec, Labels) = (spec, labels);
        Networks =
        [
            .. Enumerable.Range(0, spec.Networks).Select(n => new SeriesNetwork(
                spec, spec.Networks == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"models.{n}."))),
        ];
        Parameters = [.. Networks.SelectMany(network => network.Parameters)];
    }

    /// <summary>What the model is made of.</summary>
    public SeriesSpec Spec { get; }

    /// <summary>The labels, in the order of their numbers; empty where numbers are answered.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <inheritdoc/>
    public override string Task => SeriesSpec.TaskOf(Spec.Answer);

    /// <inheritdoc/>
    internal override string Format => SeriesFormat.FormatName;

    /// <inheritdoc/>
    public override string Noun => Spec.Answer switch
    {
        SeriesAnswer.Label => "sequence classifier",
        SeriesAnswer.StepLabels => "sequence labeller",
        _ => "sequence regressor",
    };

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    internal IReadOnlyList<SeriesNetwork> Networks { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Networks[0].Describe();
}
