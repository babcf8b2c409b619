using System.Text.Unicode;

namespace Recurant.Storage;

/// <summary>Guesses from its first bytes what a file is that is no safetensors file, so that the error can say so.</summary>
internal static class FileKind
{
    /// <summary>How many bytes from the start of a file <see cref="Guess"/> wants at most.</summary>
    public const int SampleLength = 512;

    private const string Convert =
        "Save its tensors from Python with safetensors.torch.save_file and use that file";

    /// <summary>Says what a file beginning with <paramref name="start"/> seems to be and what to do with it.</summary>
    /// <returns>Two phrases without a full stop, or null where nothing is recognised.</returns>
    public static (string Kind, string Advice)? Guess(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\x03\x04"u8))
            return GuessZip(start);
        // Not as u8 literals: a u8 literal holds text, and these bytes are none.
        if (start.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A]))
            return ("an HDF5 file, as Keras writes .h5", Convert);
        if (start.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
            return ("a gzip-compressed file", "Unpack it first (gunzip)");
        if (start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y']))
            return ("a NumPy .npy file", Convert);
        if (start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
            return ("a Python pickle, as older PyTorch writes .pt", Convert);
        if (start.StartsWith("GGUF"u8))
            return ("a GGUF file", "Give a .safetensors file instead");
        if (start.Length > 2 && start[0] == 0x08 && start[1] < 0x20 && start[2] == 0x12)
            return ("an ONNX file", "Give a .safetensors file instead");
        if (start.StartsWith("version https://git-lfs"u8))
            return ("a Git LFS pointer, which stands for the real file", "Fetch the file itself (git lfs pull)");
        return IsText(start) ? GuessText(start) : null;
    }

    // The name of the first entry tells the writers apart: it stands 30 bytes in, its length at 26.
    private static (string, string) GuessZip(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> rest = start.Length > 30 ? start[30..] : [];
        ReadOnlySpan<byte> name = rest[..Math.Min(rest.Length, start.Length > 27 ? start[26] | start[27] << 8 : 0)];
        if (name.EndsWith("/data.pkl"u8))
            return ("a PyTorch .pt file", Convert);
        if (name.SequenceEqual("metadata.json"u8) || name.SequenceEqual("config.json"u8))
            return ("a Keras .keras file", Convert);
        return ("a zip archive, as PyTorch writes .pt and Keras writes .keras", Convert);
    }

    private static (string, string) GuessText(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> trimmed = start.TrimStart(" \t\r\n"u8);
        if (trimmed.StartsWith("<"u8))
            return ("a web page or XML text", "If it was downloaded, the server sent a page in its place: fetch it again");
        if (trimmed.StartsWith("{"u8))
            return ("JSON text", "Give a .safetensors file instead");
        return ("a text file", "Give a .safetensors file; data goes to the training command");
    }

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte b in start)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
                return false;
        }
        // The sample may end in the middle of a character: up to three bytes of it may be missing.
        for (int cut = 0; cut <= 3 && cut < start.Length; cut++)
        {
            if (Utf8.IsValid(start[..^cut]))
                return true;
        }
        return false;
    }
}
