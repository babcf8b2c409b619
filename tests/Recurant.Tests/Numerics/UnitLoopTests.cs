using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

/// <summary>The last units of a row, fewer than a vector has lanes, get the bits that any other unit gets.</summary>
public class UnitLoopTests
{
    private const int MostUnits = 40, Rows = 7, Step = MostUnits + 9;

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void RunTwice_EveryNumberOfUnits_SameBitsAsVectorsOf128Bits(int first)
    {
        float[] source = [.. Bits.Random(Rows * Step, 5).Select(x => 6 * x)];
        for (int units = 1; units <= MostUnits; units++)
        {
            float[] expected = Filled(), expectedSecond = Filled();
            for (int row = first; row < Rows; row++)
            {
                var plain = new PlainKernel
                {
                    Source = source.AsSpan(row * Step, units), First = expected.AsSpan(row * Step, units),
                    Second = expectedSecond.AsSpan(row * Step, units),
                };
                VectorLoop.Run<PlainKernel, Width128, Vector128<float>>(ref plain, units);
            }

            FloatBuffer firstPass = Bits.Buffer(Filled()), secondPass = Bits.Buffer(Filled());
            FloatBuffer input = Bits.Buffer(source);
            var kernel = new Kernel(input.At(0), firstPass.At(0), secondPass.At(0));
            UnitLoop.RunTwice(ref kernel, first, Rows, units);
            Bits.AssertEqual(expected, firstPass.Span, $"{units} units, first pass");
            Bits.AssertEqual(expectedSecond, secondPass.Span, $"{units} units, second pass");

            FloatBuffer once = Bits.Buffer(Filled()), untouched = Bits.Buffer(Filled());
            kernel = new Kernel(input.At(0), once.At(0), untouched.At(0));
            UnitLoop.Run(ref kernel, first, Rows, units);
            Bits.AssertEqual(expected, once.Span, $"{units} units, one pass");
            Bits.AssertEqual(Filled(), untouched.Span, $"{units} units, the pass left out");
            kernel = new Kernel(input.At(0), Bits.Buffer(Filled()).At(0), untouched.At(0));
            UnitLoop.Run(ref kernel, first, Rows, units, together: 3);
            Assert.Equal((Rows - first + 2) / 3, kernel.Begun);
            GC.KeepAlive(input);
        }
    }

    private static float[] Filled()
    {
        float[] values = new float[Rows * Step];
        Array.Fill(values, Bits.Sentinel);
        return values;
    }

    /// <summary>first = sigmoid(x), second = tanh(x) first.</summary>
    private struct Kernel(Address source, Address first, Address second) : ITwoPassKernel
    {
        private Address _source, _first, _second;

        public int Begun { get; private set; }

        public void Begin(int row)
        {
            Begun++;
            _source = source + row * Step;
            _first = first + row * Step;
            _second = second + row * Step;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void IUnitKernel.Apply<TWidth, TVector, TReach>(int j, int left) =>
            UnitLanes<TWidth, TVector, TReach>.Store(
                VectorMath<TWidth, TVector>.Sigmoid(UnitLanes<TWidth, TVector, TReach>.Load(_source + j, left)), _first + j,
                left);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        readonly void ITwoPassKernel.ApplySecond<TWidth, TVector, TReach>(int j, int left) =>
            UnitLanes<TWidth, TVector, TReach>.Store(
                TWidth.Multiply(
                    VectorMath<TWidth, TVector>.Tanh(UnitLanes<TWidth, TVector, TReach>.Load(_source + j, left)),
                    UnitLanes<TWidth, TVector, TReach>.Load(_first + j, left)),
                _second + j, left);
    }

    /// <summary>The same on spans.</summary>
    private ref struct PlainKernel : IVectorKernel
    {
        public ReadOnlySpan<float> Source;
        public Span<float> First, Second;

        readonly void IVectorKernel.Apply<TWidth, TVector, TReach>(int j, int left)
        {
            TVector x = Lanes<TWidth, TVector, TReach>.Load(Source, j, left), y = VectorMath<TWidth, TVector>.Sigmoid(x);
            Lanes<TWidth, TVector, TReach>.Store(y, First, j, left);
            Lanes<TWidth, TVector, TReach>.Store(TWidth.Multiply(VectorMath<TWidth, TVector>.Tanh(x), y), Second, j, left);
        }
    }
}
