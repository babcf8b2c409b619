namespace Recurant.Tests.Models;

/// <summary>The search against log probabilities that the reference gives.</summary>
public class BeamSearchTests
{
    private const double Tolerance = 1e-4;

    private static readonly Workers s_workers = Workers.ForThreads(1);

    [Theory]
    [InlineData(CellKind.Lstm, AttentionKind.General, 1)]
    [InlineData(CellKind.Gru, AttentionKind.Additive, 2)]
    [InlineData(CellKind.Lstm, AttentionKind.Bahdanau, 2)]
    public void Search_EveryHypothesis_HasTheLogProbabilityOfTheReference(CellKind cell, AttentionKind attention, int layers)
    {
        TranslatorCase run = new(TranslatorCase.SpecOf(cell, attention, layers));
        ReferenceTensors weights = new();
        foreach (Parameter parameter in run.Network.Parameters) weights.Set(parameter.Name, parameter.Value);
        var reference = new ReferenceTranslator(run.ReferenceSpec, weights);
        var options = new SearchOptions { Beam = 4, KeepsAttention = true, Sentences = 3, MoreWords = 8, LengthExponent = 0.7 };
        Hypothesis[][] found = new BeamSearch(run.Network, s_workers).Search(TranslatorCase.Sources, options);
        int ended = 0;
        for (int i = 0; i < found.Length; i++)
        {
            Assert.NotEmpty(found[i]);
            Assert.Equal(found[i].OrderByDescending(hypothesis => hypothesis.Score), found[i]);
            foreach (Hypothesis hypothesis in found[i])
            {
                int[] words = TranslatorCase.Sources[i],
                    right = [.. hypothesis.Words, .. hypothesis.IsEnded ? [TranslatorCase.Mark] : new int[0]];
                double[] x = [.. words.SelectMany(word => weights["encoder.embedding.weight"][(5 * word)..(5 * word + 5)])];
                double loss = reference.Run(x, words, [TranslatorCase.Mark, .. right[..^1]], right).Loss;
                Assert.Equal(-loss, hypothesis.LogProbability, Tolerance);
                Assert.Equal(-loss / Math.Pow(right.Length, 0.7), hypothesis.Score, Tolerance);
                Assert.Equal(right.Length, hypothesis.Attention.Count);
                Assert.All(hypothesis.Attention, weights => Assert.Equal(1, weights.Sum(), 1e-5));
                Assert.All(hypothesis.Attention, weights => Assert.Equal(words.Length, weights.Length));
                if (hypothesis.IsEnded) ended++;
            }
        }

        Assert.NotEqual(0, ended);
    }

    public static TheoryData<CellKind, AttentionKind> EveryCell
    {
        get
        {
            TheoryData<CellKind, AttentionKind> kinds = [];
            foreach (CellKind cell in Enum.GetValues<CellKind>())
            {
                kinds.Add(cell, AttentionKind.General);
                kinds.Add(cell, AttentionKind.Bahdanau);
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(EveryCell))]
    public void Search_EveryCell_HasTheLogProbabilityOfAllStepsAtOnce(CellKind cell, AttentionKind attention)
    {
        // An LRU has half of its units for imaginary parts.
        TranslatorCase run = new(TranslatorCase.SpecOf(cell, attention, layers: 2) with { EncoderSize = 4 });
        Hypothesis[][] found = new BeamSearch(run.Network, s_workers).Search(
            TranslatorCase.Sources, new SearchOptions { Beam = 2, MoreWords = 8 });
        for (int i = 0; i < found.Length; i++)
        {
            Hypothesis best = found[i][0];
            int[] right = [.. best.Words, .. best.IsEnded ? [TranslatorCase.Mark] : new int[0]];
            run.Batch.Fill([TranslatorCase.Sources[i]], [right], [0], TranslatorCase.Mark);
            double log = -run.Network.Loss(s_workers, run.Batch, run.Network.CreateMemory(), false, null, 0, out _);
            Assert.Equal(log, best.LogProbability, Tolerance);
        }
    }

    [Fact]
    public void Search_BeamAsWideAsAllTargets_FindsTheMostProbableOfAll()
    {
        TranslatorCase run = new(TranslatorCase.SpecOf(CellKind.Lstm, AttentionKind.General));
        var search = new BeamSearch(run.Network, s_workers);
        // Two words at most: 7 + 49 + the empty one.
        var all = new SearchOptions { Beam = 80, LengthExponent = 0, MostWordsPerStep = 0, MoreWords = 3 };
        foreach (int[] source in TranslatorCase.Sources)
        {
            Hypothesis best = search.Search([source], all)[0][0];
            double greatest = double.NegativeInfinity;
            foreach (int[] target in Targets())
            {
                run.Batch.Fill([source], [target], [0], TranslatorCase.Mark);
                double log = -run.Network.Loss(s_workers, run.Batch, run.Network.CreateMemory(), false, null, 0, out _);
                greatest = Math.Max(greatest, log);
            }

            Assert.Equal(greatest, best.LogProbability, Tolerance);
        }

        static IEnumerable<int[]> Targets()
        {
            yield return [TranslatorCase.Mark];
            for (int a = 0; a < TranslatorCase.Mark; a++)
            {
                yield return [a, TranslatorCase.Mark];
                for (int b = 0; b < TranslatorCase.Mark; b++) yield return [a, b, TranslatorCase.Mark];
            }
        }
    }

    [Fact]
    public void Search_OneByOneOrTogether_FindsTheSame()
    {
        TranslatorCase run = new(TranslatorCase.SpecOf(CellKind.Gru, AttentionKind.General, layers: 2));
        foreach (int beam in new[] { 1, 3 })
        {
            var options = new SearchOptions { Beam = beam, MoreWords = 5 };
            Hypothesis[][] together = new BeamSearch(run.Network, Workers.ForThreads(3)).Search(TranslatorCase.Sources, options);
            var single = new BeamSearch(run.Network, s_workers);
            for (int i = 0; i < together.Length; i++)
            {
                Hypothesis alone = single.Search([TranslatorCase.Sources[i]], options)[0][0];
                Assert.Equal(alone.Words, together[i][0].Words);
                Assert.Equal(alone.LogProbability, together[i][0].LogProbability);
            }
        }
    }

    [Fact]
    public void Search_KeptWords_StandAsOftenAsInTheSource()
    {
        TranslatorCase run = new(TranslatorCase.SpecOf(CellKind.Lstm, AttentionKind.General));
        Parameter bias = run.Network.Parameters.First(parameter => parameter.Name == "output.bias");
        for (int word = 2; word <= 3; word++) bias.Value[word] += 1.5f;
        // Source words 4 and 5 must become target words 2 and 3, which stand nowhere else.
        var kept = new KeptWords([-1, -1, -1, -1, 0, 1, -1, -1], [-1, -1, 0, 1, -1, -1, -1, -1]);
        Hypothesis[][] found = new BeamSearch(run.Network, s_workers).Search(
            TranslatorCase.Sources, new SearchOptions { Beam = 3, Kept = kept });
        for (int i = 0; i < found.Length; i++)
        {
            int[] words = found[i][0].Words, source = TranslatorCase.Sources[i];
            Assert.True(found[i][0].IsEnded);
            Assert.Equal(source.Count(word => word == 4), words.Count(word => word == 2));
            Assert.Equal(source.Count(word => word == 5), words.Count(word => word == 3));
        }
    }
}
