using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

/// <summary>Every element-wise kernel gives the same bits at every width and length, and touches nothing else.</summary>
public class VectorWidthTests
{
    private const int MostElements = 64, Guard = 19;
    private static readonly string[] s_functions = ["exp", "tanh", "sigmoid", "log"];

    public static TheoryData<string> Functions => [.. s_functions];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Function_SampleOfAllFloats_SameBitsAtEveryWidth(string function)
    {
        float[] expected = new float[1 << 14], actual = new float[1 << 14];
        foreach (ReadOnlyMemory<float> block in FloatRange.Blocks(float.NegativeInfinity, float.PositiveInfinity, 3001))
        {
            int count = block.Length;
            Run<Width128, Vector128<float>>(function, block.Span, expected.AsSpan(0, count));
            Run<Width256, Vector256<float>>(function, block.Span, actual.AsSpan(0, count));
            Bits.AssertEqual(expected.AsSpan(0, count), actual.AsSpan(0, count), function + " at 256 bits");
            Run<Width512, Vector512<float>>(function, block.Span, actual.AsSpan(0, count));
            Bits.AssertEqual(expected.AsSpan(0, count), actual.AsSpan(0, count), function + " at 512 bits");
            OfElementwise(function)(block.Span, actual.AsSpan(0, count));
            Bits.AssertEqual(expected.AsSpan(0, count), actual.AsSpan(0, count), function + " as this machine runs it");
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public void Function_EveryLength_WritesItsElementsOnly(string function)
    {
        float[] inputs = Array.ConvertAll(Bits.Random(MostElements, 4), x => 5 * x + (function == "log" ? 6 : 0));
        float[] all = new float[MostElements];
        for (int i = 0; i < MostElements; i++) Run<Width128, Vector128<float>>(function, inputs.AsSpan(i, 1), all.AsSpan(i, 1));
        for (int length = 0; length <= MostElements; length++)
        {
            CheckLength(all, inputs, length, (x, y) => Run<Width128, Vector128<float>>(function, x, y));
            CheckLength(all, inputs, length, (x, y) => Run<Width256, Vector256<float>>(function, x, y));
            CheckLength(all, inputs, length, (x, y) => Run<Width512, Vector512<float>>(function, x, y));
            CheckLength(all, inputs, length, OfElementwise(function));
        }
    }

    [Fact]
    public void Arithmetic_EveryLength_EqualsThePlainLoopAndWritesItsElementsOnly()
    {
        const float Factor = 1.7f;
        float[] left = Bits.Random(MostElements, 5), right = Bits.Random(MostElements, 6);
        float[] sum = new float[MostElements], scaledSum = new float[MostElements], scaled = new float[MostElements];
        float[] product = new float[MostElements];
        for (int i = 0; i < MostElements; i++)
        {
            sum[i] = left[i] + right[i];
            scaledSum[i] = MathF.FusedMultiplyAdd(Factor, left[i], right[i]);
            scaled[i] = Factor * left[i];
            product[i] = left[i] * right[i];
        }

        for (int length = 0; length <= MostElements; length++)
        {
            ReadOnlyMemory<float> other = right.AsMemory(0, length);
            CheckLength(sum, left, length, (source, destination) =>
            {
                other.Span.CopyTo(destination);
                Elementwise.Add(source, destination);
            });
            CheckLength(scaledSum, left, length, (source, destination) =>
            {
                other.Span.CopyTo(destination);
                Elementwise.AddScaled(source, Factor, destination);
            });
            CheckLength(scaled, left, length, (source, destination) =>
            {
                source.CopyTo(destination);
                Elementwise.Scale(destination, Factor);
            });
            CheckLength(product, left, length, (source, destination) => Elementwise.Multiply(source, other.Span, destination));
        }
    }

    [Fact]
    public void Arithmetic_UnequalLengths_Throws()
    {
        Assert.Throws<ArgumentException>(() => Elementwise.Add(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => Elementwise.AddScaled(new float[5], 1f, new float[4]));
        Assert.Throws<ArgumentException>(() => Elementwise.Multiply(new float[4], new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => Elementwise.Tanh(new float[3], new float[4]));
    }

    private static void CheckLength(float[] all, float[] inputs, int length, SpanFunction function)
    {
        float[] expected = new float[length + 2 * Guard], actual = new float[length + 2 * Guard];
        float[] source = new float[length + 2 * Guard];
        Array.Fill(expected, Bits.Sentinel);
        Array.Fill(actual, Bits.Sentinel);
        Array.Fill(source, float.NaN);
        all.AsSpan(0, length).CopyTo(expected.AsSpan(Guard));
        inputs.AsSpan(0, length).CopyTo(source.AsSpan(Guard));
        function(source.AsSpan(Guard, length), actual.AsSpan(Guard, length));
        Bits.AssertEqual(expected, actual, $"length {length}, with a guard of {Guard}");
    }

    private static SpanFunction OfElementwise(string function) => function switch
    {
        "exp" => Elementwise.Exp,
        "tanh" => Elementwise.Tanh,
        "sigmoid" => Elementwise.Sigmoid,
        _ => Elementwise.Log,
    };

    private static void Run<TWidth, TVector>(string function, ReadOnlySpan<float> source, Span<float> destination)
        where TWidth : struct, IVectorWidth<TVector>
        where TVector : struct
    {
        var kernel = new FunctionKernel
        {
            Function = Array.IndexOf(s_functions, function), Source = source, Destination = destination,
        };
        VectorLoop.Run<FunctionKernel, TWidth, TVector>(ref kernel, destination.Length);
    }

    private ref struct FunctionKernel : IVectorKernel
    {
        public int Function;
        public ReadOnlySpan<float> Source;
        public Span<float> Destination;

        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left)
        {
            TVector x = Lanes<TWidth, TVector, TReach>.Load(Source, index, left);
            TVector y = Function switch
            {
                0 => VectorMath<TWidth, TVector>.Exp(x),
                1 => VectorMath<TWidth, TVector>.Tanh(x),
                2 => VectorMath<TWidth, TVector>.Sigmoid(x),
                _ => VectorMath<TWidth, TVector>.Log(x),
            };
            Lanes<TWidth, TVector, TReach>.Store(y, Destination, index, left);
        }
    }
}
