namespace Recurant.Bodies;

/// <summary>
/// A network that is made of public layers and runs in a <see cref="Pass"/>: its forward pass is ordinary code, its gradients
/// follow from it, and what is needed to look inside (layers by name, recurrent parts, values) follows from the calls.
/// </summary>
internal abstract class PassNetwork
{
    private readonly List<(string Name, Layer Layer)> _layers = [];
    private readonly List<Parameter> _parameters = [];

    /// <summary>All tensors, in the order of the model file; each name begins with that of its layer.</summary>
    public IReadOnlyList<Parameter> Parameters => _parameters;

    /// <summary>The layers by name, in the order the data passes them.</summary>
    protected IReadOnlyList<(string Name, Layer Layer)> Layers => _layers;

    /// <summary>The layers in the order the data passes them, each with its equations.</summary>
    public abstract IReadOnlyList<LayerDescription> Describe();

    /// <summary>Fills all parameters with the random numbers that their layers begin with.</summary>
    public virtual void Initialise(ulong seed)
    {
        uint ordinal = 0;
        foreach ((_, Layer layer) in _layers)
        {
            layer.Initialise(seed, ordinal);
            ordinal += layer.OrdinalsOf;
        }
    }

    /// <summary>What a layer is called.</summary>
    public string NameOf(Layer layer)
    {
        foreach ((string name, Layer candidate) in _layers)
        {
            if (ReferenceEquals(candidate, layer)) return name;
        }

        return layer is JoiningLayer ? "join" : "layer";
    }

    /// <summary>Makes a layer part of the network.</summary>
    protected TLayer Add<TLayer>(string name, TLayer layer) where TLayer : Layer
    {
        _layers.Add((name, layer));
        foreach (Parameter parameter in layer.Parameters)
        {
            parameter.Name = $"{name}.{parameter.Name}";
            _parameters.Add(parameter);
        }

        return layer;
    }

    /// <summary>A tensor that is no layer's.</summary>
    protected Parameter Add(Parameter parameter)
    {
        _parameters.Add(parameter);
        return parameter;
    }

    /// <summary>Recurrent layers, as people read them.</summary>
    protected static LayerDescription Describe(string name, Recurrent layer) => LayerDescription.Of(
        $"{name}: {layer.Spec.Summary}", $"[T, {layer.InputSize}] -> [T, {layer.Spec.OutputSize}]", layer.Equations,
        layer.Parameters);
}

/// <summary>What networks of public layers keep of a batch: their passes.</summary>
/// <param name="runs">Each network with the pass that it runs in.</param>
internal sealed class PassMemory(IReadOnlyList<(PassNetwork Network, Pass Pass)> runs) : NetworkMemory
{
    public override IReadOnlyList<RecurrentPart> Parts =>
    [
        .. from run in runs
           from call in run.Pass.Calls
           let recurrent = call.Layer as Recurrent
           where recurrent is not null
           select new RecurrentPart(
               run.Network.NameOf(recurrent), 0, recurrent.Stack, Recurrent.MemoryOf(call.Memory), call.Output.Layout),
    ];

    public override IEnumerable<LayerValues> Values(bool afterBackward) =>
        (afterBackward ? runs.Reverse() : runs).SelectMany(run => Values(run.Network, run.Pass, afterBackward));

    private static IEnumerable<LayerValues> Values(PassNetwork network, Pass pass, bool afterBackward)
    {
        foreach ((Layer layer, _, SequenceBatch output, object? memory) in afterBackward ? pass.Calls.Reverse() : pass.Calls)
        {
            string name = network.NameOf(layer);
            if (layer is Recurrent recurrent)
            {
                foreach (LayerValues values in recurrent.Stack.Values(
                    Recurrent.MemoryOf(memory), output.Layout, afterBackward, $"{name} layer"))
                {
                    yield return values;
                }
            }
            else if (!afterBackward || output.HasGradient)
            {
                yield return new LayerValues(
                    name, afterBackward ? "gradient of the output" : "output",
                    afterBackward ? output.GradientToAdd() : output.Matrix,
                    output.IsPerSequence ? RowMeaning.Sequences : RowMeaning.Steps, output.Layout);
            }
        }
    }
}
