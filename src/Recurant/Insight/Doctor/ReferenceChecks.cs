using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>
/// The gradients of a classifier's own weights: every element of the engine's against the reference's, which is written straight
/// from the equations in double precision, and the reference's against the slope of its loss in a few random directions.
/// <code>
/// slope = (J(w + e d) - J(w - e d)) / (2 e)   must be   g . d
/// </code>
/// </summary>
internal static class ReferenceChecks
{
    private const int Directions = 3;

    private const double Epsilon = 1e-6;

    /// <summary>
    /// 2e-2: trained weights are large, and with them single precision's sums; tensors of zero gradient stand aside. A wrong term
    /// gives more than 0.1.
    /// </summary>
    public const double EngineTolerance = 2e-2;

    /// <summary>1e-4: double precision leaves 1e-8 here; a kink of relu or max pooling between the two points leaves
    /// more.</summary>
    public const double DirectionTolerance = 1e-4;

    /// <summary>Null where the reference does not describe the network.</summary>
    public static Finding? Run(ClassifierModel model, StepCapture step)
    {
        ClassifierSpec spec = model.Spec;
        bool isTooLarge = spec.EmbeddingSize == 0 && spec.VocabularySize > 5000;
        if (model.Network is not RecurrentNetwork network || spec.CharacterSize > 0 || isTooLarge) return null;
        // Of the table of words only those of the texts: others have no gradient.
        int[] words = [.. step.Read.SelectMany(text => text).Distinct().Order()];
        bool hasTable = spec.EmbeddingSize > 0;
        ReferenceSpec reference = GradientAudit.ReferenceSpecOf(hasTable ? spec with { VocabularySize = words.Length } : spec);
        ReferenceTensors weights = WeightsOf(network, words, hasTable);
        var batch = new BatchLayout();
        batch.Fill([.. step.Read], [.. Enumerable.Range(0, step.Read.Count)]);
        double[][] direct = DirectShares(network, batch, spec.Classes);
        ReferenceExample[] examples = [.. step.Read.Select((text, i) => new ReferenceExample
        {
            Tokens = hasTable ? [.. text.Select(word => Array.BinarySearch(words, word))] : text, Labels = step.Answers[i],
        })];

        ReferenceTensors expected = Gradients(reference, weights, examples, direct);
        ReferenceTensors computed = EngineGradients(network, batch, step, words, hasTable);
        GradientCheckRow worst = GradientCheck.Compare(computed, expected, floor: GradientCheck.Floor).MaxBy(row =>
            row.LargestRelativeError);
        double direction = Enumerable.Range(1, Directions).Max(seed => DirectionError(reference, weights, examples, direct,
            expected, seed));
        bool isRight = worst.LargestRelativeError <= EngineTolerance && direction <= DirectionTolerance;
        long count = expected.Names.Sum(name => (long)expected[name].Length);
        return new Finding(
            "gradients, every weight", isRight ? FindingLevel.Ok : FindingLevel.Fault,
            $"Compared with the equations in double precision: {Count(count)} elements on {Of(step.Read.Count, "text")}: largest "
                + $"relative error "
            + $"{worst.LargestRelativeError:0.0e+00} ('{worst.Name}'); equations compared with finite differences in {Directions} "
                + $"directions: {direction:0.0e+00}.")
        {
            Values = [Value("engine_error", worst.LargestRelativeError), Value("direction_error", direction),
                Value("elements", count)],
            Where = isRight ? [] : [worst.Name],
            Means = isRight ? "" : "Training would go in a wrong direction. This is a fault of the program, not of the model.",
            Advice = isRight ? "" : "Please report it with the model and the output of 'recurant gradcheck'.",
        };
    }

    private static ReferenceTensors WeightsOf(RecurrentNetwork network, int[] words, bool hasTable)
    {
        var weights = new ReferenceTensors();
        foreach (Parameter parameter in Described(network))
        {
            bool isTable = hasTable && ReferenceEquals(parameter, network.Embedding?.Table);
            weights.Set(NameOf(parameter), isTable ? Rows(parameter.Matrix, words) : InFileOrder(parameter, parameter.Value));
        }

        return weights;
    }

    private static IEnumerable<Parameter> Described(RecurrentNetwork network) =>
        network.Parameters.Where(parameter => !ReferenceEquals(parameter, network.Direct?.Weights));

    /// <summary>The tensor's name in the network: of an average of models without the model's number, "models.0.".</summary>
    private static string NameOf(Parameter parameter) =>
        parameter.Name.StartsWith("models.", StringComparison.Ordinal)
            ? parameter.Name[(parameter.Name.IndexOf('.', "models.".Length) + 1)..]
            : parameter.Name;

    private static float[] Rows(Matrix matrix, int[] rows) => [.. rows.SelectMany(row => matrix.Row(row).ToArray())];

    private static float[] InFileOrder(Parameter parameter, ReadOnlySpan<float> values)
    {
        var ordered = new float[values.Length];
        for (int i = 0; i < ordered.Length; i++) ordered[i] = values[GradientAudit.Place(parameter, i)];
        return ordered;
    }

    /// <summary>What goes past the layers to each text's logits; to the equations it is part of the bias.</summary>
    private static double[][] DirectShares(RecurrentNetwork network, BatchLayout batch, int classes)
    {
        var store = new RowStore();
        store.Reserve(batch.Sequences, classes).Clear();
        Matrix shares = store.Rows(batch.Sequences);
        network.Direct?.Forward(batch, shares);
        var ordered = new double[batch.Sequences][];
        for (int b = 0; b < ordered.Length; b++)
        {
            ordered[batch.Order[b]] = [.. shares.Row(b).ToArray().Select(value => (double)value)];
        }

        return ordered;
    }

    private static ReferenceNetwork NetworkOf(ReferenceSpec spec, ReferenceTensors weights, double[] direct)
    {
        var own = new ReferenceTensors();
        foreach (string name in weights.Names) own[name] = weights[name];
        own["output.bias"] = [.. weights["output.bias"].Zip(direct, (bias, share) => bias + share)];
        return new ReferenceNetwork(spec, own);
    }

    private static ReferenceTensors Gradients(ReferenceSpec spec, ReferenceTensors weights, ReferenceExample[] examples,
        double[][] direct)
    {
        var mean = ReferenceTensors.Zeros(spec.Shapes());
        for (int i = 0; i < examples.Length; i++)
        {
            ReferenceNetwork network = NetworkOf(spec, weights, direct[i]);
            ReferenceTensors own = network.Backward(network.Forward(examples[i]));
            foreach (string name in mean.Names)
            {
                for (int j = 0; j < mean[name].Length; j++) mean[name][j] += own[name][j] / examples.Length;
            }
        }

        return mean;
    }

    private static ReferenceTensors EngineGradients(
        RecurrentNetwork network, BatchLayout batch, StepCapture step, int[] words, bool hasTable)
    {
        int[] labels = [.. batch.Order.ToArray().Select(text => step.Answers[text][0])];
        Workers workers = Workers.ForThreads(1);
        ClassifierMemory memory = network.CreateMemory();
        foreach (Parameter parameter in network.Parameters) parameter.ClearGradient();
        Matrix logits = network.Forward(workers, batch, memory, dropout: null);
        CrossEntropy.Apply(logits, labels, smoothing: 0, out _);
        network.Backward(workers, batch, memory, logits, dropout: null);
        var gradients = new ReferenceTensors();
        foreach (Parameter parameter in Described(network))
        {
            bool isTable = hasTable && ReferenceEquals(parameter, network.Embedding?.Table);
            gradients.Set(NameOf(parameter), isTable ? Rows(parameter.GradientMatrix, words) : InFileOrder(parameter,
                parameter.Gradient));
        }

        foreach (Parameter parameter in network.Parameters)
        {
            parameter.ClearGradient();
            parameter.DropGradient();
        }

        return gradients;
    }

    private static double DirectionError(
        ReferenceSpec spec, ReferenceTensors weights, ReferenceExample[] examples, double[][] direct, ReferenceTensors gradients,
            int seed)
    {
        var random = new Random(seed);
        var direction = new ReferenceTensors();
        double expected = 0, length = 0;
        foreach (string name in gradients.Names)
        {
            double[] own = [.. gradients[name].Select(_ => 2 * random.NextDouble() - 1)];
            direction[name] = own;
            for (int i = 0; i < own.Length; i++)
            {
                expected += own[i] * gradients[name][i];
                length += gradients[name][i] * gradients[name][i];
            }
        }

        double slope = (LossAt(Epsilon) - LossAt(-Epsilon)) / (2 * Epsilon);
        // Against the gradient's norm: a random direction may be nearly level.
        return Math.Abs(slope - expected) / Math.Max(GradientCheck.Floor, Math.Sqrt(length));

        double LossAt(double offset)
        {
            var moved = new ReferenceTensors();
            foreach (string name in weights.Names)
            {
                moved[name] = [.. weights[name].Zip(direction[name], (w, d) => w + offset * d)];
            }

            double loss = 0;
            for (int i = 0; i < examples.Length; i++)
            {
                loss += NetworkOf(spec, moved, direct[i]).Forward(examples[i]).Loss / examples.Length;
            }

            return loss;
        }
    }
}
