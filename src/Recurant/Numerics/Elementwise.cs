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
        var kernel = new AddKernel { Source = source, Destination = destination };
        VectorLoop.Run(ref kernel, destination.Length);
    }

    /// <summary>destination += factor * source, fused.</summary>
    public static void AddScaled(ReadOnlySpan<float> source, float factor, Span<float> destination)
    {
        Check(source.Length, destination.Length);
        var kernel = new AddScaledKernel { Source = source, Factor = factor, Destination = destination };
        VectorLoop.Run(ref kernel, destination.Length);
    }

    /// <summary>values *= factor.</summary>
    public static void Scale(Span<float> values, float factor)
    {
        var kernel = new ScaleKernel { Values = values, Factor = factor };
        VectorLoop.Run(ref kernel, values.Length);
    }

    /// <summary>Copies the first row of a matrix into all the others, on all workers.</summary>
    public static void RepeatFirstRow(Workers workers, Matrix matrix)
    {
        var work = new RepeatWork { Matrix = matrix };
        if ((long)matrix.Rows * matrix.Columns < 1 << 16) work.Execute(0, 1); else workers.Run(ref work);
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
        var kernel = new MultiplyKernel { Left = left, Right = right, Destination = destination };
        VectorLoop.Run(ref kernel, destination.Length);
    }

    /// <summary>destination += left * right, element by element, fused.</summary>
    public static void AddProduct(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> destination)
    {
        Check(left.Length, destination.Length);
        Check(right.Length, destination.Length);
        var kernel = new AddProductKernel { Left = left, Right = right, Destination = destination };
        VectorLoop.Run(ref kernel, destination.Length);
    }

    /// <summary>destination = e^source.</summary>
    public static void Exp(ReadOnlySpan<float> source, Span<float> destination) => Apply<ExpFunction>(source, destination);

    /// <summary>destination = ln source.</summary>
    public static void Log(ReadOnlySpan<float> source, Span<float> destination) => Apply<LogFunction>(source, destination);

    /// <summary>destination = tanh source.</summary>
    public static void Tanh(ReadOnlySpan<float> source, Span<float> destination) => Apply<TanhFunction>(source, destination);

    /// <summary>destination = 1 / (1 + e^-source).</summary>
    public static void Sigmoid(ReadOnlySpan<float> source, Span<float> destination) =>
        Apply<SigmoidFunction>(source, destination);

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

    private ref struct AddKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Source;
        public Span<float> Destination;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.Add(Lanes<TWidth, TVector, TReach>.Load(Destination, index, left), Lanes<TWidth, TVector, TReach>.Load(Source, index, left)),
                Destination, index, left);
    }

    private ref struct AddScaledKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Source;
        public float Factor;
        public Span<float> Destination;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(
                    TWidth.Create(Factor), Lanes<TWidth, TVector, TReach>.Load(Source, index, left),
                    Lanes<TWidth, TVector, TReach>.Load(Destination, index, left)),
                Destination, index, left);
    }

    private ref struct ScaleKernel : IVectorKernel
    {
        public Span<float> Values;
        public float Factor;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(Lanes<TWidth, TVector, TReach>.Load(Values, index, left), TWidth.Create(Factor)), Values, index, left);
    }

    private ref struct MultiplyKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Left;
        public ReadOnlySpan<float> Right;
        public Span<float> Destination;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(Lanes<TWidth, TVector, TReach>.Load(Left, index, left), Lanes<TWidth, TVector, TReach>.Load(Right, index, left)),
                Destination, index, left);
    }

    private ref struct AddProductKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Left;
        public ReadOnlySpan<float> Right;
        public Span<float> Destination;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TWidth.FusedMultiplyAdd(
                    Lanes<TWidth, TVector, TReach>.Load(Left, index, left), Lanes<TWidth, TVector, TReach>.Load(Right, index, left),
                    Lanes<TWidth, TVector, TReach>.Load(Destination, index, left)),
                Destination, index, left);
    }

    private static void Apply<TFunction>(ReadOnlySpan<float> source, Span<float> destination) where TFunction : struct, IFunction
    {
        Check(source.Length, destination.Length);
        var kernel = new FunctionKernel<TFunction> { Source = source, Destination = destination };
        VectorLoop.Run(ref kernel, destination.Length);
    }

    /// <summary>A function of one number, at any width.</summary>
    private interface IFunction
    {
        static abstract TVector Of<TWidth, TVector>(TVector x)
            where TWidth : struct, IVectorWidth<TVector>
            where TVector : struct;
    }

    private readonly struct ExpFunction : IFunction
    {
        static TVector IFunction.Of<TWidth, TVector>(TVector x) =>
            VectorMath<TWidth, TVector>.Exp(x);
    }

    private readonly struct LogFunction : IFunction
    {
        static TVector IFunction.Of<TWidth, TVector>(TVector x) =>
            VectorMath<TWidth, TVector>.Log(x);
    }

    private readonly struct TanhFunction : IFunction
    {
        static TVector IFunction.Of<TWidth, TVector>(TVector x) =>
            VectorMath<TWidth, TVector>.Tanh(x);
    }

    private readonly struct SigmoidFunction : IFunction
    {
        static TVector IFunction.Of<TWidth, TVector>(TVector x) =>
            VectorMath<TWidth, TVector>.Sigmoid(x);
    }

    private ref struct FunctionKernel<TFunction> : IVectorKernel where TFunction : struct, IFunction
    {
        public ReadOnlySpan<float> Source;
        public Span<float> Destination;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) =>
            Lanes<TWidth, TVector, TReach>.Store(
                TFunction.Of<TWidth, TVector>(Lanes<TWidth, TVector, TReach>.Load(Source, index, left)), Destination, index, left);
    }
}
