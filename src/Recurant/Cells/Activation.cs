using System.Runtime.CompilerServices;

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
    /// <summary>The activation as equations call it.</summary>
    public static string NameOf(Activation activation) =>
        activation switch { Activation.Tanh => "tanh", Activation.Relu => "relu", _ => "sigmoid" };

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

    /// <summary>act(x) of a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of<TWidth, TVector>(Activation activation, TVector x)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct => activation switch
        {
            Activation.Tanh => VectorMath<TWidth, TVector>.Tanh(x),
            Activation.Relu => TWidth.SelectGreater(default, x, default, x),
            _ => VectorMath<TWidth, TVector>.Sigmoid(x),
        };

    /// <summary>dy act'(x) of a vector, from y = act(x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector GradientOf<TWidth, TVector>(Activation activation, TVector y, TVector dy)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct => activation switch
        {
            Activation.Tanh => TWidth.Multiply(dy, TWidth.Subtract(TWidth.Create(1f), TWidth.Multiply(y, y))),
            Activation.Relu => TWidth.SelectGreater(y, default, dy, default),
            _ => TWidth.Multiply(dy, TWidth.Multiply(y, TWidth.Subtract(TWidth.Create(1f), y))),
        };

    private ref struct ForwardKernel : IVectorKernel
    {
        public Activation Activation;
        public ReadOnlySpan<float> Input;
        public Span<float> Output;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector x = Lanes<TWidth, TVector, TReach>.Load(Input, j, left);
            Lanes<TWidth, TVector, TReach>.Store(Of<TWidth, TVector>(Activation, x), Output, j, left);
        }
    }

    private ref struct BackwardKernel : IVectorKernel
    {
        public Activation Activation;
        public ReadOnlySpan<float> Output, DOutput;
        public Span<float> DInput;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector y = Lanes<TWidth, TVector, TReach>.Load(Output, j, left), dy = Lanes<TWidth, TVector, TReach>.Load(DOutput, j, left);
            Lanes<TWidth, TVector, TReach>.Store(GradientOf<TWidth, TVector>(Activation, y, dy), DInput, j, left);
        }
    }
}
