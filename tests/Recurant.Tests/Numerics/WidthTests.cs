using System.Runtime.Intrinsics;

namespace Recurant.Tests.Numerics;

public class WidthTests
{
    [Fact]
    public void Bits_OnThisMachine_AreTheWidestThatItsVectorsHave()
    {
        int widest = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256
            : Vector128.IsHardwareAccelerated ? 128 : 0;

        Assert.Equal(widest, Width.Bits);
    }

    [Fact]
    public void Run_AnyKernel_UsesTheWidthThatWasChosen()
    {
        LanesKernel kernel = new();

        VectorLoop.Run(ref kernel, 16);

        Assert.Equal(Math.Max(128, Width.Bits) / 32, kernel.Lanes);
    }

    private struct LanesKernel : IVectorKernel
    {
        public int Lanes;

        void IVectorKernel.Apply<TWidth, TVector, TReach>(int index, int left) => Lanes = TWidth.Count;
    }
}
