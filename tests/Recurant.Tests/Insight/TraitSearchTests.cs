namespace Recurant.Tests.Insight;

public class TraitSearchTests
{
    private const int Units = 100, Runs = 20, Steps = 60;

    [Fact]
    public void Find_OneUnitFollowsTheTrait_NamesItAndSaysThatItIsReal()
    {
        UnitTrait trait = Assert.Single(TraitSearch.Find(Noise((t, noise) => Trait(t) + 0.5f * noise), Units));
        Assert.Equal(42, trait.Unit);
        Assert.True(trait.IsReal);
        // The trait's deviation is 0.46, half of the noise's 0.29.
        Assert.InRange(trait.Correlation, 0.9, 1);
        Assert.InRange(trait.HeldOut, 0.9, 1);
    }

    [Fact]
    public void Find_NoneFollowsTheTrait_SaysThatItIsChance()
    {
        UnitTrait trait = Assert.Single(TraitSearch.Find(Noise((_, noise) => noise), Units));
        Assert.False(trait.IsReal);
        // The best of a hundred: about 2.6 standard errors, 1 / sqrt(600) each, where one unit alone has 0.03.
        Assert.InRange(trait.Chance, 0.07, 0.15);
        Assert.True(Math.Abs(trait.HeldOut) < trait.Limit);
    }

    [Fact]
    public void Find_TraitThatHardlyOccurs_IsPassedOver() =>
        Assert.Empty(
            TraitSearch.Find(
            [.. Noise((_, noise) => noise).Select(run => run with { Traits = [("rare", new float[Steps])] })], Units));

    [Fact]
    public void Of_Words_FollowsNegationQuotesAndPositions()
    {
        string[] tokens = ["it", "is", "not", "\"", "good", "\"", ".", "(", "Fine", ")", "USA"];
        Dictionary<string,
        float[]> traits = TokenTraits.Of(tokens, areCharacters: false).ToDictionary(trait => trait.Name, trait => trait.Values);
        Assert.Equal([0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0], traits["after a negation, up to the next mark"]);
        Assert.Equal([0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0], traits["inside quotes"]);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0], traits["inside parentheses"]);
        Assert.Equal([1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4], traits["position in the sentence"]);
        Assert.Equal([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], traits["a word of capitals"]);
    }

    [Fact]
    public void Of_Characters_FollowsCapitalsAndPlacesInWords()
    {
        string[] tokens = ["A", "B", "c", " ", "D", "\n", "e"];
        Dictionary<string,
        float[]> traits = TokenTraits.Of(tokens, areCharacters: true).ToDictionary(trait => trait.Name, trait => trait.Values);
        Assert.Equal([1, 1, 0, 0, 0, 0, 0], traits["inside a word of capitals"]);
        Assert.Equal([1, 2, 3, 0, 1, 0, 1], traits["position in the word"]);
        Assert.Equal([1, 2, 3, 4, 5, 0, 1], traits["position in the line"]);
    }

    private static float Trait(int t) => t * t % 101 < 30 ? 1f : 0f;

    /// <summary>Uniform noise in every unit but the 42nd.</summary>
    private static List<TokenRun> Noise(Func<int, float, float> follows)
    {
        var runs = new List<TokenRun>();
        var random = new Philox(5, RandomPurpose.Splitting);
        for (int run = 0; run < Runs; run++)
        {
            var outputs = new float[Steps * Units];
            for (int i = 0; i < outputs.Length; i++)
            {
                float noise = random.Uniform((uint)(run * outputs.Length + i));
                outputs[i] = i % Units == 42 ? follows(i / Units + 7 * run, noise) : noise;
            }

            runs.Add(new TokenRun([("trait", [.. Enumerable.Range(0, Steps).Select(t => Trait(t + 7 * run))])], outputs));
        }

        return runs;
    }
}
