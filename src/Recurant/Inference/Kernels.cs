namespace Recurant.Inference;

/// <summary>What the computing code of this process runs on.</summary>
public static class Kernels
{
    /// <summary>
    /// The bits of the vectors that products and element-wise functions use: 512, 256 or 128, or 0 where the processor, or a
    /// setting of .NET, leaves none. The results do not depend on it.
    /// </summary>
    public static int VectorBits => Width.Bits;
}
