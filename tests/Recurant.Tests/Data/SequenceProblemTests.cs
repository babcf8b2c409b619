namespace Recurant.Tests.Data;

public class SequenceProblemTests
{
    [Fact]
    public void Fill_Adding_MarksOneNumberOfEachHalfAndAsksForTheirSum()
    {
        var problem = new SequenceProblem(ProblemKind.Adding, 7);
        double sum = 0, squares = 0;
        const int Count = 2000;
        for (ulong i = 0; i < Count; i++)
        {
            Matrix x = Bits.Zeros(7, 2);
            float right = problem.Fill(Stream(i), x, 0, 1, []);
            int[] marked = [.. Enumerable.Range(0, 7).Where(t => x.Row(t)[1] == 1)];
            Assert.Equal(2, marked.Length);
            Assert.InRange(marked[0], 0, 2);
            Assert.InRange(marked[1], 3, 6);
            Assert.Equal(x.Row(marked[0])[0] + x.Row(marked[1])[0], right);
            for (int t = 0; t < 7; t++) Assert.InRange(x.Row(t)[0], 0f, 1f);
            sum += right;
            squares += (right - 1) * (right - 1);
        }

        Assert.InRange(sum / Count, 0.96, 1.04);
        Assert.InRange(squares / Count, problem.Baseline - 0.02, problem.Baseline + 0.02);
    }

    [Fact]
    public void Fill_Copying_AsksForTheTenSymbolsBehindTheMark()
    {
        var problem = new SequenceProblem(ProblemKind.Copying, 5);
        Assert.Equal(25, problem.Steps);
        Matrix x = Bits.Zeros(2 * 25, 10);
        int[] classes = new int[2 * 25];
        problem.Fill(Stream(1), x, 0, 2, classes);
        problem.Fill(Stream(2), x, 1, 2, classes);
        for (int b = 0; b < 2; b++)
        {
            int[] symbols = [.. Enumerable.Range(0, 25).Select(t => x.Row(2 * t + b).IndexOf(1f))];
            for (int t = 0; t < 25; t++) Assert.Equal(1, x.Row(2 * t + b).ToArray().Sum());
            Assert.All(symbols[..10], symbol => Assert.InRange(symbol, 0, 7));
            Assert.All(symbols[10..14], symbol => Assert.Equal(8, symbol));
            Assert.Equal(9, symbols[14]);
            Assert.All(symbols[15..], symbol => Assert.Equal(8, symbol));
            int[] asked = [.. Enumerable.Range(0, 25).Select(t => classes[2 * t + b])];
            Assert.All(asked[..15], symbol => Assert.Equal(8, symbol));
            Assert.Equal(symbols[..10], asked[15..]);
        }
    }

    [Fact]
    public void Baseline_IsTheLossOfKnowingNothing()
    {
        Assert.Equal(1.0 / 6, new SequenceProblem(ProblemKind.Adding, 600).Baseline, 12);
        Assert.Equal(10 * Math.Log(8) / 220, new SequenceProblem(ProblemKind.Copying, 200).Baseline, 12);
    }

    [Fact]
    public void Parse_Name_GivesTheProblemBack()
    {
        foreach (string name in (string[])["adding:600", "copying:200"])
        {
            Assert.Equal(name, SequenceProblem.Parse(name)!.ToString());
        }

        Assert.Null(SequenceProblem.Parse("reviews.tsv"));
        foreach (string name in (string[])["adding:", "adding:1", "copying:x", "copying:-3", "adding:9999999"])
        {
            Assert.StartsWith(
                name, Assert.Throws<FormatException>(() => SequenceProblem.Parse(name)).Message, StringComparison.Ordinal);
        }
    }

    private static Philox Stream(ulong index) => new(3, RandomPurpose.Problems, index);
}
