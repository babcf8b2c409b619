namespace Recurant.Tests.Models;

/// <summary>
/// An encoder-decoder of distinct weights and a few pairs of unequal lengths, in production and in the reference.
/// </summary>
internal sealed class TranslatorCase
{
    /// <summary>The words of either side; the last one is the mark.</summary>
    public const int Words = 8, VectorSize = 3, Mark = Words - 1;

    /// <summary>Neither side is sorted, and the order by length of the one is not that of the other.</summary>
    public static readonly int[][] Sources =
        [[3, 1, 4, Mark], [5, 2, 6, 5, 3, Mark], [2, Mark], [6, 2, Mark], [1, 5, 2, 4, 4, Mark]];

    public static readonly int[][] Targets = [[1, 2, Mark], [6, 3, Mark], [5, 4, 1, 1, 2, Mark], [Mark], [4, 3, 6, 2, Mark]];

    public const float Smoothing = 0.1f;

    public TranslatorCase(TranslatorSpec spec)
    {
        Network = new TranslatorNetwork(spec);
        ulong seed = 70;
        foreach (Parameter parameter in Network.Parameters)
        {
            // Sharp scores: with small ones attention is a mean, and its gradients are little more than rounding.
            float scale = parameter.Name.StartsWith("attention", StringComparison.Ordinal) ? 2f : 0.9f;
            parameter.InitialiseUniform(seed++, ordinal: 0, scale);
            // Sentences that a search finds shall end.
            if (parameter.Name == "output.bias") parameter.Value[Mark] += 2;
        }
    }

    public TranslatorNetwork Network { get; }

    public DropoutPlan? Dropout { get; init; }

    public TranslationBatch Batch { get; } = new();

    public double Loss { get; private set; }

    private TranslatorSpec Spec => Network.Spec;

    private bool ReadsVectors => Spec.SourceVectorSize > 0;

    public static TranslatorSpec SpecOf(
        CellKind cell, AttentionKind attention, int layers = 1, TiedVectors tied = TiedVectors.None,
        bool vectors = false) => new()
    {
        SourceVocabularySize = vectors ? 0 : Words,
        SourceVectorSize = vectors ? VectorSize : 0,
        TargetVocabularySize = Words,
        EmbeddingSize = 5,
        Cell = cell,
        EncoderSize = 3,
        EncoderLayers = layers,
        DecoderSize = attention == AttentionKind.Dot ? 6 : 4,
        DecoderLayers = layers,
        Attention = attention,
        Tied = tied,
    };

    /// <summary>Forward and back in single precision.</summary>
    public TranslatorCase Run(int threads = 1, TranslatorMemory? memory = null)
    {
        foreach (Parameter parameter in Network.Parameters) parameter.ClearGradient();
        Workers workers = Workers.ForThreads(threads);
        int[] chosen = [.. Enumerable.Range(0, Sources.Length)];
        if (ReadsVectors)
        {
            Batch.Fill(workers, new Vectors(), VectorSize, Targets, chosen, chosen.Length, Mark);
        }
        else
        {
            Batch.Fill(Sources, Targets, chosen, Mark);
        }

        Loss = Network.Loss(workers, Batch, memory ?? Network.CreateMemory(), learns: true, Dropout, Smoothing, out _);
        return this;
    }

    /// <summary>The loss without smoothing and the gradients of the mean loss of a word, in double precision.</summary>
    public (double Loss, ReferenceTensors Gradients) Reference()
    {
        ReferenceTensors weights = new(), gradients = new();
        foreach (Parameter parameter in Network.Parameters)
        {
            weights.Set(parameter.Name, parameter.Value);
            gradients[parameter.Name] = new double[parameter.Count];
        }

        var reference = new ReferenceTranslator(ReferenceSpec, weights);
        double loss = 0;
        int words = Targets.Sum(target => target.Length);
        for (int i = 0; i < Sources.Length; i++)
        {
            int[] right = Targets[i];
            (_, double[][] probabilities, ReferenceTensors back) = reference.Run(
                Input(weights, i), ReadsVectors ? null : Sources[i], [Mark, .. right[..^1]], right, Smoothing, Masks(i));
            for (int t = 0; t < right.Length; t++) loss -= Math.Log(probabilities[t][right[t]]);
            foreach (string name in gradients.Names)
            {
                for (int j = 0; j < gradients[name].Length; j++) gradients[name][j] += back[name][j] / words;
            }
        }

        return (loss, gradients);
    }

    public ReferenceTranslatorSpec ReferenceSpec => new()
    {
        Cell = Enum.Parse<ReferenceCell>(Spec.Cell.ToString()),
        EmbeddingSize = Spec.EmbeddingSize,
        SourceSize = ReadsVectors ? VectorSize : Spec.EmbeddingSize,
        EncoderSize = Spec.EncoderSize,
        EncoderLayers = Spec.EncoderLayers,
        DecoderSize = Spec.DecoderSize,
        UpperLayers = Spec.DecoderLayers - 1,
        Score = Spec.Attention switch
        {
            AttentionKind.Dot => ReferenceScore.Dot, AttentionKind.General => ReferenceScore.General,
            _ => ReferenceScore.Additive,
        },
        AttendsBefore = Spec.Attention == AttentionKind.Bahdanau,
        SourceVectors = Spec.Tied == TiedVectors.All ? "embedding.weight" : "encoder.embedding.weight",
        TargetVectors = Target,
        OutputWeights = Spec.Tied == TiedVectors.None ? "output.weight" : Target,
    };

    private string Target => Spec.Tied == TiedVectors.All ? "embedding.weight" : "decoder.embedding.weight";

    private double[] Input(ReferenceTensors weights, int item)
    {
        var x = new List<double>();
        for (int s = 0; s < Sources[item].Length; s++)
        {
            if (ReadsVectors)
            {
                float[] vector = new float[VectorSize];
                new Vectors().Write(item, s, vector);
                x.AddRange(NetworkCase.Doubles(vector));
            }
            else
            {
                int size = Spec.EmbeddingSize;
                x.AddRange(weights[ReferenceSpec.SourceVectors].AsSpan(Sources[item][s] * size, size));
            }
        }

        return [.. x];
    }

    private ReferenceTranslatorMasks? Masks(int item)
    {
        if (Dropout is not { } plan) return null;
        DropoutPlan decoder = TranslatorNetwork.OfDecoder(plan)!.Value;
        int states = 2 * Spec.EncoderSize;
        return new ReferenceTranslatorMasks
        {
            Source = ReadsVectors ? null
                : Mask(Batch.Source, plan, RandomPurpose.InputDropout, 0, plan.Input, Spec.EmbeddingSize, item),
            States = Mask(Batch.Source, plan, RandomPurpose.LayerDropout, 200, plan.Layers, states, item),
            Target = Mask(Batch.Target, decoder, RandomPurpose.InputDropout, 0, plan.Input, Spec.EmbeddingSize, item),
            Joined = Mask(
                Batch.Target, decoder, RandomPurpose.LayerDropout, 100, plan.Layers, Spec.DecoderSize + states, item),
            Result = Mask(
                Batch.Target, decoder, RandomPurpose.OutputDropout, 0, plan.Output,
                Spec.Tied == TiedVectors.None ? Spec.DecoderSize : Spec.EmbeddingSize, item),
        };
    }

    private static double[] Mask(
        BatchLayout batch, DropoutPlan plan, RandomPurpose purpose, uint part, float rate, int columns, int item)
    {
        var mask = new RowStore();
        Recurant.Layers.Dropout.MakeMask(mask, batch, columns, rate, plan.Stream(purpose, part));
        return NetworkCase.Doubles(mask.Row(batch.Order.IndexOf(item)));
    }

    /// <summary>As many vectors as the source has words, each with numbers of its own.</summary>
    public sealed class Vectors : IVectorSource
    {
        public int Steps(int item) => Sources[item].Length;

        public void Write(int item, int step, Span<float> vector)
        {
            for (int j = 0; j < vector.Length; j++) vector[j] = MathF.Sin(1 + 5 * item + 3 * step + 7 * j);
        }
    }
}
