namespace Recurant.Tests.Models;

/// <summary>
/// The whole recurrent classifier against the reference in double precision: probabilities, loss and every gradient, for every
/// cell, depth, direction, kind of input, pooling and dropout.
/// </summary>
public class RecurrentNetworkTests
{
    // Single precision over up to six steps, two layers and a softmax. Attention subtracts a mean
    // from numbers much larger than the difference: measured below 1.5e-5 of the largest gradient of a tensor. A wrong term gives
    // more than 1e-3.
    private const double Tolerance = 2e-5;

    private static readonly string[] s_cells =
    [
        "tanh", "relu", "sigmoid", "tanh preactivation", "relu preactivation", "sigmoid preactivation",
        "lstm", "gru inside", "gru outside", "mingru", "minlstm", "sru", "indrnn relu", "lru",
        "peepholelstm", "layernormlstm", "projectedlstm",
    ];

    public static TheoryData<string, int, bool> Networks
    {
        get
        {
            TheoryData<string, int, bool> networks = [];
            foreach (string cell in s_cells)
            {
                for (int i = 0; i < 4; i++) networks.Add(cell, 1 + i / 2, i % 2 == 1);
            }

            return networks;
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void ForwardAndBackward_EveryInputAndPooling_EqualTheReference(string cell, int layers, bool bidirectional)
    {
        foreach (Pooling pooling in Enum.GetValues<Pooling>())
        {
            Check(Spec(cell, layers, bidirectional, embedding: 4, pooling), null);
            Check(Spec(cell, layers, bidirectional, embedding: 0, pooling), null);
        }
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void ForwardAndBackward_EveryDropout_EqualTheReferenceWithTheSameMasks(string cell, int layers, bool bidirectional)
    {
        var plan = new DropoutPlan
        {
            Word = 0.2f, Embedding = 0.25f, Input = 0.3f, Layers = 0.4f, Recurrent = 0.3f, Output = 0.35f, Seed = 7, Step = 3,
        };
        Check(Spec(cell, layers, bidirectional, embedding: 6, Pooling.Attention), plan);
        Check(Spec(cell, layers, bidirectional, embedding: 6, Pooling.Last), plan with { Step = 11 });
        Check(Spec(cell, layers, bidirectional, embedding: 0, Pooling.Mean), plan);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(0)]
    public void ForwardAndBackward_DirectConnections_AddTheirShareAndNothingElse(int embedding)
    {
        ClassifierSpec spec = Spec("lstm", 1, true, embedding, Pooling.Max);
        NetworkCase plain = new(spec), both = new(spec with { DirectBuckets = 50 });
        plain.Run();
        both.Run();
        var direct = new DirectConnections(NetworkCase.Words, 50, NetworkCase.Classes);
        both.Parameter("direct.weight").Value.CopyTo(direct.Weights.Value);
        Matrix expected = new(Bits.Buffer(plain.Logits), 0, both.Batch.Sequences, NetworkCase.Classes);
        direct.Forward(both.Batch, expected);
        Bits.AssertEqual(expected.Span, both.Logits, "logits");
        Assert.True(MaximumDifference(plain.Logits, both.Logits) > 0.05);

        // The gradient of the loss in the logits is (p - y) / B, whatever made them.
        Matrix dLogits = new(Bits.Buffer(both.Probabilities.Span), 0, both.Batch.Sequences, NetworkCase.Classes);
        for (int b = 0; b < dLogits.Rows; b++) dLogits.Row(b)[both.Label(b)] -= 1;
        Elementwise.Scale(dLogits.Span, 1f / dLogits.Rows);
        direct.Backward(both.Batch, dLogits);
        Near.AssertEqual(direct.Weights.Gradient.ToArray(), both.Parameter("direct.weight").Gradient, Tolerance, "direct.weight");
    }

    [Fact]
    public void FrozenEmbedding_Backward_LeavesTheOtherGradientsAsTheyAre()
    {
        ClassifierSpec spec = Spec("gru inside", 2, true, embedding: 4, Pooling.Attention);
        NetworkCase tuned = new(spec), frozen = new(spec);
        frozen.Parameter("embedding.weight").IsTrainable = false;
        tuned.Run();
        frozen.Run();
        Assert.False(frozen.Parameter("embedding.weight").HasGradient);
        foreach (Parameter parameter in tuned.Network.Parameters.Skip(1))
        {
            Bits.AssertEqual(parameter.Gradient, frozen.Parameter(parameter.Name).Gradient, parameter.Name);
        }
    }

    [Fact]
    public void FirstNonFinite_InfinityInAWeight_NamesTheFirstLayerBehindIt()
    {
        (string Weight, string Place)[] cases =
        [
            ("embedding.weight", "the word vectors"), ("bias_ih_l0", "recurrent layer 0"),
            ("weight_hh_l1_reverse", "recurrent layer 1"), ("attention.bias", "the pooling"), ("output.bias", "the output layer"),
        ];
        NetworkCase network = new(Spec("tanh", 2, true, embedding: 4, Pooling.Attention));
        ClassifierMemory memory = network.Network.CreateMemory();
        foreach ((string weight, string place) in cases)
        {
            Parameter parameter = network.Parameter(weight);
            float[] before = parameter.Value.ToArray();
            Assert.Null(Find());
            parameter.Value.Fill(float.NaN);
            parameter.MarkChanged();
            Assert.Equal(place, Find());
            before.CopyTo(parameter.Value);
            parameter.MarkChanged();
        }

        string? Find()
        {
            network.Batch.Fill(NetworkCase.Texts, [.. Enumerable.Range(0, NetworkCase.Texts.Length)]);
            network.Network.Forward(Workers.ForThreads(1), network.Batch, memory, null);
            return memory.FirstNonFinite();
        }
    }

    [Fact]
    public void Describe_EveryCell_AccountsForEveryTensorOnce()
    {
        foreach (string cell in s_cells)
        {
            NetworkCase network = new(Spec(cell, 2, true, embedding: 4, Pooling.Attention) with { DirectBuckets = 7 });
            IReadOnlyList<LayerDescription> layers = network.Network.Describe();
            Assert.Equal(
                network.Network.Parameters.Select(parameter => parameter.Name).Order(),
                layers.SelectMany(layer => layer.Tensors).Order());
            Assert.Equal(network.Network.Parameters.Sum(parameter => parameter.Count), layers.Sum(layer => layer.ParameterCount));
            Assert.All(layers, layer => Assert.NotEmpty(layer.Equations));
        }
    }

    private static void Check(ClassifierSpec spec, DropoutPlan? dropout)
    {
        // A sigmoid's outputs hardly differ from step to step where its weights are small.
        float scale = spec.Recurrent.Activation == Activation.Sigmoid ? 1f : 0.5f;
        NetworkCase run = new NetworkCase(spec, scale) { Dropout = dropout }.Run();
        var reference = new ReferenceClassifier(run);
        string what = $"{spec.Pooling}, embedding {spec.EmbeddingSize}: ";
        for (int b = 0; b < run.Batch.Sequences; b++)
        {
            Near.AssertEqual(reference.Probabilities[b], run.Probabilities.Row(b), Tolerance, what + $"probabilities {b}");
        }

        Assert.Equal(reference.Loss, run.Loss, Tolerance * NetworkCase.Texts.Length);
        foreach (Parameter parameter in run.Network.Parameters)
        {
            NetworkCase.AssertGradient(parameter, reference.Gradients[parameter.Name], Tolerance, what);
        }
    }

    private static ClassifierSpec Spec(string cell, int layers, bool bidirectional, int embedding, Pooling pooling) => new()
    {
        Recurrent = new RecurrentSpec
        {
            Cell = Layers.CellVariant.KindOf(cell), Activation = cell.Contains("relu",
            StringComparison.Ordinal) ? Activation.Relu : cell.StartsWith("sigmoid",
            StringComparison.Ordinal) ? Activation.Sigmoid : Activation.Tanh, Form = cell.EndsWith("preactivation",
            StringComparison.Ordinal) ? ElmanForm.PreActivation : ElmanForm.Hidden,
            GruReset = cell == "gru outside" ? GruReset.Outside : GruReset.Inside,
            HiddenSize = Layers.CellVariant.Width(Layers.CellVariant.KindOf(cell), 5), Layers = layers,
            Bidirectional = bidirectional,
        },
        VocabularySize = NetworkCase.Words,
        Classes = NetworkCase.Classes,
        EmbeddingSize = embedding,
        Pooling = pooling,
    };

    private static float MaximumDifference(float[] left, float[] right) => left.Zip(right, (a, b) => Math.Abs(a - b)).Max();
}
