using Recurant.Tests.Losses;

namespace Recurant.Tests.Heads.Ctc;

public class CtcBeamSearchTests
{
    // Sums of a few hundred alignments in double precision.
    private const double Tolerance = 1e-9;

    // Logits that were double in the file are single here.
    private const double VectorTolerance = 1e-5;

    private const int Wide = 10_000;

    [Fact]
    public void Search_PublicVectorsWithAWideBeam_GivesTheExactTopFour()
    {
        foreach (TemporalClassificationVector vector in TemporalClassificationVector.All())
        {
            float[] logits = [.. vector.Logits.SelectMany(row => row.Select(z => (float)z))];
            IReadOnlyList<CtcHypothesis> found = CtcBeamSearch.Search(
                logits, vector.Logits[0].Length, new CtcSearchOptions { Beam = Wide, Blank = vector.Blank });
            for (int i = 0; i < vector.Top.Length; i++)
            {
                (int[] labels, double logProbability) = vector.Top[i];
                Assert.Equal(logProbability, found[i].LogProbability, VectorTolerance);
                // Texts that are as probable may change places.
                CtcHypothesis same = Assert.Single(found, text => text.Labels.SequenceEqual(labels));
                Assert.Equal(logProbability, same.LogProbability, VectorTolerance);
            }
        }
    }

    [Theory]
    [InlineData(3, 0, 6)]
    [InlineData(3, 2, 6)]
    [InlineData(4, 1, 5)]
    [InlineData(2, 0, 8)]
    public void Search_WideBeam_GivesEveryTextWithItsProbability(int classes, int blank, int frames)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            TemporalClassificationCase one = new(classes, [frames], [[]], scale: 3f, seed, blank);
            Dictionary<string, double> texts = TemporalClassificationCase.AllTexts(one.LogitsOf(0), blank);
            IReadOnlyList<CtcHypothesis> found = CtcBeamSearch.Search(
                one.Logits.Span, classes, new CtcSearchOptions { Beam = Wide, Blank = blank });
            Assert.Equal(texts.Count, found.Count);
            foreach (CtcHypothesis text in found)
            {
                Assert.Equal(texts[string.Join(' ', text.Labels)], text.LogProbability, Tolerance);
                Assert.Equal(text.LogProbability, text.Score);
            }

            Assert.Equal(found.OrderByDescending(text => text.Score), found);
        }
    }

    /// <summary>The most probable alignment is blank, blank (0.36), but 0.64 spell the one symbol.</summary>
    [Fact]
    public void Search_SymbolWithTheMostAlignments_BeatsTheBestPath()
    {
        float blank = MathF.Log(0.6f), symbol = MathF.Log(0.4f);
        float[] logits = [blank, symbol, blank, symbol];
        Assert.Empty(CtcBestPath.Decode(logits, 2));
        IReadOnlyList<CtcHypothesis> found = CtcBeamSearch.Search(logits, 2);
        Assert.Equal([1], found[0].Labels);
        Assert.Equal(Math.Log(0.64), found[0].LogProbability, 1e-6);
        Assert.Equal(Math.Log(0.36), found[1].LogProbability, 1e-6);
    }

    /// <summary>h e l blank l o keeps both l, without the blank they are one.</summary>
    [Fact]
    public void Search_DoubleLetters_NeedABlankBetween()
    {
        const float Sure = 20f;
        static float[] Rows(params int[] path)
        {
            float[] logits = new float[path.Length * 5];
            for (int t = 0; t < path.Length; t++) logits[t * 5 + path[t]] = Sure;
            return logits;
        }

        Assert.Equal([1, 2, 3, 3, 4], CtcBeamSearch.Search(Rows(1, 2, 3, 0, 3, 4), 5)[0].Labels);
        Assert.Equal([1, 2, 3, 4], CtcBeamSearch.Search(Rows(1, 2, 3, 3, 3, 4), 5)[0].Labels);
    }

    [Fact]
    public void Search_EqualTexts_ComeInTheOrderOfTheirSymbols()
    {
        IReadOnlyList<CtcHypothesis> found = CtcBeamSearch.Search([0f, 1f, 1f, 1f], 4);
        Assert.Equal("1, 2, 3, ", string.Join(", ", found.Select(text => string.Join(' ', text.Labels))));
        // Where there is room for two of the three, the first ones stay.
        found = CtcBeamSearch.Search([0f, 1f, 1f, 1f], 4, new CtcSearchOptions { Beam = 2 });
        Assert.Equal("1, 2", string.Join(", ", found.Select(text => string.Join(' ', text.Labels))));
    }

    [Fact]
    public void Search_NarrowBeam_NeverClaimsMoreThanTheExactProbability()
    {
        TemporalClassificationCase one = new(6, [60], [[]], scale: 4f, seed: 9);
        double[][] z = one.LogitsOf(0);
        double best = double.NegativeInfinity;
        foreach (int beam in (int[])[1, 2, 5, 25, 200])
        {
            IReadOnlyList<CtcHypothesis> found =
                CtcBeamSearch.Search(one.Logits.Span, 6, new CtcSearchOptions { Beam = beam });
            Assert.InRange(found.Count, 1, beam);
            CtcHypothesis text = found[0];
            double exact = -TemporalClassificationEquations.Gradients(z, [.. text.Labels], 0).Loss;
            Assert.True(text.LogProbability <= exact + Tolerance, $"beam {beam}");
            best = Math.Max(best, exact);
            if (beam >= 25) Assert.Equal(best, exact, 1e-6);
        }
    }

    /// <summary>Of two symbols that sound alike the language model knows which one comes.</summary>
    [Fact]
    public void Search_LanguageModel_DecidesBetweenEqualSounds()
    {
        const float Sure = 8f;
        float[] logits = [0f, Sure, 0f, 0f, Sure, 0f, 0f, 0f, 0f, 0f, Sure, Sure - 0.1f];
        Assert.Equal([1, 2], CtcBeamSearch.Search(logits, 4)[0].Labels);
        var options = new CtcSearchOptions
        {
            Scorer = (prefix, next) =>
            {
                Assert.Equal(4, next.Length);
                if (prefix is [1]) next[2] = -3;
                next[0] = -0.5;
            },
        };
        CtcHypothesis with = CtcBeamSearch.Search(logits, 4, options)[0];
        Assert.Equal([1, 3], with.Labels);
        Assert.Equal(with.LogProbability - 0.5, with.Score, Tolerance);
        Assert.Equal([1, 2], CtcBeamSearch.Search(logits, 4, options with { ScorerWeight = 0 })[0].Labels);
        Assert.Equal([1, 2], CtcBeamSearch.Search(logits, 4, options with { ScorerWeight = 0.01 })[0].Labels);
    }

    /// <summary>Score = ln p + alpha ln p(l) + beta symbols + bonus words, of every text.</summary>
    [Fact]
    public void Search_WeightAndBonuses_AddUpAsTheEquationsSay()
    {
        TemporalClassificationCase one = new(4, [5], [[]], scale: 2f, seed: 4);
        static double Next(ReadOnlySpan<int> prefix, int k) => -0.3 * k - 0.1 * prefix.Length;
        var options = new CtcSearchOptions
        {
            Beam = Wide,
            ScorerWeight = 0.7,
            SymbolBonus = 0.4,
            Separator = 3,
            WordBonus = 1.1,
            Scorer = (prefix, next) =>
            {
                for (int k = 0; k < next.Length; k++) next[k] = Next(prefix, k);
            },
        };
        IReadOnlyList<CtcHypothesis> found = CtcBeamSearch.Search(one.Logits.Span, 4, options);
        Dictionary<string, double> texts = TemporalClassificationCase.AllTexts(one.LogitsOf(0), 0);
        Assert.Equal(texts.Count, found.Count);
        foreach (CtcHypothesis text in found)
        {
            int[] labels = [.. text.Labels];
            double expected = texts[string.Join(' ', labels)] + 0.7 * Next(labels, 0);
            for (int i = 0; i < labels.Length; i++)
            {
                expected += 0.7 * Next(labels.AsSpan(0, i), labels[i]) + 0.4;
                if (labels[i] != 3 && (i == 0 || labels[i - 1] == 3)) expected += 1.1;
            }

            Assert.Equal(texts[string.Join(' ', labels)], text.LogProbability, Tolerance);
            Assert.Equal(expected, text.Score, Tolerance);
        }
    }

    [Fact]
    public void Search_ForbiddenSymbols_AreNeverFound()
    {
        TemporalClassificationCase one = new(4, [8], [[]], scale: 2f, seed: 4);
        IReadOnlyList<CtcHypothesis> found = CtcBeamSearch.Search(one.Logits.Span, 4, new CtcSearchOptions
        {
            Beam = 100, Scorer = (_, next) => next[2] = double.NegativeInfinity,
        });
        Assert.All(found, text => Assert.DoesNotContain(2, text.Labels));
        Assert.True(found.Count > 10);
    }

    [Fact]
    public void Search_ThousandsOfFrames_StaysFinite()
    {
        TemporalClassificationCase one = new(5, [5000], [[]], scale: 3f, seed: 1);
        CtcHypothesis best = CtcBeamSearch.Search(one.Logits.Span, 5, new CtcSearchOptions { Beam = 4 })[0];
        Assert.True(best.LogProbability is < -500 and > -10_000, $"{best.LogProbability}");
        double exact = -TemporalClassificationEquations.Gradients(one.LogitsOf(0), [.. best.Labels], 0).Loss;
        Assert.True(best.LogProbability <= exact + 1e-6);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Search_LogitThatIsNotFinite_NamesTheFrame(float wrong)
    {
        ArgumentException fault = Assert.Throws<ArgumentException>(() => CtcBeamSearch.Search([0f, 1f, 0f, wrong], 2));
        Assert.Contains("frame 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Search_LanguageModelThatGivesNaN_Throws() => Assert.Throws<InvalidOperationException>(() =>
        CtcBeamSearch.Search([0f, 1f], 2, new CtcSearchOptions { Scorer = (_, next) => next[1] = double.NaN }));

    [Fact]
    public void Search_OptionsOutOfRange_Throws()
    {
        foreach (CtcSearchOptions options in (CtcSearchOptions[])[
            new() { Beam = 0 }, new() { Beam = CtcSearchOptions.MostBeam + 1 }, new() { ScorerWeight = -1 },
            new() { ScorerWeight = double.NaN }, new() { SymbolBonus = double.NaN },
            new() { WordBonus = double.PositiveInfinity }, new() { Blank = 3 }, new() { Blank = -1 },
            new() { Separator = 3 }, new() { Separator = 0 }])
        {
            Assert.Throws<ArgumentException>(() => CtcBeamSearch.Search([0f, 1f, 0f], 3, options));
        }

        Assert.Throws<ArgumentException>(() => CtcBeamSearch.Search([0f, 1f], 3));
    }
}
