namespace Recurant.Models;

/// <summary>A model that writes down speech.</summary>
public sealed class SpeechModel : TrainedModel
{
    internal SpeechModel(SpeechSpec spec, IReadOnlyList<string> symbols)
    {
        RequireCount(spec.Symbols, "symbols", symbols.Count, nameof(symbols));
        spec.Validate();
        (Spec, Symbols) = (spec, symbols);
        Features = new SoundFeatures(spec.Sound);
        Network = new SpeechNetwork(spec, Features.Width);
    }

    /// <summary>What the model is made of.</summary>
    public SpeechSpec Spec { get; }

    /// <summary>The characters or words that it can write; the space among them where it writes characters.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <inheritdoc/>
    public override string Task => TaskNames.Transcribe;

    /// <inheritdoc/>
    public override string Noun => "transcriber";

    /// <inheritdoc/>
    public override string Summary => Spec.Summary;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters => Network.Parameters;

    internal SpeechNetwork Network { get; }

    internal SoundFeatures Features { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<LayerDescription> Describe() => Network.Describe();
}
