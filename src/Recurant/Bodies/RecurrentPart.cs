namespace Recurant.Bodies;

/// <summary>Recurrent layers of a network, and what they keep of a batch.</summary>
/// <param name="Name">"encoder" or "decoder"; null where the network has but one such part.</param>
/// <param name="FirstLayer">The number of the lowest of these layers in the part.</param>
/// <param name="Stack">The layers.</param>
/// <param name="Memory">What they keep.</param>
/// <param name="Batch">The sequences they read.</param>
internal sealed record RecurrentPart(
    string? Name, int FirstLayer, RecurrentStack Stack, RecurrentMemory Memory, BatchLayout Batch)
{
    /// <summary>What a layer and direction is called: "layer 0", "encoder layer 1 backward".</summary>
    /// <param name="cell">Its place in <see cref="RecurrentMemory.Cells"/>.</param>
    public string NameOf(int cell) =>
        NameOf(Name, FirstLayer + cell / Stack.Spec.Directions, cell % Stack.Spec.Directions == 1);

    public static string NameOf(string? part, int layer, bool isReverse) =>
        $"{(part is null ? "" : part + " ")}layer {layer}{(isReverse ? " backward" : "")}";
}
