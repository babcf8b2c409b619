namespace Recurant.Tests.Models;

/// <summary>A classifier in segments gives the same logits and, but for the order of sums, the same gradients.</summary>
public class SegmentedTextsTests
{
    private const int Words = 40, Classes = 3;

    /// <summary>Sums over up to 570 rows in another order.</summary>
    private const double Tolerance = 1e-5;

    /// <summary>Some shorter than a segment (32 steps), some as long as one or two, and longer ones.</summary>
    private static readonly int[] s_lengths = [70, 33, 131, 1, 64, 32, 96, 12, 131];

    private static readonly int[] s_labels = [2, 0, 1, 0, 2, 1, 1, 0, 2];

    public static TheoryData<CellKind, Pooling, int, int, bool> Networks => new()
    {
        { CellKind.Lstm, Pooling.Last, 5, 1, false },
        { CellKind.Lstm, Pooling.Mean, 5, 2, true },
        { CellKind.Lstm, Pooling.Max, 5, 1, true },
        { CellKind.Gru, Pooling.Max, 5, 2, true },
        { CellKind.Elman, Pooling.Mean, 5, 1, true },
        { CellKind.Elman, Pooling.Last, 0, 1, true },
        { CellKind.Lstm, Pooling.Max, 0, 2, false },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void ForwardAndBackward_InSegments_AgreesWithAllStepsAtOnce(
        CellKind cell, Pooling pooling, int embedding, int layers, bool dropout)
    {
        Dictionary<string, float[]> expected = Run(cell, pooling, embedding, layers, dropout, recomputes: false);
        Dictionary<string, float[]> actual = Run(cell, pooling, embedding, layers, dropout, recomputes: true);
        Bits.AssertEqual(expected["logits"], actual["logits"], "logits");
        bool differs = false;
        foreach ((string name, float[] values) in expected)
        {
            // The smallest gradients here are of the order of 0.01.
            float largest = values.Max(Math.Abs);
            Assert.True(largest > 1e-3, $"{name}: {largest} is too small to tell anything.");
            Near.AssertEqual(
                [.. values.Select(value => (double)value / largest)],
                Array.ConvertAll(actual[name], value => value / largest), Tolerance, name);
            differs |= !Bits.Equal(values, actual[name]);
        }

        // Segments were at work, or every sum would have the same bits.
        Assert.True(differs);
    }

    [Fact]
    public void Forward_WithoutWayBack_SameLogits()
    {
        var network = Network(CellKind.Lstm, Pooling.Max, embedding: 5, layers: 2);
        ClassifierMemory memory = network.CreateMemory();
        BatchLayout batch = Batch();
        float[] expected = network.Forward(Workers.ForThreads(1), batch, memory, dropout: null).Span.ToArray();
        (memory.Recomputes, memory.KeepsHistory) = (true, false);
        Bits.AssertEqual(
            expected, network.Forward(Workers.ForThreads(1), batch, memory, dropout: null).Span, "logits without history");
    }

    [Fact]
    public void FirstNonFinite_InSegments_NamesTheLayer()
    {
        var network = Network(CellKind.Elman, Pooling.Last, embedding: 5, layers: 2);
        ClassifierMemory memory = network.CreateMemory();
        memory.Recomputes = true;
        BatchLayout batch = Batch();
        network.Forward(Workers.ForThreads(1), batch, memory, dropout: null);
        Assert.Null(memory.FirstNonFinite());
        Parameter weights = network.Parameters.Single(parameter => parameter.Name == "weight_ih_l1");
        weights.Value[3] = float.NaN;
        weights.MarkChanged();
        network.Forward(Workers.ForThreads(1), batch, memory, dropout: null);
        Assert.Equal("recurrent layer 1", memory.FirstNonFinite());
    }

    [Fact]
    public void Forward_AttentionInSegments_SaysWhatToUse()
    {
        var network = Network(CellKind.Gru, Pooling.Attention, embedding: 5, layers: 1);
        ClassifierMemory memory = network.CreateMemory();
        memory.Recomputes = true;
        ArgumentException fault = Assert.Throws<ArgumentException>(
            () => network.Forward(Workers.ForThreads(1), Batch(), memory, dropout: null));
        Assert.Contains("Use Last, Mean or Max", fault.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, float[]> Run(
        CellKind cell, Pooling pooling, int embedding, int layers, bool dropout, bool recomputes)
    {
        RecurrentNetwork network = Network(cell, pooling, embedding, layers);
        DropoutPlan? plan = dropout
            ? new DropoutPlan
            {
                Word = 0.2f, Embedding = 0.1f, Input = 0.3f, Layers = 0.3f, Recurrent = 0.2f, Output = 0.3f, Seed = 3, Step = 5,
            }
            : null;
        Workers workers = Workers.ForThreads(1);
        ClassifierMemory memory = network.CreateMemory();
        memory.Recomputes = recomputes;
        BatchLayout batch = Batch();
        Matrix logits = network.Forward(workers, batch, memory, plan);
        var results = new Dictionary<string, float[]> { ["logits"] = logits.Span.ToArray() };
        int[] labels = [.. batch.Order.ToArray().Select(text => s_labels[text])];
        CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
        network.Backward(workers, batch, memory, logits, plan);
        foreach (Parameter parameter in network.Parameters) results.Add(parameter.Name, parameter.Gradient.ToArray());
        return results;
    }

    private static RecurrentNetwork Network(CellKind cell, Pooling pooling, int embedding, int layers)
    {
        var network = new RecurrentNetwork(new ClassifierSpec
        {
            VocabularySize = Words, Classes = Classes, EmbeddingSize = embedding,
                Recurrent = new RecurrentSpec
                {
                    Cell = cell, HiddenSize = 7, Layers = layers,
                }, Pooling = pooling, DirectBuckets = 32,
        });
        ulong seed = 60;
        foreach (Parameter parameter in network.Parameters) parameter.InitialiseUniform(seed++, ordinal: 0, bound: 0.5f);
        return network;
    }

    private static BatchLayout Batch()
    {
        var batch = new BatchLayout();
        int[][] texts = [.. s_lengths.Select((length, i) =>
            Enumerable.Range(0, length).Select(t => 1 + (13 * t + 5 * i + t * t) % (Words - 1)).ToArray())];
        batch.Fill(texts, [.. Enumerable.Range(0, texts.Length)]);
        return batch;
    }
}
