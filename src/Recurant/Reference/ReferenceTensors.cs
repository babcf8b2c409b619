using System.Diagnostics.CodeAnalysis;

namespace Recurant.Reference;

/// <summary>Named arrays of double precision: the weights of a model, or the gradients of them, under PyTorch's names.</summary>
/// <remarks>
/// Names keep the order in which they were first set. Arrays are not copied: whoever changes one changes the tensor.
/// </remarks>
public sealed class ReferenceTensors
{
    private readonly OrderedDictionary<string, double[]> _values = new(StringComparer.Ordinal);

    /// <summary>The names, in the order in which they were first set.</summary>
    public IReadOnlyList<string> Names => _values.Keys;

    /// <summary>The values of one tensor, row-major.</summary>
    /// <param name="name">The tensor's name, such as weight_ih_l0.</param>
    /// <exception cref="ArgumentException">On reading: there is no tensor of that name.</exception>
    public double[] this[string name]
    {
        get => _values.TryGetValue(name, out double[]? values) ? values : throw new ArgumentException(
            $"There is no tensor '{name}'. Present: {string.Join(", ", _values.Keys)}.", nameof(name));
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _values[name] = value;
        }
    }

    /// <summary>
    /// Sets a tensor from single precision, so that production weights and gradients can be compared with these.
    /// </summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="values">Its values, row-major.</param>
    public void Set(string name, ReadOnlySpan<float> values)
    {
        double[] copy = new double[values.Length];
        for (int i = 0; i < copy.Length; i++) copy[i] = values[i];
        _values[name] = copy;
    }

    /// <summary>Looks a tensor up without throwing when it is absent.</summary>
    /// <param name="name">The tensor's name.</param>
    /// <param name="values">Its values, or null.</param>
    /// <returns>Whether there is a tensor of that name.</returns>
    public bool TryGet(string name, [NotNullWhen(true)] out double[]? values) => _values.TryGetValue(name, out values);

    /// <summary>A copy that shares no array with this one.</summary>
    /// <returns>The copy.</returns>
    public ReferenceTensors Copy()
    {
        ReferenceTensors copy = new();
        foreach ((string name, double[] values) in _values) copy._values[name] = [.. values];
        return copy;
    }

    /// <summary>A tensor of zeros in each of the given shapes: where gradients are summed up.</summary>
    internal static ReferenceTensors Zeros(IEnumerable<ReferenceShape> shapes)
    {
        ReferenceTensors zeros = new();
        foreach (ReferenceShape shape in shapes) zeros._values[shape.Name] = new double[shape.Count];
        return zeros;
    }

    /// <summary>Checks that every tensor of the list is here with the right number of elements.</summary>
    internal void Require(IEnumerable<ReferenceShape> shapes, string parameterName)
    {
        foreach (ReferenceShape shape in shapes)
        {
            if (!_values.TryGetValue(shape.Name, out double[]? values))
            {
                throw new ArgumentException($"The tensor {shape} is missing.", parameterName);
            }

            if (values.Length != shape.Count)
            {
                throw new ArgumentException(
                    $"The tensor {shape} needs {shape.Count} values, but {values.Length} were given.", parameterName);
            }
        }
    }
}

/// <summary>The name and the shape of a tensor.</summary>
/// <param name="Name">PyTorch's name, such as weight_hh_l0.</param>
/// <param name="Rows">The length of the first axis.</param>
/// <param name="Columns">The length of the second axis, or 0 for a vector.</param>
public readonly record struct ReferenceShape(string Name, int Rows, int Columns = 0)
{
    /// <summary>How many numbers the tensor holds.</summary>
    public int Count => Columns == 0 ? Rows : Rows * Columns;

    /// <summary>The name and the shape as text, for example "weight_hh_l0 [12,3]".</summary>
    /// <returns>The text.</returns>
    public override string ToString() => Columns == 0 ? $"{Name} [{Rows}]" : $"{Name} [{Rows},{Columns}]";
}
