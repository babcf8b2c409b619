using System.Text.Unicode;

namespace Recurant.Data;

/// <summary>What kinds of file <see cref="FileKind"/> tells apart: what can be done with one depends on it.</summary>
public enum FileFamily
{
    /// <summary>One file, compressed.</summary>
    Compressed,

    /// <summary>Several files in one.</summary>
    Archive,

    /// <summary>A table or a database of another program.</summary>
    Table,

    /// <summary>Numbers or a model of another library.</summary>
    Tensors,

    /// <summary>An image.</summary>
    Image,

    /// <summary>Sound or video.</summary>
    Media,

    /// <summary>A document for people.</summary>
    Document,

    /// <summary>A program.</summary>
    Program,

    /// <summary>A small text that stands for a file that was not fetched.</summary>
    Pointer,

    /// <summary>Text, or JSON, HTML and the like.</summary>
    Text,
}

/// <summary>What a file is, told from its first bytes, so that a message can name it.</summary>
/// <param name="Name">With its article: "a Parquet file".</param>
/// <param name="Family">What can be done with it.</param>
public sealed record FileKind(string Name, FileFamily Family)
{
    /// <summary>How many bytes from the start of a file <see cref="Of"/> wants at most.</summary>
    public const int SampleLength = 512;

    private const int TarMark = 257;

    // As Latin-1: a u8 literal would hold these characters in UTF-8.
    private static readonly (string Start, string Name, FileFamily Family)[] s_starts =
    [
        ("\u001F\u008B", "a gzip-compressed file", FileFamily.Compressed),
        ("BZh", "a bzip2-compressed file", FileFamily.Compressed),
        ("\u00FD7zXZ\0", "an xz-compressed file", FileFamily.Compressed),
        ("\u0028\u00B5\u002F\u00FD", "a Zstandard-compressed file", FileFamily.Compressed),
        ("\u0004\u0022\u004D\u0018", "an LZ4-compressed file", FileFamily.Compressed),
        ("\u001F\u009D", "a file compressed by compress (.Z)", FileFamily.Compressed),
        ("LZIP\u0001", "an lzip-compressed file", FileFamily.Compressed),
        ("\u005D\0\0", "an LZMA-compressed file", FileFamily.Compressed),
        ("\u00FF\u0006\0\0sNaPpY", "a Snappy-compressed file", FileFamily.Compressed),
        ("PK\u0005\u0006", "an empty zip archive", FileFamily.Archive),
        ("7z\u00BC\u00AF\u0027\u001C", "a 7-Zip archive", FileFamily.Archive),
        ("Rar!\u001A\u0007", "a RAR archive", FileFamily.Archive),
        ("!<arch>\n", "an ar archive", FileFamily.Archive),
        ("MSCF\0\0\0\0", "a cabinet archive", FileFamily.Archive),
        ("PAR1", "a Parquet file", FileFamily.Table),
        ("ARROW1", "an Arrow or Feather file", FileFamily.Table),
        ("FEA1", "a Feather file", FileFamily.Table),
        ("Obj\u0001", "an Avro file", FileFamily.Table),
        ("ORC", "an ORC file", FileFamily.Table),
        ("SQLite format 3\0", "an SQLite database", FileFamily.Table),
        ("\u00D0\u00CF\u0011\u00E0\u00A1\u00B1\u001A\u00E1", "an old office file (.xls, .doc or .ppt)", FileFamily.Table),
        ("$FL2", "an SPSS file", FileFamily.Table),
        ("<stata_dta>", "a Stata file", FileFamily.Table),
        ("RDX2\n", "an R data file", FileFamily.Table),
        ("RDX3\n", "an R data file", FileFamily.Table),
        ("\u0089HDF\r\n\u001A\n", "an HDF5 file, as Keras writes .h5", FileFamily.Tensors),
        ("\u0093NUMPY", "a NumPy .npy file", FileFamily.Tensors),
        ("GGUF", "a GGUF file", FileFamily.Tensors),
        ("\u0089PNG\r\n\u001A\n", "a PNG image", FileFamily.Image),
        ("\u00FF\u00D8\u00FF", "a JPEG image", FileFamily.Image),
        ("GIF87a", "a GIF image", FileFamily.Image),
        ("GIF89a", "a GIF image", FileFamily.Image),
        ("II*\0", "a TIFF image", FileFamily.Image),
        ("MM\0*", "a TIFF image", FileFamily.Image),
        ("8BPS", "a Photoshop image", FileFamily.Image),
        ("\0\0\u0001\0", "an icon", FileFamily.Image),
        ("qoif", "a QOI image", FileFamily.Image),
        ("\u00FF\u000A", "a JPEG XL image", FileFamily.Image),
        ("\0\0\0\u000CJXL ", "a JPEG XL image", FileFamily.Image),
        ("\0\0\0\u000CjP  ", "a JPEG 2000 image", FileFamily.Image),
        ("ID3", "an MP3 file", FileFamily.Media),
        ("OggS", "an Ogg file", FileFamily.Media),
        ("fLaC", "a FLAC file", FileFamily.Media),
        ("MThd", "a MIDI file", FileFamily.Media),
        ("\u001AE\u00DF\u00A3", "a Matroska or WebM file", FileFamily.Media),
        ("%PDF-", "a PDF document", FileFamily.Document),
        ("{\\rtf", "an RTF document", FileFamily.Document),
        ("\u007FELF", "a program", FileFamily.Program),
        ("MZ\u0090\0", "a program", FileFamily.Program),
        ("\0asm", "a program", FileFamily.Program),
        ("\u00CA\u00FE\u00BA\u00BE", "a program", FileFamily.Program),
        ("version https://git-lfs", "a Git LFS pointer, which stands for the real file", FileFamily.Pointer),
    ];

    /// <summary>What a file that begins so is; null where that cannot be told.</summary>
    /// <param name="start">The first bytes, up to <see cref="SampleLength"/>.</param>
    public static FileKind? Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("PK\x03\x04"u8)) return OfZip(start);
        bool isText = IsText(start);
        foreach ((string mark, string name, FileFamily family) in s_starts)
        {
            // Letters alone are no sign: a text about an ORC begins so, too.
            bool isSign = !isText || family is FileFamily.Document or FileFamily.Pointer || mark[0] == '<'
                || mark.StartsWith("GIF8", StringComparison.Ordinal);
            if (isSign && StartsWith(start, mark)) return new FileKind(name, family);
        }

        if (isText) return OfText(start);
        if (StartsWith(start, "RIFF") && start.Length >= 12) return OfRiff(start[8..12]);
        if (start.Length > 14 && StartsWith(start, "BM") && start[6..10].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0]))
        {
            return new FileKind("a BMP image", FileFamily.Image);
        }

        if (start.Length >= 12 && start[4..8].SequenceEqual("ftyp"u8)) return OfBoxes(start[8..12]);
        if (start.Length >= TarMark + 5 && start[TarMark..].StartsWith("ustar"u8))
        {
            return new FileKind("a tar archive", FileFamily.Archive);
        }

        if (start.Length > 1 && start[0] == 0x80 && start[1] is >= 2 and <= 5)
        {
            return new FileKind("a Python pickle, as pandas and older PyTorch write it", FileFamily.Tensors);
        }

        if (start.Length > 9 && start[8] == '{' && start[7] == 0 && start[6] == 0)
        {
            return new FileKind("a safetensors file", FileFamily.Tensors);
        }

        if (start.Length > 2 && start[0] == 0x08 && start[1] < 0x20 && start[2] == 0x12)
        {
            return new FileKind("an ONNX file", FileFamily.Tensors);
        }

        return null;
    }

    // The name of the first entry tells the writers apart: it stands 30 bytes in, its length at 26.
    private static FileKind OfZip(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> rest = start.Length > 30 ? start[30..] : [];
        ReadOnlySpan<byte> name = rest[..Math.Min(rest.Length, start.Length > 27 ? start[26] | start[27] << 8 : 0)];
        if (name.EndsWith("/data.pkl"u8)) return new FileKind("a PyTorch .pt file", FileFamily.Tensors);
        if (name.SequenceEqual("metadata.json"u8) || name.SequenceEqual("config.json"u8))
        {
            return new FileKind("a Keras .keras file", FileFamily.Tensors);
        }

        if (name.EndsWith(".npy"u8)) return new FileKind("a NumPy .npz file", FileFamily.Tensors);
        if (name.SequenceEqual("[Content_Types].xml"u8) || name.StartsWith("_rels/"u8) || name.StartsWith("docProps/"u8))
        {
            return new FileKind("an office file (.xlsx, .docx or .pptx)", FileFamily.Table);
        }

        return name.SequenceEqual("mimetype"u8)
            ? new FileKind("an OpenDocument or EPUB file", FileFamily.Table)
            : new FileKind("a zip archive", FileFamily.Archive);
    }

    private static FileKind OfRiff(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("WEBP"u8) ? new FileKind("a WebP image", FileFamily.Image)
        : type.SequenceEqual("WAVE"u8) ? new FileKind("a WAV file", FileFamily.Media)
        : new FileKind("a RIFF file", FileFamily.Media);

    private static FileKind OfBoxes(ReadOnlySpan<byte> brand) =>
        brand.StartsWith("avi"u8) ? new FileKind("an AVIF image", FileFamily.Image)
        : brand.StartsWith("hei"u8) || brand.StartsWith("hev"u8) || brand.StartsWith("mif"u8)
            ? new FileKind("a HEIF image, as telephones write .heic", FileFamily.Image)
        : new FileKind("an MP4 file", FileFamily.Media);

    private static FileKind OfText(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> trimmed = start.TrimStart(" \t\r\n"u8);
        return trimmed.StartsWith("<"u8) ? new FileKind("a web page or XML text", FileFamily.Text)
            : trimmed.StartsWith("{"u8) ? new FileKind("JSON text", FileFamily.Text)
            : new FileKind("a text file", FileFamily.Text);
    }

    private static bool StartsWith(ReadOnlySpan<byte> start, string mark)
    {
        if (start.Length < mark.Length) return false;
        for (int i = 0; i < mark.Length; i++)
        {
            if (start[i] != mark[i]) return false;
        }

        return true;
    }

    private static bool IsText(ReadOnlySpan<byte> start)
    {
        foreach (byte b in start)
        {
            if (b < 0x20 && b is not ((byte)'\t' or (byte)'\n' or (byte)'\r')) return false;
        }

        // The sample may end in the middle of a character: up to three bytes of it may be missing.
        for (int cut = 0; cut <= 3 && cut < start.Length; cut++)
        {
            if (Utf8.IsValid(start[..^cut])) return true;
        }

        return false;
    }
}
