namespace Recurant.Tests.Parameters;

/// <summary>A gradient that was cleared is zero for everybody, also while its memory still holds other numbers.</summary>
public class GradientTests
{
    [Fact]
    public void ClearGradient_ReadInAnyWay_IsZero()
    {
        foreach (Func<Parameter, float> read in new Func<Parameter, float>[]
        {
            parameter => parameter.Gradient[5], parameter => parameter.GradientMatrix.Row(1)[2],
            parameter => parameter.GradientBuffer.Span[5],
        })
        {
            Parameter parameter = Filled();
            parameter.ClearGradient();
            Assert.Equal(0, read(parameter));
            Assert.All(parameter.Gradient.ToArray(), value => Assert.Equal(0, value));
        }
    }

    [Fact]
    public void GradientToAdd_NewOrCleared_IsToBeWrittenOver()
    {
        var parameter = new Parameter("w", 2, 3);
        parameter.GradientToAdd(out bool accumulate).Span.Fill(4);
        Assert.False(accumulate);
        Assert.Equal(4, parameter.GradientToAdd(out accumulate).Row(1)[2]);
        Assert.True(accumulate);

        parameter.ClearGradient();
        _ = parameter.GradientToAdd(out accumulate);
        Assert.False(accumulate);

        // Whoever has read it has seen zeros, and they are there.
        parameter.ClearGradient();
        Assert.Equal(0, parameter.Gradient[0]);
        Assert.Equal(0, parameter.GradientToAdd(out accumulate).Row(0)[0]);
        Assert.True(accumulate);
    }

    [Fact]
    public void DropGradient_Cleared_StartsFromZeroAgain()
    {
        Parameter parameter = Filled();
        parameter.ClearGradient();
        parameter.DropGradient();
        Assert.False(parameter.HasGradient);
        Assert.Equal(0, parameter.Gradient[3]);
    }

    private static Parameter Filled()
    {
        var parameter = new Parameter("w", 2, 3);
        parameter.Gradient.Fill(7);
        return parameter;
    }
}
