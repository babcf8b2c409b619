namespace Recurant.Tests.Models;

/// <summary>The feed-forward classifier against the reference in double precision.</summary>
public class FeedForwardNetworkTests
{
    // Single precision through up to three hidden layers. A wrong term gives more than 1e-3.
    private const double Tolerance = 3e-6;
    private const int Width = 6, Hidden = 5;

    public static TheoryData<int, string> Networks
    {
        get
        {
            TheoryData<int, string> networks = [];
            foreach (int layers in (int[])[0, 1, 3])
            {
                foreach (string activation in Enum.GetNames<Activation>()) networks.Add(layers, activation);
            }

            return networks;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void ForwardAndBackward_EveryDepthAndActivation_EqualTheReference(int layers, string activation) =>
        Check(layers, activation, null);

    [Theory]
    [MemberData(nameof(Networks))]
    public void ForwardAndBackward_Dropout_EqualTheReferenceWithTheSameMasks(int layers, string activation) =>
        Check(layers, activation, new DropoutPlan { Word = 0.2f, Input = 0.3f, Layers = 0.3f, Seed = 9, Step = 2 });

    [Fact]
    public void FirstNonFinite_NaNInAWeight_NamesTheFirstLayerBehindIt()
    {
        (string Weight, string Place)[] cases =
        [
            ("embedding.weight", "the word vectors"), ("hidden.0.bias", "hidden layer 0"),
            ("hidden.1.weight", "hidden layer 1"), ("output.bias", "the output layer"),
        ];
        foreach ((string weight, string place) in cases)
        {
            NetworkCase network = new(Spec(2, Activation.Tanh));
            network.Parameter(weight).Value.Fill(float.NaN);
            ClassifierMemory memory = network.Network.CreateMemory();
            network.Batch.Fill(NetworkCase.Texts, [0, 1, 2]);
            network.Network.Forward(Workers.ForThreads(1), network.Batch, memory, null);
            Assert.Equal(place, memory.FirstNonFinite());
        }
    }

    [Fact]
    public void Describe_AnyDepth_AccountsForEveryTensorOnce()
    {
        foreach (int layers in (int[])[0, 1, 3])
        {
            NetworkCase network = new(Spec(layers, Activation.Relu));
            Assert.Equal(
                network.Network.Parameters.Select(parameter => parameter.Name),
                network.Network.Describe().SelectMany(layer => layer.Tensors));
        }
    }

    private static void Check(int layers, string activation, DropoutPlan? dropout)
    {
        ClassifierSpec spec = Spec(layers, Enum.Parse<Activation>(activation));
        NetworkCase run = new NetworkCase(spec, scale: 0.8f) { Dropout = dropout }.Run();
        DropoutPlan plan = dropout ?? default;
        ReferenceTensors gradients = new();
        foreach (Parameter parameter in run.Network.Parameters) gradients[parameter.Name] = new double[parameter.Count];

        double loss = 0, share = 1.0 / run.Batch.Sequences;
        for (int b = 0; b < run.Batch.Sequences; b++)
        {
            // A mask on a layer's output is the same as columns of the next layer's weights multiplied by it.
            double[][] masks = [.. Enumerable.Range(0, layers + 1).Select(level => Mask(run, plan, level, b))];
            ReferenceTensors weights = new();
            foreach (Parameter parameter in run.Network.Parameters) weights.Set(parameter.Name, parameter.Value);
            for (int level = 1; level <= layers; level++) MultiplyColumns(weights[Above(level, layers)], masks[level]);
            int[] tokens = run.TokensRead(b);
            double[] x = ReferenceBagOfWords.MeanEmbedding(weights["embedding.weight"], tokens, Width);
            MultiplyColumns(x, masks[0]);

            int[] sizes = [.. Enumerable.Repeat(Hidden, layers)];
            var network = new ReferenceFeedForward(
                Width, sizes, NetworkCase.Classes, Enum.Parse<ReferenceActivation>(activation), weights);
            ReferenceFeedForwardRun forward = network.Forward(x, run.Label(b));
            Near.AssertEqual(forward.Probabilities, run.Probabilities.Row(b), Tolerance, $"probabilities {b}");
            loss += forward.Loss;

            ReferenceTensors own = network.Backward(forward);
            for (int level = 1; level <= layers; level++) MultiplyColumns(own[Above(level, layers)], masks[level]);
            MultiplyColumns(own["input"], masks[0]);
            own["embedding.weight"] = ReferenceBagOfWords.MeanEmbeddingBackward(own["input"], tokens, NetworkCase.Words);
            foreach (string name in gradients.Names)
            {
                for (int i = 0; i < gradients[name].Length; i++) gradients[name][i] += share * own[name][i];
            }
        }

        Assert.Equal(loss, run.Loss, Tolerance * NetworkCase.Texts.Length);
        foreach (Parameter parameter in run.Network.Parameters)
        {
            NetworkCase.AssertGradient(parameter, gradients[parameter.Name], Tolerance, "");
        }
    }

    private static ClassifierSpec Spec(int layers, Activation activation) => new()
    {
        Model = ModelKind.FeedForward,
        Recurrent = new RecurrentSpec { Activation = activation, HiddenSize = Hidden, Layers = layers, Bidirectional = true },
        VocabularySize = NetworkCase.Words,
        Classes = NetworkCase.Classes,
        EmbeddingSize = Width,
    };

    private static string Above(int level, int layers) => level == layers ? "output.weight" : $"hidden.{level}.weight";

    private static double[] Mask(NetworkCase run, DropoutPlan plan, int level, int b)
    {
        float rate = level == 0 ? plan.Input : plan.Layers;
        int columns = level == 0 ? Width : Hidden;
        if (rate == 0) return [.. Enumerable.Repeat(1.0, columns)];
        var mask = new RowStore();
        Dropout.MakeMask(mask, run.Batch, columns, rate, plan.Stream(RandomPurpose.LayerDropout, (uint)level));
        Assert.Contains(0f, mask.Rows(run.Batch.Sequences).Span.ToArray());
        return NetworkCase.Doubles(mask.Row(b));
    }

    private static void MultiplyColumns(double[] matrix, double[] mask)
    {
        for (int i = 0; i < matrix.Length; i++) matrix[i] *= mask[i % mask.Length];
    }
}
