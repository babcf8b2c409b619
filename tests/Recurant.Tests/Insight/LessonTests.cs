namespace Recurant.Tests.Insight;

/// <summary>Lessons with fresh weights: every number follows from those beside it.</summary>
public class LessonTests
{
    private const string Sentence = "this movie is not good, not good";

    // Double precision rounds at 1e-16; sums of tens of terms stay far below this.
    private const double Exact = 1e-12;

    public static TheoryData<string> Networks =>
        ["elman", "relu", "sigmoid", "preactivation", "lstm", "gru", "outside", "vectors",
        "one label", "one label lstm", "labels"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Of_AnyNetwork_EveryLineFollowsFromItsTerms(string network)
    {
        Lesson lesson = Lesson.Of(Sentence, Options(network));
        int lines = 0;
        foreach (LessonSection section in lesson.Sections)
        {
            foreach (LessonLine line in section.Equations.SelectMany(equation => equation.Lines))
            {
                double value = Apply(line);
                Assert.True(Math.Abs(value - line.Value) <= Exact * Math.Max(1, Math.Abs(value)),
                    $"{section.Title}: {line.Name} is {line.Value}, but its terms give {value}");
                lines++;
            }
        }

        Assert.True(lines > 100, $"{lines} lines");
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Of_AnyNetwork_TheDoubleSumIsTheGradientOfW(string network)
    {
        Lesson lesson = Lesson.Of(Sentence, Options(network));
        LessonSection section = lesson.Sections.Single(section => section.Title == "The double sum");
        Same(lesson.Gradients["weight_hh_l0"], [.. section.Matrices[0].Shown.SelectMany(row => row)]);
    }

    [Theory]
    [MemberData(nameof(Networks))]
    public void Of_AnyNetwork_TheTermsOfTheDoubleSumAreProductsOfTheShownFactors(string network)
    {
        Lesson lesson = Lesson.Of(Sentence, Options(network));
        if (network == "outside") return;
        Dictionary<string, LessonMatrix> matrices = lesson.Sections
            .Where(section => section.Part == LessonPart.Expanded).SelectMany(section => section.Matrices)
            .DistinctBy(matrix => matrix.Name).ToDictionary(matrix => matrix.Name);
        string s = network is "preactivation" || network.Contains("lstm", StringComparison.Ordinal) ? "s" : "h";
        string[] halves = network.Contains("lstm", StringComparison.Ordinal) ? ["h", "c"] : [s];
        int hidden = lesson.Spec.HiddenSize, compared = 0;
        foreach (LessonPath path in lesson.Paths)
        {
            double[] d = [.. matrices[$"dJ_{path.T}/d{s}_{path.K}"].Shown[0]];
            IReadOnlyList<IReadOnlyList<double>> term = matrices[$"dJ_{path.T}/dW through {path.K}"].Shown;
            for (int row = 0; row < term.Count; row++)
            {
                for (int j = 0; j < hidden; j++)
                {
                    int unit = row % hidden;
                    double expected = halves.Select(
                        (half, h) => d[h * hidden + unit] * matrices[$"d+{half}_{path.K}/dW"].Shown[row][j]).Sum();
                    Assert.Equal(expected, term[row][j], Exact);
                    compared++;
                }
            }

            if (path.K == path.T) continue;
            double[] entering = [.. matrices[$"dJ_{path.T}/d{s}_{path.T}"].Shown[0]];
            IReadOnlyList<IReadOnlyList<double>> product = matrices[$"d{s}_{path.T}/d{s}_{path.K}"].Shown;
            Same(Times(entering, product), d);
            if (path.K == path.T - 1) continue;
            IReadOnlyList<IReadOnlyList<double>> shorter = matrices[$"d{s}_{path.T}/d{s}_{path.K + 1}"].Shown;
            IReadOnlyList<IReadOnlyList<double>> last = matrices[$"d{s}_{path.K + 1}/d{s}_{path.K}"].Shown;
            Same([.. shorter.SelectMany(row => Times([.. row], last))], [.. product.SelectMany(row => row)]);
        }

        Assert.True(compared > 0);
    }

    [Fact]
    public void Of_ManyToMany_TheFactorsOfTheLossGiveWhatEnters()
    {
        Lesson lesson = Lesson.Of(Sentence);
        foreach (LessonSection section in lesson.Sections.Where(s => s.Part == LessonPart.Expanded && s.Step > 0))
        {
            double[] loss = [.. section.Matrices[0].Shown[0]];
            Same(Times(loss, section.Matrices[1].Shown), [.. section.Matrices[2].Shown[0]]);
        }
    }

    [Fact]
    public void Of_NextWords_AreRightAndTheLossFalls()
    {
        Lesson lesson = Lesson.Of("a b a");
        Assert.Equal(["a", "b", "<end>"], lesson.Classes);
        Assert.Equal([1, 0, 2], lesson.Labels);
        Assert.True(lesson.IsManyToMany);
        Assert.True(lesson.NewLoss < lesson.Loss, $"{lesson.Loss} to {lesson.NewLoss}");
        Assert.Equal(lesson.Run.Losses.Average(), lesson.Loss, Exact);
        Assert.All(lesson.Weights["bias_ih_l0"], value => Assert.Equal(0, value));
        Assert.All(lesson.NewWeights["bias_ih_l0"], value => Assert.Equal(0, value));
    }

    [Fact]
    public void Of_FreshWeights_HaveTwoDecimalsAndDependOnTheSeed()
    {
        Lesson one = Lesson.Of(Sentence), again = Lesson.Of(Sentence), other = Lesson.Of(Sentence, new() { Seed = 2 });
        Assert.Equal(one.Weights["weight_hh_l0"], again.Weights["weight_hh_l0"]);
        Assert.NotEqual(one.Weights["weight_hh_l0"], other.Weights["weight_hh_l0"]);
        Assert.All(one.Weights["weight_hh_l0"], weight => Assert.Equal(Math.Round(weight, 2), weight, 1e-7));
    }

    [Fact]
    public void Of_WideNetwork_ShowsTheFirstUnitsAndWholeSums()
    {
        Lesson lesson = Lesson.Of(Sentence, new() { HiddenSize = 20, UnitsShown = 2 });
        LessonEquation state = lesson.Sections.First(s => s is { Part: LessonPart.Forward, Step: 2 }).Equations[0];
        Assert.Equal(2, state.Lines.Count);
        Assert.Equal(18, state.LinesLeftOut);
        Assert.Equal(18, state.Lines[0].Terms[^1].LeftOut);
        Assert.Equal(lesson.Run.Stack.Outputs[20], Math.Tanh(state.Lines[0].Sum), Exact);
    }

    [Theory]
    [InlineData("", "has no words")]
    [InlineData("a b c", "2 labels for a sentence of 3 words")]
    public void Of_UnfitTexts_AreRefused(string text, string message)
    {
        var fault = Assert.Throws<ArgumentException>(() => Lesson.Of(text, new() { Labels = ["x", "y"] }));
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OptionsOutOfRange_NameTheProperty()
    {
        string many = string.Join(' ', Enumerable.Repeat("word", LessonOptions.MostWords + 1));
        Refused("HiddenSize", "a", new() { HiddenSize = 0 });
        Refused("Cell", "a", new() { Cell = CellKind.Sru });
        Refused("LearningRate", "a", new() { LearningRate = 0 });
        Refused("65 words", many, new());

        static void Refused(string message, string text, LessonOptions options) =>
            Assert.Contains(
                message, Assert.Throws<ArgumentException>(() => Lesson.Of(text, options)).Message, StringComparison.Ordinal);
    }

    internal static LessonOptions Options(string network) => network switch
    {
        "relu" => new() { Activation = Activation.Relu, Seed = 3 },
        "sigmoid" => new() { Activation = Activation.Sigmoid, Bias = true },
        "preactivation" => new() { Form = ElmanForm.PreActivation, Bias = true },
        "lstm" => new() { Cell = CellKind.Lstm, Bias = true },
        "gru" => new() { Cell = CellKind.Gru },
        "outside" => new() { Cell = CellKind.Gru, GruReset = GruReset.Outside, Bias = true },
        "vectors" => new() { EmbeddingSize = 4, Bias = true },
        "one label" => new() { Labels = ["negative"] },
        "one label lstm" => new() { Cell = CellKind.Lstm, EmbeddingSize = 2, Labels = ["negative"] },
        "labels" => new() { Labels = ["x", "y", "x", "y", "z", "x", "y", "z"] },
        _ => new(),
    };

    private static double Apply(LessonLine line) => line.Function switch
    {
        LessonFunction.Tanh => Math.Tanh(line.Sum),
        LessonFunction.Sigmoid => 1 / (1 + Math.Exp(-line.Sum)),
        LessonFunction.Relu => Math.Max(0, line.Sum),
        LessonFunction.Exp => Math.Exp(line.Sum),
        LessonFunction.MinusLog => -Math.Log(line.Sum),
        LessonFunction.Max => line.Terms.Max(term => term.Value),
        _ => line.Sum,
    };

    private static double[] Times(double[] row, IReadOnlyList<IReadOnlyList<double>> matrix) =>
        [.. Enumerable.Range(0, matrix[0].Count).Select(j => row.Select((value, i) => value * matrix[i][j]).Sum())];

    private static void Same(double[] expected, double[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], Exact);
    }
}
