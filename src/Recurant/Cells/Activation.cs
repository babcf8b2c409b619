using Recurant.Numerics;

namespace Recurant.Cells;

/// <summary>The activation functions of the chapter.</summary>
public enum Activation
{
    /// <summary>tanh(x).</summary>
    Tanh,

    /// <summary>max(0, x).</summary>
    Relu,

    /// <summary>1 / (1 + e^-x).</summary>
    Sigmoid,
}

/// <summary>
/// An activation and its derivative, the latter from the output: all three allow it, so inputs need not be kept.
/// </summary>
internal static class ActivationKernels
{
    /// <summary>output = act(input); the two may be the same span.</summary>
    public static void Apply(Activation activation, ReadOnlySpan<float> input, Span<float> output)
    {
        var kernel = new ForwardKernel { Activation = activation, Input = input, Output = output };
        VectorLoop.Run(ref kernel, output.Length);
    }

    /// <summary>dInput = dOutput * act'(input): 1 - y^2, 1 where y > 0, or y (1 - y). dInput may be dOutput.</summary>
    public static void GradientFromOutput(
        Activation activation, ReadOnlySpan<float> output, ReadOnlySpan<float> dOutput, Span<float> dInput)
    {
        var kernel = new BackwardKernel { Activation = activation, Output = output, DOutput = dOutput, DInput = dInput };
        VectorLoop.Run(ref kernel, dInput.Length);
    }

    private ref struct ForwardKernel : IVectorKernel
    {
        public Activation Activation;
        public ReadOnlySpan<float> Input;
        public Span<float> Output;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector x = Lanes<TWidth, TVector>.Load(Input, j);
            Lanes<TWidth, TVector>.Store(
                Activation switch
                {
                    Activation.Tanh => VectorMath<TWidth, TVector>.Tanh(x),
                    Activation.Relu => TWidth.SelectGreater(default, x, default, x),
                    _ => VectorMath<TWidth, TVector>.Sigmoid(x),
                },
                Output, j);
        }
    }

    private ref struct BackwardKernel : IVectorKernel
    {
        public Activation Activation;
        public ReadOnlySpan<float> Output, DOutput;
        public Span<float> DInput;

        public readonly void Apply<TWidth, TVector>(int j) where TWidth : struct, IVectorWidth<TVector> where TVector : struct
        {
            TVector y = Lanes<TWidth, TVector>.Load(Output, j), dy = Lanes<TWidth, TVector>.Load(DOutput, j);
            TVector one = TWidth.Create(1f);
            Lanes<TWidth, TVector>.Store(
                Activation switch
                {
                    Activation.Tanh => TWidth.Multiply(dy, TWidth.Subtract(one, TWidth.Multiply(y, y))),
                    Activation.Relu => TWidth.SelectGreater(y, default, dy, default),
                    _ => TWidth.Multiply(dy, TWidth.Multiply(y, TWidth.Subtract(one, y))),
                },
                DInput, j);
        }
    }
}
