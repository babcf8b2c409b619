namespace Recurant.Storage;

/// <summary>The element types a safetensors file may hold: those of version 0.7 of the format's own library.</summary>
internal static class TensorTypes
{
    /// <summary>All names, for messages.</summary>
    public const string Known =
        "BOOL, F4, F6_E2M3, F6_E3M2, U8, I8, F8_E4M3, F8_E5M2, F8_E8M0, F8_E4M3FNUZ, F8_E5M2FNUZ, I16, U16, "
        + "F16, BF16, I32, U32, F32, C64, I64, U64, F64";

    /// <summary>The bits one element takes, or 0 where the name is not one of <see cref="Known"/>.</summary>
    public static int BitsOf(string dtype) => dtype switch
    {
        "F4" => 4,
        "F6_E2M3" or "F6_E3M2" => 6,
        "BOOL" or "U8" or "I8" or "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "F8_E4M3FNUZ" or "F8_E5M2FNUZ" => 8,
        "I16" or "U16" or "F16" or "BF16" => 16,
        "I32" or "U32" or "F32" => 32,
        "I64" or "U64" or "F64" or "C64" => 64,
        _ => 0,
    };
}
