namespace Recurant.Tests.Cells;

public class ActivationTests
{
    // exp is right to about a unit in the last place, and all values are below 1 (relu: 5).
    private const double Tolerance = 5e-7;

    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    public void ApplyAndGradient_EveryLength_EqualTheEquations(Activation activation)
    {
        for (int length = 0; length < 50; length++)
        {
            float[] input = Array.ConvertAll(Bits.Random(length, 1), x => 5 * x), dOutput = Bits.Random(length, 2);
            float[] output = new float[length], dInput = new float[length];
            ActivationKernels.Apply(activation, input, output);
            ActivationKernels.GradientFromOutput(activation, output, dOutput, dInput);
            Near.AssertEqual([.. input.Select(x => Value(activation, x))], output, Tolerance, "output");
            Near.AssertEqual([.. input.Zip(dOutput, (x, dy) => dy * Slope(activation, x))], dInput, Tolerance, "dInput");

            float[] inPlace = [.. input];
            ActivationKernels.Apply(activation, inPlace, inPlace);
            Bits.AssertEqual(output, inPlace, "in place");
            ActivationKernels.GradientFromOutput(activation, output, dOutput, dOutput);
            Bits.AssertEqual(dInput, dOutput, "gradient in place");
        }
    }

    [Theory]
    [InlineData(Activation.Tanh)]
    [InlineData(Activation.Relu)]
    [InlineData(Activation.Sigmoid)]
    public void Apply_NaN_StaysNaN(Activation activation)
    {
        float[] values = [float.NaN, 1, float.NaN];
        ActivationKernels.Apply(activation, values, values);
        Assert.Equal([true, false, true], values.Select(float.IsNaN));
    }

    [Fact]
    public void Relu_AtZero_HasSlopeZero()
    {
        float[] output = new float[2], dInput = new float[2];
        ActivationKernels.Apply(Activation.Relu, [0f, -0f], output);
        ActivationKernels.GradientFromOutput(Activation.Relu, output, [1f, 1f], dInput);
        Assert.Equal([0f, 0f], output);
        Assert.Equal([0f, 0f], dInput);
    }

    private static double Value(Activation activation, double x) => activation switch
    {
        Activation.Tanh => Math.Tanh(x),
        Activation.Relu => Math.Max(0, x),
        _ => 1 / (1 + Math.Exp(-x)),
    };

    private static double Slope(Activation activation, double x) => activation switch
    {
        Activation.Tanh => 1 - Math.Tanh(x) * Math.Tanh(x),
        Activation.Relu => x > 0 ? 1 : 0,
        _ => Math.Exp(-x) / ((1 + Math.Exp(-x)) * (1 + Math.Exp(-x))),
    };
}
