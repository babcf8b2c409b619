namespace Recurant.Models;

/// <summary>A model of music: it tells which notes come next.</summary>
public sealed class NotesModel : TrainedModel
{
    internal NotesModel(NotesSpec spec)
    {
        spec.Validate();
        (Spec, Network) = (spec, new NotesNetwork(spec));
    }

    /// <summary>What the model is made of.</summary>
    public NotesSpec Spec { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Notes;

    /// <inheritdoc/>
    public override string Noun => "music";

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    internal NotesNetwork Network { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}
