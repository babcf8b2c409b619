using System.Runtime.CompilerServices;

namespace Recurant.Numerics;

/// <summary>
/// Small element-wise kernels that several rooms use. All spans of a call have the same length; source and destination may
/// be the same span.
/// </summary>
internal static class Elementwise
{
    /// <summary>destination += source.</summary>
    public static void Add(ReadOnlySpan<float> source, Span<float> destination)
    {
        Check(source.Length, destination.Length);
        VectorLoop.Apply(new Sum(), source, destination, destination);
    }

    /// <summary>destination += factor * source, fused.</summary>
    public static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> destination)
    {
        Check(source.Length, destination.Length);
        VectorLoop.Apply(new ScaledSum(factor), source, destination, destination);
    }

    /// <summary>values *= factor.</summary>
    public static void Scale(Span<float> values, float factor) => VectorLoop.Apply(new Scaled(factor), values, values);

    /// <summary>Copies the first row of a matrix into all the others, on all workers.</summary>
    public static void RepeatFirstRow(Workers workers, Matrix matrix)
    {
        var work = new RepeatWork { Matrix = matrix };
        workers.Run(ref work, (long)matrix.Rows * matrix.Columns);
    }

    private struct RepeatWork : IParallelWork
    {
        public Matrix Matrix;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Matrix.Rows, part, parts);
            for (int row = Math.Max(1, first); row < last; row++) Matrix.Row(0).CopyTo(Matrix.Row(row));
        }
    }

    /// <summary>destination = left * right, element by element.</summary>
    public static void Multiply(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> destination)
    {
        Check(left.Length, destination.Length);
        Check(right.Length, destination.Length);
        VectorLoop.Apply(new Product(), left, right, destination);
    }

    /// <summary>destination += left * right, element by element, fused.</summary>
    public static void AddProduct(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> destination)
    {
        Check(left.Length, destination.Length);
        Check(right.Length, destination.Length);
        VectorLoop.Accumulate(new SumOfProducts(), left, right, destination);
    }

    /// <summary>destination = e^source.</summary>
    public static void Exp(ReadOnlySpan<float> source, Span<float> destination) => Apply(new ExpFunction(), source, destination);

    /// <summary>destination = ln source.</summary>
    public static void Log(ReadOnlySpan<float> source, Span<float> destination) => Apply(new LogFunction(), source, destination);

    /// <summary>destination = tanh source.</summary>
    public static void Tanh(ReadOnlySpan<float> source, Span<float> destination) =>
        Apply(new TanhFunction(), source, destination);

    /// <summary>destination = 1 / (1 + e^-source).</summary>
    public static void Sigmoid(ReadOnlySpan<float> source, Span<float> destination) =>
        Apply(new SigmoidFunction(), source, destination);

    /// <summary>ln of one number, with the bits of the vector kernel.</summary>
    public static float Log(float value)
    {
        Span<float> one = [value];
        Log(one, one);
        return one[0];
    }

    private static void Check(int length, int expected)
    {
        if (length != expected) ThrowUnequal(length, expected);
    }

    private static void ThrowUnequal(int length, int expected) => throw new ArgumentException(
        $"An element-wise kernel was given a source of {length} elements for a destination of {expected}; they must be equal.");

    private static void Apply<TFunction>(TFunction function, ReadOnlySpan<float> source, Span<float> destination)
        where TFunction : struct, IFunction
    {
        Check(source.Length, destination.Length);
        VectorLoop.Apply(function, source, destination);
    }

    private readonly struct Sum : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector x, TVector y) => TWidth.Add(y, x);
    }

    private readonly struct ScaledSum(float factor) : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector x, TVector y) =>
            TWidth.FusedMultiplyAdd(TWidth.Create(factor), x, y);
    }

    private readonly struct Scaled(float factor) : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => TWidth.Multiply(x, TWidth.Create(factor));
    }

    private readonly struct Product : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector x, TVector y) => TWidth.Multiply(x, y);
    }

    /// <summary>x y + z, with one rounding.</summary>
    internal readonly struct SumOfProducts : IFunctionOfThree
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfThree.Of<TWidth, TVector>(TVector x, TVector y, TVector z) => TWidth.FusedMultiplyAdd(x, y, z);
    }

    private readonly struct ExpFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => VectorMath<TWidth, TVector>.Exp(x);
    }

    private readonly struct LogFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => VectorMath<TWidth, TVector>.Log(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => VectorMath<TWidth, TVector>.Tanh(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunction.Of<TWidth, TVector>(TVector x) => VectorMath<TWidth, TVector>.Sigmoid(x);
    }
}
