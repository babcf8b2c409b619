namespace Recurant.Tests.Losses;

public class TagDecoderTests
{
    private static readonly string[] s_iob = ["O", "B-person", "I-person", "B-place", "I-place"];
    private static readonly string[] s_iobes = ["O", "B-x", "I-x", "E-x", "S-x", "B-y", "I-y", "E-y", "S-y"];

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 3)]
    public void Decode_RandomField_FindsTheBestOfAllPaths(int tags, int threads)
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            FieldCase field = new(tags, [5, 1, 6, 3], scale: 1f, seed);
            int[] found = new int[field.Batch.Rows];
            new TagDecoder(tags, field.Field, null).Decode(Workers.ForThreads(threads), field.Batch, field.Scores, found);
            for (int b = 0; b < field.Batch.Sequences; b++)
            {
                double[][] z = field.ScoresOf(b);
                int[] best = field.Paths(z.Length).MaxBy(
                    path => RandomFieldEquations.Score(z, field.Transitions, field.Start, field.End, path))!;
                Assert.Equal(best, Of(field, found, b));
            }
        }
    }

    [Fact]
    public void Decode_NoFieldNoConstraints_TakesTheLargestScores()
    {
        FieldCase field = new(5, [4, 2], scale: 1f, seed: 1);
        int[] found = new int[field.Batch.Rows];
        new TagDecoder(5, null, null).Decode(Workers.ForThreads(1), field.Batch, field.Scores, found);
        for (int row = 0; row < found.Length; row++) Assert.Equal(CrossEntropy.ArgMax(field.Scores.Row(row)), found[row]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Decode_Constraints_FindTheBestOfAllowedPaths(bool iobes)
    {
        string[] names = iobes ? s_iobes : s_iob;
        for (ulong seed = 0; seed < 10; seed++)
        {
            FieldCase field = new(names.Length, [4, 1, 5], scale: 1f, seed);
            int[] found = new int[field.Batch.Rows];
            var decoder = new TagDecoder(names.Length, field.Field, TagConstraints.Of(names));
            decoder.Decode(Workers.ForThreads(2), field.Batch, field.Scores, found);
            for (int b = 0; b < field.Batch.Sequences; b++)
            {
                double[][] z = field.ScoresOf(b);
                int[] best = field.Paths(z.Length).Where(path => IsAllowed(path, names, iobes)).MaxBy(
                    path => RandomFieldEquations.Score(z, field.Transitions, field.Start, field.End, path))!;
                Assert.Equal(best, Of(field, found, b));
            }
        }
    }

    /// <summary>
    /// Long sentences of scores up to 12, where in float the sums leave no digits for what decides: 5% of the paths were others.
    /// </summary>
    [Theory]
    [InlineData(12)]
    [InlineData(1000)]
    public void Decode_LongSentencesOfLargeScores_FindsThePathOfDoublePrecision(float scale)
    {
        FieldCase field = new(5, [4000, 3000, 2000, 1000, 17], scale: scale / 3, seed: 9);
        int[] found = new int[field.Batch.Rows];
        new TagDecoder(5, field.Field, null).Decode(Workers.ForThreads(2), field.Batch, field.Scores, found);
        for (int b = 0; b < field.Batch.Sequences; b++)
        {
            double[][] z = field.ScoresOf(b);
            Assert.Equal(BestPath(z, field), Of(field, found, b));
        }
    }

    /// <summary>
    /// Viterbi's algorithm, written anew: the best score that any path into each tag has, and the tag before it.
    /// </summary>
    private static int[] BestPath(double[][] z, FieldCase field)
    {
        int tags = z[0].Length;
        double[] best = [.. Enumerable.Range(0, tags).Select(j => field.Start[j] + z[0][j])], transitions = field.Transitions;
        var before = new int[z.Length][];
        for (int t = 1; t < z.Length; t++)
        {
            before[t] = [.. Enumerable.Range(0, tags)
                .Select(j => Enumerable.Range(0, tags).MaxBy(i => best[i] + transitions[i * tags + j]))];
            int[] from = before[t];
            best = [.. Enumerable.Range(0, tags).Select(j => best[from[j]] + transitions[from[j] * tags + j] + z[t][j])];
        }

        var path = new int[z.Length];
        path[^1] = Enumerable.Range(0, tags).MaxBy(j => best[j] + field.End[j]);
        for (int t = z.Length - 1; t > 0; t--) path[t - 1] = before[t][path[t]];
        return path;
    }

    [Fact]
    public void Decode_FieldLearnsOn_UsesTheNewScores()
    {
        FieldCase field = new(2, [2], scale: 0.1f, seed: 4);
        int[] found = new int[2];
        var decoder = new TagDecoder(2, field.Field, null);
        foreach (float score in (float[])[-50, 50])
        {
            field.Field.Transitions.SetValues([score, -score, -score, score]);
            decoder.Decode(Workers.ForThreads(1), field.Batch, field.Scores, found);
            Assert.Equal(score > 0, found[0] == found[1]);
        }
    }

    [Fact]
    public void Decode_OnlyForbiddenPaths_StillGivesTags()
    {
        // No word may be outside, and none may begin.
        string[] names = ["I-x", "B-y"];
        FieldCase field = new(2, [3], scale: 1f, seed: 4);
        int[] found = [-1, -1, -1];
        new TagDecoder(2, null, TagConstraints.Of(names)).Decode(
            Workers.ForThreads(1), field.Batch, field.Scores, found);
        Assert.All(found, tag => Assert.InRange(tag, 0, 1));
    }

    [Fact]
    public void Constraints_TagsWithoutSpans_AreNone()
    {
        Assert.Null(TagConstraints.Of(["NOUN", "VERB", "X"]));
        Assert.Null(TagConstraints.Of(["O", "I-x"]));
        Assert.Null(TagConstraints.Of(["O", "B-x", "Q-x"]));
        Assert.NotNull(TagConstraints.Of(["O", "B-x", "I-x"]));
        Assert.NotNull(TagConstraints.Of(["O", "B-x", "I-x", "L-x", "U-x"]));
    }

    /// <summary>Without E- nothing says where a span of several words ends (BIOS, as in CLUENER).</summary>
    [Fact]
    public void Constraints_SingleWordTagWithoutEnd_LetSpansEndAnywhere()
    {
        string[] names = ["O", "B-x", "I-x", "S-x"];
        TagConstraints constraints = TagConstraints.Of(names)!;
        Assert.True(constraints.MayEnd(2));
        Assert.True(constraints.MayFollow(2, 0));
        Assert.False(constraints.MayFollow(0, 2));
        Assert.Equal(new TagRuleCount(2, 0, false), constraints.Count(names, [["B-x", "I-x", "O", "S-x"]]));
    }

    [Theory]
    [InlineData("B-x I-x O B-y", 2, 0, false, true)]
    [InlineData("I-x I-x O I-y|I-x B-x", 4, 3, true, false)]
    [InlineData("I-x O O|B-x I-x O B-y", 3, 1, false, false)]
    [InlineData("I-x B-y", 2, 1, false, false)]
    public void Count_Sentences_TellsWhetherTheRulesHold(string text, int spans, int broken, bool isIob1, bool hold)
    {
        string[][] sentences = [.. text.Split('|').Select(sentence => sentence.Split(' '))];
        string[] names = ["O", "B-x", "I-x", "B-y", "I-y"];
        TagRuleCount count = TagConstraints.Of(names)!.Count(names, sentences);
        Assert.Equal(new TagRuleCount(spans, broken, isIob1), count);
        Assert.Equal(hold, count.Hold);
    }

    /// <summary>One mistake in twenty spans does not make another scheme.</summary>
    [Fact]
    public void Count_FewMistakes_TheRulesHold()
    {
        string[] names = ["O", "B-x", "I-x"];
        IReadOnlyList<string>[] sentences = [["I-x", "O"], .. Enumerable.Repeat(new[] { "B-x", "I-x", "O" }, 20)];
        Assert.True(TagConstraints.Of(names)!.Count(names, sentences).Hold);
        Assert.False(TagConstraints.Of(names)!.Count(names, sentences[..15]).Hold);
    }

    /// <summary>The rules of the schemes: an inner tag continues a span of its kind; five letters close every span.</summary>
    private static bool IsAllowed(int[] path, string[] names, bool closes)
    {
        string? open = null;
        foreach (int tag in path)
        {
            string name = names[tag], kind = name.Length > 2 ? name[2..] : "";
            bool continues = name[0] is 'I' or 'E';
            if (continues && open != kind) return false;
            if (!continues && open is not null && closes) return false;
            open = name[0] is 'B' or 'I' ? kind : null;
        }

        return open is null || !closes;
    }

    private static int[] Of(FieldCase field, int[] found, int b) =>
        [.. Enumerable.Range(0, field.Batch.Lengths[b]).Select(t => found[field.Batch.RowStart(t) + b])];
}
