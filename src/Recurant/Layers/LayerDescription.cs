namespace Recurant.Layers;

/// <summary>One layer as a person would describe it.</summary>
/// <param name="Name">What it is, for example "LSTM, both directions".</param>
/// <param name="Shape">What goes in and out, for example "[T, 100] -> [T, 256]".</param>
/// <param name="Equations">Its equations in plain ASCII.</param>
/// <param name="Tensors">The names of its tensors.</param>
/// <param name="ParameterCount">The number of its parameters.</param>
public sealed record LayerDescription(
    string Name, string Shape, IReadOnlyList<string> Equations, IReadOnlyList<string> Tensors, int ParameterCount)
{
    internal static LayerDescription Of(
        string name, string shape, IReadOnlyList<string> equations, IEnumerable<Parameter> parameters)
    {
        Parameter[] list = [.. parameters];
        return new LayerDescription(name, shape, equations, [.. list.Select(p => p.Name)], list.Sum(p => p.Count));
    }
}
