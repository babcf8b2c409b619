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
    public static void Apply(Activation activation, ReadOnlySpan<float> input, Span<float> output) =>
        VectorLoop.Apply(new Forward(activation), input, output);

    /// <summary>dInput = dOutput * act'(input): 1 - y^2, 1 where y > 0, or y (1 - y). dInput may be dOutput.</summary>
    public static void GradientFromOutput(
        Activation activation, ReadOnlySpan<float> output, ReadOnlySpan<float> dOutput, Span<float> dInput) =>
        VectorLoop.Apply(new Backward(activation), output, dOutput, dInput);

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

    private readonly struct Forward(Activation activation) : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => Of<TWidth, TVector>(activation, x);
    }

    private readonly struct Backward(Activation activation) : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector y, TVector dy) => GradientOf<TWidth, TVector>(activation, y, dy);
    }
}
