namespace Recurant.Tests.Numerics;

/// <summary>
/// Functions of distributions against published values and against mpmath 1.3 with 30 digits (loggamma, digamma, erfinv, betainc
/// and, for t, its root).
/// </summary>
public class SpecialFunctionTests
{
    // A few units in the last place, of the number itself or, where terms about 1 cancel, of 1; more where large ones do.
    private const double UnitsInTheLastPlace = 8e-16, Precision = 1e-14, Cancelling = 1e-11;

    [Fact]
    public void ExpAndLog_OverTheirRange_AgreeWithTheLibrary()
    {
        for (double x = -700; x <= 700; x += 0.37)
        {
            double exp = Math.Exp(x);
            Relative(exp, SpecialFunctions.Exp(x));
            Relative(Math.Log(exp), SpecialFunctions.Log(exp));
        }

        for (double x = 1e-9; x < 1e6; x *= 1.7) Relative(Math.Log(x), SpecialFunctions.Log(x));
        Assert.Equal(1, SpecialFunctions.Exp(0));
        Assert.Equal(0, SpecialFunctions.Log(1));
        Assert.True(double.IsNaN(SpecialFunctions.Exp(double.NaN)) && double.IsNaN(SpecialFunctions.Log(double.NaN)));
        Assert.Equal(double.PositiveInfinity, SpecialFunctions.Log(double.PositiveInfinity));
        // x - x^2 / 2: what 1 + x would have lost.
        Relative(1e-10 - 5e-21, SpecialFunctions.LogOnePlus(1e-10));
        Relative(-1e-10 - 5e-21, SpecialFunctions.LogOnePlus(-1e-10));
    }

    [Fact]
    public void SoftplusAndSigmoid_OfAnyNumber_AreExactAtBothEnds()
    {
        Relative(Math.Log(2), SpecialFunctions.Softplus(0));
        Relative(Math.Exp(-40), SpecialFunctions.Softplus(-40));
        Relative(800, SpecialFunctions.Softplus(800));
        Relative(0.5, SpecialFunctions.Sigmoid(0));
        Relative(1 / (1 + Math.Exp(3)), SpecialFunctions.Sigmoid(-3));
        Relative(1 / (1 + Math.Exp(-3)), SpecialFunctions.Sigmoid(3));
    }

    [Theory]
    [InlineData(0.001, 6.90717888538385368)]
    [InlineData(0.5, 0.572364942924700087)] // ln sqrt(pi)
    [InlineData(1.5, -0.120782237635245222)]
    [InlineData(3.7, 1.42807232666538792)]
    [InlineData(11, 15.1044125730755153)] // ln 10!
    [InlineData(25.25, 55.5856860448694297)]
    [InlineData(1e5, 1051287.70897365689)]
    [InlineData(1e6 + 3, 12815546.0156822856)]
    public void LogGamma_OfANumber_IsThatOfTheTables(double x, double expected) =>
        Near(expected, SpecialFunctions.LogGamma(x), Precision);

    [Theory]
    [InlineData(0.001, -1000.5755719318103)]
    [InlineData(0.5, -1.96351002602142348)]
    [InlineData(1, -0.577215664901532861)] // Euler's constant
    [InlineData(3.7, 1.16715353936151139)]
    [InlineData(25.25, 3.2088934898690553)]
    [InlineData(1e5, 11.5129204649618951)]
    public void Digamma_OfANumber_IsThatOfTheTables(double x, double expected) =>
        Near(expected, SpecialFunctions.Digamma(x), Precision);

    [Theory]
    [InlineData(0.5, 0)]
    [InlineData(0.6, 0.253347103135799799)]
    [InlineData(0.9, 1.28155156554460047)]
    [InlineData(0.975, 1.95996398454005424)]
    [InlineData(0.99, 2.3263478740408411)]
    [InlineData(0.001, -3.09023230616781354)]
    [InlineData(1e-10, -6.3613409024040562)]
    public void Probit_OfAProbability_IsThatOfTheTables(double p, double expected) =>
        Near(expected, SpecialFunctions.Probit(p), Precision);

    [Theory]
    [InlineData(0.5, 0.5, 0.5, 0.5)]
    [InlineData(0.3, 2, 3, 0.3483)]
    [InlineData(0.9, 10.5, 1.25, 0.427568373582003927)]
    [InlineData(0.01, 0.1, 20, 0.87812836850594984)]
    [InlineData(0.2, 1000, 4000, 0.502821039545861875)]
    [InlineData(0.001, 3, 3000, 0.577370082425694443)]
    [InlineData(0, 2, 3, 0)]
    [InlineData(1, 2, 3, 1)]
    public void IncompleteBeta_OfANumber_IsThatOfTheTables(double x, double a, double b, double expected) =>
        Near(expected, SpecialFunctions.IncompleteBeta(x, a, b), Cancelling);

    /// <summary>2.776 and 1.886 stand in every table of t.</summary>
    [Theory]
    [InlineData(0.9, 2, 1.88561808316412673)]
    [InlineData(0.9, 2.7, 1.68810817514664278)]
    [InlineData(0.975, 4, 2.77644510519779436)]
    [InlineData(0.99, 3.5, 4.06071135930008372)]
    [InlineData(0.6, 30, 0.255605364951912772)]
    [InlineData(0.8, 400, 0.842520758955909595)]
    [InlineData(0.999, 2.05, 21.0290830384652199)]
    [InlineData(0.1, 2, -1.88561808316412673)]
    [InlineData(0.5, 5, 0)]
    public void StudentQuantile_OfAProbability_IsThatOfTheTables(double p, double freedom, double expected) =>
        Near(expected, SpecialFunctions.StudentQuantile(p, freedom), Cancelling);

    private static void Relative(double expected, double found) => Assert.True(
        Math.Abs(expected - found) <= UnitsInTheLastPlace * Math.Abs(expected), $"{expected:R} expected, {found:R} found");

    private static void Near(double expected, double found, double tolerance) => Assert.True(
        Math.Abs(expected - found) <= tolerance * Math.Max(1, Math.Abs(expected)), $"{expected:R} expected, {found:R} found");
}
