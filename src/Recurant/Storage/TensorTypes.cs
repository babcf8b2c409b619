namespace Recurant.Storage;

/// <summary>The element types a safetensors file may hold.</summary>
internal static class TensorTypes
{
    /// <summary>All names, for messages.</summary>
    public const string Known = "BOOL, U8, I8, F8_E4M3, F8_E5M2, I16, U16, F16, BF16, I32, U32, F32, I64, U64, F64";

    /// <summary>The bytes one element takes, or 0 where the name is not one of <see cref="Known"/>.</summary>
    public static int SizeOf(string dtype) => dtype switch
    {
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" => 1,
        "I16" or "U16" or "F16" or "BF16" => 2,
        "I32" or "U32" or "F32" => 4,
        "I64" or "U64" or "F64" => 8,
        _ => 0,
    };
}
