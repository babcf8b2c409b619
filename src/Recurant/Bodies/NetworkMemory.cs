namespace Recurant.Bodies;

/// <summary>What a network keeps of a batch from the forward to the backward pass; one per thread of control.</summary>
internal abstract class NetworkMemory
{
    /// <summary>
    /// The recurrent layers with what they keep of the last batch; empty where there are none, or where they keep a part of its
    /// steps at a time.
    /// </summary>
    public virtual IReadOnlyList<RecurrentPart> Parts => [];

    /// <summary>What the layers left of the last batch, in the order it was computed.</summary>
    /// <param name="afterBackward">Whether the backward pass is done: then gradients stand where values were.</param>
    public abstract IEnumerable<LayerValues> Values(bool afterBackward);

    /// <summary>The first layer of the last forward pass whose output holds NaN or infinity; null if all are finite.</summary>
    public string? FirstNonFinite() => Values(afterBackward: false).FirstOrDefault(values => !values.Values.IsFinite)?.Place;
}
