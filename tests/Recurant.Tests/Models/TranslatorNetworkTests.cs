namespace Recurant.Tests.Models;

/// <summary>The encoder-decoder against the equations in double precision: the loss and every gradient.</summary>
public class TranslatorNetworkTests
{
    // Single precision through two recurrent networks, two softmaxes and a layer of tanh; measured below 2e-5 of a tensor's
    // largest.
    private const double Tolerance = 5e-5;

    // Finite differences in double precision of a loss near 6, whose rounding over a step of 1e-5 is 1e-10; a wrong term gives
    // more than 1e-3.
    private const double DifferenceTolerance = 1e-6;

    public static TheoryData<CellKind, AttentionKind> Kinds
    {
        get
        {
            TheoryData<CellKind, AttentionKind> kinds = [];
            foreach (CellKind cell in new[] { CellKind.Lstm, CellKind.Gru, CellKind.Elman })
            {
                foreach (AttentionKind attention in Enum.GetValues<AttentionKind>()) kinds.Add(cell, attention);
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loss_EveryCellAndAttention_EqualsTheReferenceWithEveryGradient(CellKind cell, AttentionKind attention)
    {
        Check(new TranslatorCase(TranslatorCase.SpecOf(cell, attention)));
        Check(new TranslatorCase(TranslatorCase.SpecOf(cell, attention, layers: 2, TiedVectors.Output)));
        Check(new TranslatorCase(TranslatorCase.SpecOf(cell, attention, layers: 1, TiedVectors.All)));
        Check(new TranslatorCase(TranslatorCase.SpecOf(cell, attention, layers: 2, vectors: true)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Loss_Dropout_EqualsTheReferenceWithTheSameMasks(CellKind cell, AttentionKind attention)
    {
        var plan = new DropoutPlan { Input = 0.3f, Layers = 0.4f, Output = 0.35f, Seed = 7, Step = 3 };
        // One layer on each side: masks between the layers of a stack have tests of their own.
        Check(new TranslatorCase(TranslatorCase.SpecOf(cell, attention, tied: TiedVectors.Output)) { Dropout = plan });
        Check(new TranslatorCase(TranslatorCase.SpecOf(cell, attention, vectors: true)) { Dropout = plan });
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void ReferenceTranslator_FiniteDifferences_AgreeForEveryTensor(CellKind cell, AttentionKind attention)
    {
        foreach (int layers in new[] { 1, 2 })
        {
            TranslatorCase run = new(TranslatorCase.SpecOf(cell, attention, layers));
            ReferenceTensors weights = new();
            foreach (Parameter parameter in run.Network.Parameters) weights.Set(parameter.Name, parameter.Value);
            int[] words = [3, 1, 4, 7], right = [1, 2, 7];
            ReferenceTensors gradients = Run(weights).Gradients;
            foreach (GradientCheckRow row in GradientCheck.Run(weights, gradients, moved => Run(moved).Loss, floor: 1e-3))
            {
                Assert.True(row.LargestRelativeError < DifferenceTolerance, $"{layers} layers: {row}");
            }

            (double Loss, double[][], ReferenceTensors Gradients) Run(ReferenceTensors at)
            {
                double[] x = [.. words.SelectMany(word => at["encoder.embedding.weight"][(5 * word)..(5 * word + 5)])];
                return new ReferenceTranslator(run.ReferenceSpec, at).Run(x, words, [7, .. right[..^1]], right, smoothing: 0.2);
            }
        }
    }

    [Theory]
    [InlineData(AttentionKind.General)]
    [InlineData(AttentionKind.Bahdanau)]
    public void Loss_EveryNumberOfThreads_GivesTheSameBits(AttentionKind attention)
    {
        // Wide enough for products to be dealt out.
        TranslatorSpec spec = TranslatorCase.SpecOf(CellKind.Lstm, attention, layers: 2, TiedVectors.Output) with
        {
            EmbeddingSize = 96, EncoderSize = 64, DecoderSize = 128,
        };
        TranslatorCase one = new TranslatorCase(spec).Run(threads: 1);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            TranslatorCase several = new TranslatorCase(spec).Run(threads);
            Assert.Equal(BitConverter.DoubleToInt64Bits(one.Loss), BitConverter.DoubleToInt64Bits(several.Loss));
            Bits.AssertGradientsEqual(one.Network.Parameters, several.Network.Parameters);
        }
    }

    [Fact]
    public void Loss_MemoryUsedBefore_GivesTheSameBits()
    {
        foreach (AttentionKind attention in Enum.GetValues<AttentionKind>())
        {
            TranslatorCase run = new TranslatorCase(TranslatorCase.SpecOf(CellKind.Gru, attention, layers: 2));
            TranslatorMemory memory = run.Network.CreateMemory();
            float[][] first = [.. run.Run(1, memory).Network.Parameters.Select(parameter => parameter.Gradient.ToArray())];
            run.Run(1, memory);
            for (int i = 0; i < first.Length; i++)
            {
                Bits.AssertEqual(first[i], run.Network.Parameters[i].Gradient, run.Network.Parameters[i].Name);
            }
        }
    }

    [Fact]
    public void Validate_WidthsOrVocabulariesThatDoNotFit_NamesTheProperty()
    {
        TranslatorSpec spec = TranslatorCase.SpecOf(CellKind.Lstm, AttentionKind.General);
        (TranslatorSpec Spec, string Text)[] cases =
        [
            (spec with { Attention = AttentionKind.Dot }, "DecoderSize is 4"),
            (spec with { Tied = TiedVectors.All, SourceVocabularySize = 9 }, "SourceVocabularySize is 9"),
            (spec with { SourceVectorSize = 3 }, "one of them must be 0"),
            (spec with { SourceVocabularySize = 0 }, "one of them must be 0"),
            (spec with { DecoderLayers = 0 }, "DecoderLayers is 0; it must be 1 to 16"),
        ];
        foreach ((TranslatorSpec wrong, string text) in cases)
        {
            Assert.Contains(text, Assert.Throws<ArgumentException>(wrong.Validate).Message, StringComparison.Ordinal);
        }
    }

    private static void Check(TranslatorCase run)
    {
        run.Run();
        (double loss, ReferenceTensors gradients) = run.Reference();
        Assert.Equal(loss, run.Loss, Tolerance * 20);
        foreach (Parameter parameter in run.Network.Parameters)
        {
            NetworkCase.AssertGradient(parameter, gradients[parameter.Name], Tolerance, $"{run.Network.Spec.Attention}: ");
        }
    }
}
