namespace Recurant.Storage;

/// <summary>What the header of a safetensors file says about one tensor; none of its values.</summary>
/// <param name="Name">The tensor's name, such as <c>weight_ih_l0</c>.</param>
/// <param name="DType">
/// The element type as the file spells it: BOOL, F4, F6_E2M3, F6_E3M2, U8, I8, F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ,
/// F8_E5M2FNUZ, I16, U16, F16, BF16, I32, U32, F32, C64, I64, U64 or F64.
/// </param>
/// <param name="Shape">The length of every axis, outermost first; empty for a single number.</param>
/// <param name="Offset">Where the first byte of the values lies, in bytes from the start of the file.</param>
/// <param name="ByteCount">How many bytes the values take.</param>
/// <param name="ElementCount">How many values there are: the product of the shape, 1 for an empty shape.</param>
public sealed record TensorInfo(
    string Name, string DType, IReadOnlyList<long> Shape, long Offset, long ByteCount, long ElementCount)
{
    /// <summary>The shape as text, for messages: <c>[4, 3]</c>.</summary>
    internal string ShapeText => $"[{string.Join(", ", Shape)}]";
}
