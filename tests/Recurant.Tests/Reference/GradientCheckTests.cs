namespace Recurant.Tests.Reference;

public class GradientCheckTests
{
    private const double Tolerance = ReferenceCases.FiniteDifferenceTolerance;

    [Fact]
    public void Run_OneWrongElement_IsFoundAndNamed()
    {
        // J = w0^2 w1 + sin(w2): dJ = (2 w0 w1, w0^2, cos w2)
        ReferenceTensors point = new() { ["a"] = [0.7, -1.3], ["b"] = [0.4] };
        ReferenceTensors right = new() { ["a"] = [2 * 0.7 * -1.3, 0.49], ["b"] = [Math.Cos(0.4)] };
        ReferenceTensors wrong = new() { ["a"] = [2 * 0.7 * -1.3, -0.49], ["b"] = [Math.Cos(0.4)] };
        Assert.All(GradientCheck.Run(point, right, Loss), row => Assert.InRange(row.LargestRelativeError, 0, Tolerance));

        IReadOnlyList<GradientCheckRow> rows = GradientCheck.Run(point, wrong, Loss);
        Assert.Equal(("a", 2, 1, -0.49), (rows[0].Name, rows[0].Count, rows[0].Index, rows[0].Analytic));
        Assert.Equal(0.49, rows[0].Numeric, 1e-9);
        Assert.Equal(1, rows[0].LargestRelativeError, 1e-9);
        Assert.InRange(rows[1].LargestRelativeError, 0, Tolerance);
        Assert.Equal([0.7, -1.3], point["a"]);

        static double Loss(ReferenceTensors at) => at["a"][0] * at["a"][0] * at["a"][1] + Math.Sin(at["b"][0]);
    }

    [Theory]
    [InlineData(3e-6, 1, true)]
    [InlineData(3e-6, 0, false)]
    [InlineData(-3e-6, 0, true)]
    [InlineData(-3e-6, 1, false)]
    public void Run_KinkNearby_JudgesByTheSideOfThePoint(double w, double gradient, bool right)
    {
        GradientCheckRow row = Check(w, gradient, Relu);
        Assert.Equal(right, row.LargestRelativeError < Tolerance);
        Assert.Equal(0, row.AtKink);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(0.3, 0)]
    [InlineData(-0.5, 1)]
    [InlineData(1.5, 0.2)]
    public void Run_ExactlyOnAKink_AcceptsSubgradientsOnly(double gradient, double error)
    {
        GradientCheckRow row = Check(0, gradient, Relu);
        Assert.Equal(error, row.LargestRelativeError, 1e-6);
        Assert.Equal(gradient is 0.3 or -0.5 or 1.5 or 0 or 1 ? 1 : 0, row.AtKink);
    }

    [Fact]
    public void Run_SteepButSmooth_IsNoKink()
    {
        GradientCheckRow row = Check(0.2, 2, w => Math.Exp(3 * w));
        Assert.Equal(0, row.AtKink);
        Assert.Equal(3 * Math.Exp(0.6), row.Numeric, 1e-6);
        Assert.True(row.LargestRelativeError > 0.1);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Run_NotFinite_IsAnInfiniteError(double value)
    {
        Assert.Equal(double.PositiveInfinity, Check(0.5, value, w => w).LargestRelativeError);
        Assert.Equal(double.PositiveInfinity, Check(0.5, 1, w => value).LargestRelativeError);
    }

    [Fact]
    public void Run_GradientMissingOrOfAnotherSize_NamesIt()
    {
        ReferenceTensors point = new() { ["w"] = [1, 2] };
        Assert.Contains("'w' needs 2 values, but there is none", Assert.Throws<ArgumentException>(
            () => GradientCheck.Run(point, new ReferenceTensors(), _ => 0)).Message);
        Assert.Contains("'w' needs 2 values, but it has 1", Assert.Throws<ArgumentException>(
            () => GradientCheck.Compare(new ReferenceTensors { ["w"] = [1] }, point)).Message);
    }

    [Fact]
    public void Compare_SinglePrecision_ToleratesRoundingOnly()
    {
        ReferenceTensors expected = new() { ["w"] = [10.0 / 3, 1e-7, -2.0 / 7] };
        ReferenceTensors rounded = new(), swapped = new();
        rounded.Set("w", [10f / 3, 2e-7f, -2f / 7]);
        swapped.Set("w", [10f / 3, -2f / 7, 1e-7f]);
        Assert.InRange(GradientCheck.Compare(rounded, expected)[0].LargestRelativeError, 1e-9, 1e-5);
        GradientCheckRow row = GradientCheck.Compare(swapped, expected)[0];
        Assert.Equal((1, 3), (row.Index, row.Count));
        Assert.True(row.LargestRelativeError > 0.9);
    }

    private static double Relu(double w) => Math.Max(0, w);

    private static GradientCheckRow Check(double w, double gradient, Func<double, double> loss) => GradientCheck.Run(
        new ReferenceTensors { ["w"] = [w] }, new ReferenceTensors { ["w"] = [gradient] }, at => loss(at["w"][0]))[0];
}
