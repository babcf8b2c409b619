using System.Text.Json;

namespace Recurant.Storage;

/// <summary>
/// What an optimiser has gathered over its steps (moments, and how many steps there were), so that a training of one's own that
/// was stopped goes on as if it had not been: with the parameters of <see cref="ParameterFile"/> and <see cref="Pass.Step"/>, to
/// the bit.
/// </summary>
/// <example>
/// <code>
/// ParameterFile.Save("network.safetensors", network.NamedParameters);
/// OptimizerFile.Save("optimizer.safetensors", optimizer, network.NamedParameters);
/// // in another process, with a network and an optimiser made the same way:
/// ParameterFile.Load("network.safetensors", network.NamedParameters);
/// OptimizerFile.Load("optimizer.safetensors", optimizer, network.NamedParameters);
/// pass.Step = stepsDone;
/// </code>
/// </example>
public static class OptimizerFile
{
    private const string Key = "optimizer", Kind = "kind", Beta1 = "beta1_power", Beta2 = "beta2_power";

    /// <summary>Writes the state; an existing file is replaced only by a complete one.</summary>
    /// <param name="path">The file, by convention with the ending <c>.safetensors</c>.</param>
    /// <param name="optimizer">The optimiser, between two steps.</param>
    /// <param name="parameters">Its parameters with the names they have in files.</param>
    /// <param name="cancellation">Looked at between pieces of the tensors.</param>
    /// <exception cref="ArgumentException">A parameter of the optimiser is not among them.</exception>
    /// <exception cref="IOException">The file cannot be written; what stood there before is untouched.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; what stood there before is untouched.</exception>
    public static void Save(
        string path, Optimizer optimizer, IEnumerable<NamedParameter> parameters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        var writer = new SafetensorsWriter();
        writer.AddMetadata(Key, JsonText.Object(json =>
        {
            json.WriteString(Kind, Choices.NameOf(optimizer.Kind));
            json.WriteNumber(Beta1, optimizer.Powers.Beta1);
            json.WriteNumber(Beta2, optimizer.Powers.Beta2);
        }));
        foreach ((string name, int[] shape, FloatBuffer values) in Moments(optimizer, parameters))
        {
            writer.Add(name, shape, values.Memory);
        }

        writer.Save(path, cancellation);
    }

    /// <summary>Reads the state, all or nothing.</summary>
    /// <param name="path">A file that <see cref="Save"/> wrote.</param>
    /// <param name="optimizer">An optimiser of the same kind over the same parameters.</param>
    /// <param name="parameters">Its parameters with the names they have in files.</param>
    /// <param name="cancellation">Looked at between tensors.</param>
    /// <exception cref="ArgumentException">A parameter of the optimiser is not among them.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">
    /// The file is damaged, of another kind of optimiser, or of other parameters.
    /// </exception>
    /// <exception cref="OperationCanceledException">Cancelled; nothing is changed.</exception>
    public static void Load(
        string path, Optimizer optimizer, IEnumerable<NamedParameter> parameters, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        cancellation.ThrowIfCancellationRequested();
        using SafetensorsFile file = SafetensorsFile.Open(path);
        var metadata = new ModelMetadata(path, file.Metadata);
        (string kind, double beta1, double beta2) = metadata.Parse(Key, json =>
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            try
            {
                return (root.GetProperty(Kind).GetString() ?? "", root.GetProperty(Beta1).GetDouble(),
                    root.GetProperty(Beta2).GetDouble());
            }
            catch (Exception fault) when (fault is KeyNotFoundException or InvalidOperationException)
            {
                throw new FormatException($"it does not describe an optimiser ({fault.Message.TrimEnd('.')}).", fault);
            }
        });
        if (kind != Choices.NameOf(optimizer.Kind))
        {
            throw metadata.Fault(
                Key, $"it is the state of \"{kind}\", but the optimiser is \"{Choices.NameOf(optimizer.Kind)}\".");
        }

        (string Name, int[] Shape, FloatBuffer Values)[] moments = [.. Moments(optimizer, parameters)];
        float[][] values = [.. moments.Select(moment => new float[moment.Values.Length])];
        for (int i = 0; i < moments.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            ParameterFile.RequireTensor(file, moments[i].Name, moments[i].Shape, TensorUse.Network);
            file.ReadFloats(moments[i].Name, values[i]);
        }

        for (int i = 0; i < moments.Length; i++) values[i].CopyTo(moments[i].Values.Span);
        optimizer.Powers = (beta1, beta2);
    }

    private static IEnumerable<(string Name, int[] Shape, FloatBuffer Values)> Moments(
        Optimizer optimizer, IEnumerable<NamedParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var names = new Dictionary<Parameter, string>(ReferenceEqualityComparer.Instance);
        foreach ((string name, Parameter parameter) in parameters) names.TryAdd(parameter, name);
        foreach ((string kind, Parameter parameter, FloatBuffer values) in optimizer.Moments)
        {
            if (!names.TryGetValue(parameter, out string? name))
            {
                throw new ArgumentException(
                    $"The optimiser changes a parameter '{parameter.Name}' that is not among those given. Give the named "
                    + "parameters of all layers it was made with.", nameof(parameters));
            }

            yield return ($"{kind}.{name}", [.. parameter.Shape], values);
        }
    }
}
