namespace Recurant.Tests.Storage;

public class ParameterFileTests
{
    [Fact]
    public void Load_OfASavedNetwork_GivesItsBits()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["network.safetensors"];
        static Sequential Network() => new(
            new Recurrent(7, new RecurrentSpec { Cell = CellKind.Lstm, HiddenSize = 4 }, oneHot: true),
            new Sequential(new LayerNormalised(), new Dense(4, 2)));
        Sequential saved = Network(), loaded = Network();
        saved.Initialise(seed: 1);
        ParameterFile.Save(path, saved.NamedParameters);
        ParameterFile.Load(path, loaded.NamedParameters);

        Bits.AssertValuesEqual(saved.Parameters, loaded.Parameters);
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.Equal(
            ["0.weight_ih_l0", "0.weight_hh_l0", "0.bias_ih_l0", "0.bias_hh_l0", "1.0.gain", "1.1.weight", "1.1.bias"],
            file.Tensors.Select(tensor => tensor.Name));
        // One-hot weights lie the other way round in memory, not in the file.
        Assert.Equal([16L, 7], file.Tensors[0].Shape);
    }

    [Fact]
    public void Load_OfPyTorchsFile_ReadsItsNames()
    {
        string path = Path.Combine(Goldens.Folder, "lstm-2-bidirectional.safetensors");
        Dictionary<string, float[]> tensors = Goldens.ReadTensors("lstm-2-bidirectional.safetensors");
        int hidden = tensors["bias_ih_l0"].Length / 4, input = tensors["weight_ih_l0"].Length / (4 * hidden);
        var recurrent = new Recurrent(CellKind.Lstm, input, hidden, layers: 2, bidirectional: true);
        ParameterFile.Load(path, recurrent.NamedParameters);

        Assert.Equal(16, recurrent.Parameters.Count);
        Assert.All(recurrent.Parameters,
            parameter => Bits.AssertEqual(tensors[parameter.Name], parameter.Values, parameter.Name));
    }

    [Fact]
    public void SaveAndLoad_Cancelled_ChangeNothing()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["network.safetensors"], state = directory["optimizer.safetensors"];
        var network = new Sequential(new Dense(2, 3), new Dense(3, 2));
        network.Initialise(seed: 1);
        var optimizer = new Optimizer(OptimizerKind.Adam, network.Parameters);
        ParameterFile.Save(path, network.NamedParameters);
        OptimizerFile.Save(state, optimizer, network.NamedParameters);
        byte[] before = File.ReadAllBytes(path), stateBefore = File.ReadAllBytes(state);
        float[][] values = [.. network.Parameters.Select(parameter => parameter.Values.ToArray())];
        network.Initialise(seed: 2);
        float[][] others = [.. network.Parameters.Select(parameter => parameter.Values.ToArray())];
        Assert.NotEqual(values, others);

        var stopped = new CancellationToken(true);
        Action[] calls =
        [
            () => ParameterFile.Save(path, network.NamedParameters, stopped),
            () => ParameterFile.Save(new MemoryStream(), network.NamedParameters, stopped),
            () => ParameterFile.Load(path, network.NamedParameters, stopped),
            () => ParameterFile.Load(new MemoryStream(before), network.NamedParameters, cancellation: stopped),
            () => OptimizerFile.Save(state, optimizer, network.NamedParameters, stopped),
            () => OptimizerFile.Load(state, optimizer, network.NamedParameters, stopped),
            () => ModelFile.ToBytes(SmallModels.Classifier(), stopped),
            () => new TextClassifier(SmallModels.Classifier()).ToBytes(stopped),
        ];
        Assert.All(calls, call => Assert.Throws<OperationCanceledException>(call));
        Assert.Equal(before, File.ReadAllBytes(path));
        Assert.Equal(stateBefore, File.ReadAllBytes(state));
        Assert.Equal(others, network.Parameters.Select(parameter => parameter.Values.ToArray()));

        // Cancelled between the parts of a stream: none of the parameters has been changed.
        using var source = new CancellationTokenSource();
        var stream = new OneWayStream(new MemoryStream(before)) { MostAtOnce = 50, BeforeRead = source.Cancel };
        Assert.Throws<OperationCanceledException>(
            () => ParameterFile.Load(stream, network.NamedParameters, cancellation: source.Token));
        Assert.Equal(others, network.Parameters.Select(parameter => parameter.Values.ToArray()));
        ParameterFile.Load(path, network.NamedParameters);
        Assert.Equal(values, network.Parameters.Select(parameter => parameter.Values.ToArray()));
    }

    [Fact]
    public void Load_OfAnUnfitFile_ChangesNothingAndNamesTheTensor()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["network.safetensors"];
        var dense = new Dense(2, 2);
        dense.Initialise(seed: 1);
        float[] before = dense.Weights.Values.ToArray();
        string Fault(params NamedParameter[] saved)
        {
            ParameterFile.Save(path, saved);
            string message = Assert.Throws<InvalidDataException>(
                () => ParameterFile.Load(path, dense.NamedParameters)).Message;
            Bits.AssertEqual(before, dense.Weights.Values, "unchanged");
            return message;
        }

        static NamedParameter Of(string name, float value, params int[] shape)
        {
            var parameter = new Parameter(name, shape);
            parameter.Gradient.Clear();
            parameter.Value.Fill(value);
            return new NamedParameter(name, parameter);
        }

        Assert.Contains("'bias' [2] is missing. Give the network the structure", Fault(Of("weight", 1, 2, 2)));
        Assert.Contains("has the shape [3], but the network has [2]", Fault(Of("weight", 1, 2, 2), Of("bias", 1, 3)));
        string notFinite = Fault(Of("weight", 1, 2, 2), Of("bias", float.NaN, 2));
        Assert.Contains("'bias' holds NaN", notFinite);
        Assert.Contains("train the network again", notFinite);
        Assert.Throws<ArgumentException>(() => ParameterFile.Save(path, [Of("a", 1, 1), Of("a", 1, 1)]));
    }

    [Fact]
    public void Named_OfTwoLayers_PutsThePathBeforeTheirNames()
    {
        var dense = new Dense(2, 3);
        Assert.Equal(["head.weight", "head.bias"], dense.Named("head").Select(named => named.Name));
        Assert.Equal(["net.0.weight", "net.0.bias"], new Sequential(dense).Named("net").Select(named => named.Name));
    }

    private sealed class LayerNormalised : Layer
    {
        public override IReadOnlyList<Parameter> Parameters { get; } = [new Parameter("gain", 4)];

        public override int OutputSize(int inputSize) => inputSize;

        protected internal override void Forward(in LayerCall call)
        {
        }

        protected internal override void Backward(in LayerCall call)
        {
        }
    }
}
