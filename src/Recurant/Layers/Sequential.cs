namespace Recurant.Layers;

/// <summary>Layers one after the other: each reads what the one before has written.</summary>
/// <example>
/// <code>
/// var network = new Sequential(
///     new Embedding(words: 5000, size: 64),
///     new Recurrent(CellKind.Lstm, inputSize: 64, hiddenSize: 128),
///     new PoolingLayer(Pooling.Last),
///     new Dense(128, 2));
/// network.Initialise(seed: 1);
/// </code>
/// </example>
public sealed class Sequential : Layer
{
    private readonly Layer[] _layers;

    /// <summary>Joins layers.</summary>
    /// <param name="layers">The layers, in the order of the data.</param>
    /// <exception cref="ArgumentException">
    /// There are none, the width that one gives is not the one the next reads, or steps are read after they were joined.
    /// </exception>
    public Sequential(params Layer[] layers)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Length == 0) throw new ArgumentException("A Sequential needs at least one layer.", nameof(layers));
        _layers = [.. layers];
        int width = Math.Max(0, layers[0].InputSize);
        for (int i = 0; i < layers.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(layers[i], $"{nameof(layers)}[{i}]");
            if (i > 0 && width > 0 && layers[i].InputSize != 0 && layers[i].InputSize != width)
            {
                string reads = layers[i].InputSize == TokenInput ? "tokens" : $"vectors of {layers[i].InputSize} numbers";
                throw new ArgumentException(
                    $"Layer {i} ({layers[i].GetType().Name}) reads {reads}, but layer {i - 1} ({layers[i - 1].GetType().Name}) "
                    + $"gives vectors of {width}.", nameof(layers));
            }

            if (JoinsSteps && layers[i].ReadsSteps)
            {
                throw new ArgumentException(
                    $"Layer {i} ({layers[i].GetType().Name}) reads the steps of sequences, but a layer before it joins them to "
                    + "one row for each sequence.", nameof(layers));
            }

            // The widths behind a layer that takes any are known once an input has come.
            width = width > 0 || layers[i].InputSize != 0 ? layers[i].OutputSize(width) : 0;
            JoinsSteps |= layers[i].JoinsSteps;
            ReadsSteps |= layers[i].ReadsSteps;
        }

        Parameters = [.. layers.SelectMany(layer => layer.Parameters).Distinct()];
    }

    /// <summary>The layers, in the order of the data.</summary>
    public IReadOnlyList<Layer> Layers => _layers;

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override IEnumerable<NamedParameter> NamedParameters => _layers.SelectMany(
        (layer, i) => layer.NamedParameters.Select(named => named with { Name = $"{i}.{named.Name}" }))
        .DistinctBy(named => named.Parameter);

    /// <inheritdoc/>
    public override int InputSize => _layers[0].InputSize;

    /// <inheritdoc/>
    public override bool JoinsSteps { get; }

    /// <inheritdoc/>
    public override bool ReadsSteps { get; }

    /// <inheritdoc/>
    public override int OutputSize(int inputSize)
    {
        foreach (Layer layer in _layers) inputSize = layer.OutputSize(inputSize);
        return inputSize;
    }

    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        foreach (Layer layer in _layers)
        {
            layer.Initialise(seed, ordinal);
            ordinal += layer.OrdinalsOf;
        }
    }

    /// <inheritdoc/>
    public override SequenceBatch Forward(Pass pass, SequenceBatch input)
    {
        ArgumentNullException.ThrowIfNull(input);
        foreach (Layer layer in _layers) input = layer.Forward(pass, input);
        return input;
    }

    /// <inheritdoc/>
    protected internal override uint OrdinalsOf => (uint)_layers.Sum(layer => layer.OrdinalsOf);

    /// <summary>Never called: the layers are recorded one by one.</summary>
    protected internal override void Forward(in LayerCall call) => throw new InvalidOperationException();

    /// <inheritdoc cref="Forward(in LayerCall)"/>
    protected internal override void Backward(in LayerCall call) => throw new InvalidOperationException();
}
