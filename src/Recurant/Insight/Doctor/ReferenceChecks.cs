using static Recurant.Insight.FindingText;

namespace Recurant.Insight;

/// <summary>
/// The gradients of a classifier's own weights: every element of the engine's against the reference's, which is written straight
/// from the equations in double precision, and the reference's against the slope of its loss in a few random directions.
/// <code>
/// slope = (J(w + e d) - J(w - e d)) / (2 e)   must be   g . d
/// </code>
/// </summary>
internal sealed class ReferenceChecks
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

    private readonly ReferenceSpec _spec;
    private readonly ReferenceTensors _weights, _expected, _computed;
    private readonly ReferenceExample[] _examples;
    private readonly double[][] _direct;

    private ReferenceChecks(ReferenceSubject subject, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> labels)
    {
        // Of the table of words only those of the texts: others have no gradient.
        int[] words = [.. texts.SelectMany(text => text).Distinct().Order()];
        bool hasTable = subject.EmbeddingSize > 0;
        _spec = subject.SpecFor(hasTable ? words.Length : null);
        _weights = subject.Tensors(words, gradients: false);
        BatchLayout batch = ReferenceSubject.BatchOf(texts);
        _direct = subject.DirectShares(batch);
        _examples = [.. texts.Select((text, i) => new ReferenceExample
        {
            Tokens = hasTable ? [.. text.Select(word => Array.BinarySearch(words, word))] : text, Labels = labels[i],
        })];
        _expected = Gradients();
        _computed = subject.Run(batch, [.. labels.Select(label => label[0])], words).Gradients;
    }

    /// <summary>Checks the gradients of a step.</summary>
    /// <param name="subject">The network.</param>
    /// <param name="texts">What it reads.</param>
    /// <param name="labels">The label of each text.</param>
    public static Finding Run(ReferenceSubject subject, IReadOnlyList<int[]> texts, IReadOnlyList<int[]> labels)
    {
        var checks = new ReferenceChecks(subject, texts, labels);
        GradientCheckRow worst = GradientCheck.Compare(checks._computed, checks._expected, floor: GradientCheck.Floor)
            .MaxBy(row => row.LargestRelativeError);
        double direction = Enumerable.Range(1, Directions).Max(checks.DirectionError);
        bool isRight = worst.LargestRelativeError <= EngineTolerance && direction <= DirectionTolerance;
        long count = checks._expected.Names.Sum(name => (long)checks._expected[name].Length);
        return new Finding(
            "gradients, every weight", isRight ? FindingLevel.Ok : FindingLevel.Fault,
            $"Compared with the equations in double precision: {Count(count)} elements on {Of(texts.Count, "text")}: largest "
            + $"relative error {worst.LargestRelativeError:0.0e+00} ('{worst.Name}'); equations compared with finite differences "
            + $"in {Directions} directions: {direction:0.0e+00}.")
        {
            Values = [Value("engine_error", worst.LargestRelativeError), Value("direction_error", direction),
                Value("elements", count)],
            Where = isRight ? [] : [worst.Name], Means = isRight ? "" : WrongGradients.Means,
            Advice = isRight ? "" : WrongGradients.Advice,
        };
    }

    /// <summary>The network that reads one text: what goes past its layers is part of the bias.</summary>
    private ReferenceNetwork NetworkOf(ReferenceTensors weights, int text)
    {
        var own = new ReferenceTensors();
        foreach (string name in weights.Names) own[name] = weights[name];
        own["output.bias"] = [.. weights["output.bias"].Zip(_direct[text], (bias, share) => bias + share)];
        return new ReferenceNetwork(_spec, own);
    }

    private ReferenceTensors Gradients()
    {
        var mean = ReferenceTensors.Zeros(_spec.Shapes());
        for (int i = 0; i < _examples.Length; i++)
        {
            ReferenceNetwork network = NetworkOf(_weights, i);
            ReferenceTensors own = network.Backward(network.Forward(_examples[i]));
            foreach (string name in mean.Names)
            {
                for (int j = 0; j < mean[name].Length; j++) mean[name][j] += own[name][j] / _examples.Length;
            }
        }

        return mean;
    }

    private double DirectionError(int seed)
    {
        var random = new Random(seed);
        var direction = new ReferenceTensors();
        double expected = 0, length = 0;
        foreach (string name in _expected.Names)
        {
            double[] own = [.. _expected[name].Select(_ => 2 * random.NextDouble() - 1)];
            direction[name] = own;
            for (int i = 0; i < own.Length; i++)
            {
                expected += own[i] * _expected[name][i];
                length += _expected[name][i] * _expected[name][i];
            }
        }

        double slope = (LossAt(Epsilon) - LossAt(-Epsilon)) / (2 * Epsilon);
        // Against the gradient's norm: a random direction may be nearly level.
        return Math.Abs(slope - expected) / Math.Max(GradientCheck.Floor, Math.Sqrt(length));

        double LossAt(double offset)
        {
            var moved = new ReferenceTensors();
            foreach (string name in _weights.Names)
            {
                moved[name] = [.. _weights[name].Zip(direction[name], (w, d) => w + offset * d)];
            }

            double loss = 0;
            for (int i = 0; i < _examples.Length; i++)
            {
                loss += NetworkOf(moved, i).Forward(_examples[i]).Loss / _examples.Length;
            }

            return loss;
        }
    }
}
