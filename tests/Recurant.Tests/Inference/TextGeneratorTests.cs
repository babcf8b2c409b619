namespace Recurant.Tests.Inference;

/// <summary>One generator writes several texts at once: each is what it would be alone.</summary>
public class TextGeneratorTests
{
    private const int Length = 40;

    public static TheoryData<CellKind, int> Cells
    {
        get
        {
            var cells = new TheoryData<CellKind, int>();
            foreach (CellKind cell in Enum.GetValues<CellKind>()) cells.Add(cell, (int)cell % 2 == 0 ? 0 : 6);
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Continue_SeveralTextsInTurn_AreAsAlone(CellKind cell, int embedding)
    {
        LanguageModel model = Model(cell, embedding);
        string[] prompts = ["", "ab", "the cat", "a\nb"];
        string[] alone =
            [.. prompts.Select((prompt, i) => string.Concat(new TextGenerator(model).Continue(prompt, Length, Options(i))))];
        Assert.Equal(prompts.Length, alone.Distinct().Count());
        var generator = new TextGenerator(model);
        IEnumerator<string>[] texts =
            [.. prompts.Select((prompt, i) => generator.Continue(prompt, Length, Options(i)).GetEnumerator())];
        var written = new string[prompts.Length];
        // One writes three tokens while the next writes two, and so on; and one begins when others are in the middle.
        for (int turn = 0; texts.Any(text => text is not null); turn++)
        {
            for (int i = 0; i < texts.Length; i++)
            {
                if (texts[i] is null || turn < i) continue;
                for (int n = 0; n < 1 + (turn + i) % 3 && texts[i] is not null; n++)
                {
                    if (texts[i].MoveNext()) written[i] += texts[i].Current; else texts[i] = null!;
                }
            }
        }

        Assert.Equal(alone, written);
    }

    [Fact]
    public void Continue_SixteenThreads_EachTextIsAsAlone()
    {
        LanguageModel model = Model(CellKind.Lstm, 6);
        string[] alone = [.. Enumerable.Range(0, 16).Select(i =>
            string.Concat(new TextGenerator(model).Continue("ab", Length, Options(i))))];
        foreach (int threads in (int[])[1, 2])
        {
            var generator = new TextGenerator(model, threads);
            var wrong = new int[16];
            Thread[] all = [.. Enumerable.Range(0, 16).Select(i => new Thread(() =>
            {
                for (int n = 0; n < 5; n++)
                {
                    if (string.Concat(generator.Continue("ab", Length, Options(i))) != alone[i]) wrong[i]++;
                }
            }))];
            foreach (Thread thread in all) thread.Start();
            foreach (Thread thread in all) thread.Join();
            Assert.Equal(new int[16], wrong);
        }
    }

    /// <summary>A text that is enumerated twice begins anew, also while the first time is not over.</summary>
    [Fact]
    public void Continue_EnumeratedTwice_GivesTheSameTwice()
    {
        IEnumerable<string> text = new TextGenerator(Model(CellKind.Gru, 0)).Continue("ab", Length, Options(3));
        string[] first = [.. text.Zip(text, (a, b) => a == b ? a : throw new InvalidOperationException($"{a} and {b}"))];
        Assert.Equal(Length, first.Length);
        Assert.Equal(first, text);
    }

    [Fact]
    public void Continue_LogitsNotFinite_SaysSoInsteadOfWriting()
    {
        LanguageModel model = Model(CellKind.Lstm, 6);
        Parameter output = model.Parameters.First(parameter => parameter.Name.StartsWith("output", StringComparison.Ordinal));
        output.Value[1] = float.NaN;
        output.MarkChanged();
        foreach (float temperature in (float[])[0, 1])
        {
            Assert.Throws<InvalidDataException>(
                () => new TextGenerator(model).Continue("ab", 5, new SamplingOptions { Temperature = temperature }).ToList());
        }
    }

    [Fact]
    public void TextGenerator_ThreadsOutOfRange_AreRefused()
    {
        LanguageModel model = Model(CellKind.Gru, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TextGenerator(model, threads: -1));
        Assert.Contains("0 (one a core) to 1024",
            Assert.Throws<ArgumentException>(() => new TextGenerator(model, threads: 1_000_000)).Message);
    }

    private static SamplingOptions Options(int i) => new() { Seed = (ulong)i + 1 };

    private static LanguageModel Model(CellKind cell, int embedding)
    {
        PlainText text = new("text", [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "the cat sat" : "a dog ran, too")]);
        return LanguageModelTrainer.Train(text, new LanguageModelOptions
        {
            Unit = TokenUnit.Character, Cell = cell, Hidden = 10, Embedding = embedding, Layers = 2, Epochs = 1, Batch = 4,
            Window = 10,
            Threads = 1, Dropout = Reviews.NoDropout,
        }).Model;
    }
}
