namespace Recurant.Tests.Cells;

/// <summary>
/// Ten steps of plain gradient descent on a small classifier, by the fast code in single precision and by the reference in
/// double: the same losses, and the same weights at the end.
/// </summary>
public class LossTrajectoryTests
{
    private const int Words = 9, Classes = 3, Steps = 10;
    private const float LearningRate = 0.4f;

    // Ten updates carry the rounding of single precision along: measured below 3e-6. A wrong term gives more than 1e-3.
    private const double Tolerance = 1e-5;

    // Dividing by the deviation of six numbers, small where the states begin, enlarges the rounding: measured below 2e-5.
    private const double NormTolerance = 1e-4;

    private static readonly int[][] s_texts = [[1, 4, 2, 7, 0, 3], [5, 8], [6, 1, 1, 3], [2, 0, 4, 8, 5]];
    private static readonly int[] s_labels = [0, 2, 1, 2];

    public static TheoryData<CellKind, Activation, ElmanForm, GruReset> Cells => CellVariant.All;

    [Theory]
    [MemberData(nameof(Cells))]
    public void TenSteps_AnyCell_GiveTheLossesOfTheReference(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        ClassifierSpec spec = new()
        {
            Recurrent = new RecurrentSpec
            {
                Cell = cell, Activation = activation, Form = form, GruReset = reset, HiddenSize = 6, Layers = 2,
                Bidirectional = true,
            }, VocabularySize = Words, Classes = Classes,
            EmbeddingSize = 4, Pooling = Pooling.Mean,
        };
        ReferenceSpec referenceSpec = new()
        {
            Cell = Enum.Parse<ReferenceCell>(cell.ToString()),
            Activation = Enum.Parse<ReferenceActivation>(activation.ToString()),
            Form = form == ElmanForm.PreActivation ? ReferenceForm.Preactivation : ReferenceForm.Hidden,
            Reset = Enum.Parse<ReferenceReset>(reset.ToString()),
            Input = ReferenceInput.Embedding, VocabularySize = Words, InputSize = 4, HiddenSize = 6, Layers = 2,
            Bidirectional = true, Pooling = ReferencePooling.Mean, Classes = Classes,
        };
        ReferenceTensors weights = referenceSpec.RandomWeights(3);
        var network = (RecurrentNetwork)ClassifierNetwork.Create(spec);
        foreach (Parameter parameter in network.Parameters)
        {
            double[] values = weights[parameter.Name];
            for (int i = 0; i < values.Length; i++) values[i] = parameter.Value[i] = (float)values[i];
            parameter.MarkChanged();
        }

        double tolerance = cell == CellKind.LayerNormLstm ? NormTolerance : Tolerance;
        double[] expected = ReferenceLosses(referenceSpec, weights), losses = Losses(network);
        for (int step = 0; step < Steps; step++) Assert.Equal(expected[step], losses[step], tolerance);
        Assert.True(expected[^1] < expected[0] - 0.01, $"From {expected[0]} to {expected[^1]}: too little to tell.");
        foreach (Parameter parameter in network.Parameters)
        {
            Near.AssertEqual(weights[parameter.Name], parameter.Value, tolerance, parameter.Name);
        }
    }

    private static double[] ReferenceLosses(ReferenceSpec spec, ReferenceTensors weights)
    {
        ReferenceExample[] examples =
            [.. s_texts.Zip(s_labels, (tokens, label) => new ReferenceExample { Tokens = tokens, Labels = [label] })];
        double[] losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            ReferenceNetwork network = new(spec, weights);
            ReferenceRun[] runs = [.. examples.Select(network.Forward)];
            losses[step] = runs.Sum(run => run.Loss) / runs.Length;
            ReferenceTensors[] gradients = [.. runs.Select(network.Backward)];
            foreach (string name in weights.Names)
            {
                double[] values = weights[name];
                for (int i = 0; i < values.Length; i++)
                {
                    values[i] -= LearningRate * gradients.Sum(gradient => gradient[name][i]) / runs.Length;
                }
            }
        }

        return losses;
    }

    private static double[] Losses(RecurrentNetwork network)
    {
        Workers workers = Workers.ForThreads(1);
        Optimizer optimizer = new(OptimizerKind.Sgd, network.Parameters);
        ClassifierMemory memory = network.CreateMemory();
        double[] losses = new double[Steps];
        for (int step = 0; step < Steps; step++)
        {
            BatchLayout batch = new();
            batch.Fill(s_texts, [.. Enumerable.Range(0, s_texts.Length)]);
            int[] labels = [.. batch.Order.ToArray().Select(text => s_labels[text])];
            Matrix logits = network.Forward(workers, batch, memory, dropout: null);
            losses[step] = CrossEntropy.Apply(logits, labels, smoothing: 0, out _) / labels.Length;
            network.Backward(workers, batch, memory, logits, dropout: null);
            optimizer.Step(workers, LearningRate, weightDecay: 0, gradientScale: 1);
        }

        return losses;
    }
}
