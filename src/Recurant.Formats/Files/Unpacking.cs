using System.Formats.Tar;
using System.IO.Compression;
using SharpCompress.Compressors.BZip2;
using SharpCompress.Compressors.ZStandard;

namespace Recurant.Formats;

/// <summary>Opens what is in a compressed file or an archive, told by its first bytes.</summary>
internal static class Unpacking
{
    private const int MostLayers = 3, MostEntries = 10_000;

    /// <summary>The bytes of the data in a file; the file itself where it is not packed.</summary>
    /// <param name="path">What messages call the file.</param>
    /// <param name="file">The file, at its start.</param>
    /// <param name="entry">Gets the name of the file in an archive; where it is known, it need not be looked for.</param>
    internal static Stream Open(string path, Stream file, ref string? entry)
    {
        Stream stream = file;
        for (int layer = 0; layer < MostLayers; layer++)
        {
            Stream inner = Layer(path, stream, ref entry);
            if (inner == stream) break;
            stream = inner;
        }

        return stream;
    }

    private static Stream Layer(string path, Stream stream, ref string? entry)
    {
        byte[] head = Head(stream);
        switch (head)
        {
            case [0x1F, 0x8B, ..]:
                return Unpacked(path, "gzip", stream, InputFile.Unpack);
            case [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', (0x31 or 0x17), ..]:
                return Unpacked(path, "bzip2", stream, static source =>
                    BZip2Stream.Create(source, SharpCompress.Compressors.CompressionMode.Decompress, true, true));
            case [0x28, 0xB5, 0x2F, 0xFD, ..] or [>= 0x50 and <= 0x5F, 0x2A, 0x4D, 0x18, ..]:
                return Unpacked(path, "Zstandard", stream, static source =>
                    new DecompressionStream(source, 0, checkEndOfStream: true, leaveOpen: false));
            case [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..]:
                return Unpacked(path, "xz", stream, static source => new XzFile(source));
            case [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..]:
                return FileKind.Of(head) is { Family: FileFamily.Archive } ? Zip(path, stream, ref entry) : stream;
            default:
                return FileKind.Of(head) is { Name: "a tar archive" } ? Tar(path, stream, ref entry) : stream;
        }
    }

    private static UnpackedStream Unpacked(string path, string packing, Stream stream, Func<Stream, Stream> open)
    {
        var source = new CountedStream(stream);
        try
        {
            return new UnpackedStream(path, packing, open(source), source);
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or UnauthorizedAccessException))
        {
            throw source.Fault ?? (Exception)new InvalidDataException(
                $"{path}: the {packing} data is damaged or cut short at its start. Fetch the file again.", exception);
        }
    }

    private static byte[] Head(Stream stream)
    {
        if (stream is UnpackedStream unpacked) return unpacked.Peek(FileKind.SampleLength).ToArray();
        var head = new byte[FileKind.SampleLength];
        int length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return head[..length];
    }

    /// <summary>The one file of a zip archive; its length and its checksum must be what the archive says.</summary>
    private static UnpackedStream Zip(string path, Stream stream, ref string? entry)
    {
        if (!stream.CanSeek) throw new InvalidDataException($"{path}: a zip archive that is compressed again. Unpack it first.");
        var source = new CountedStream(stream);
        try
        {
            var archive = new ZipArchive(source, ZipArchiveMode.Read);
            ZipArchiveEntry found = archive.Entries.Count == 0
                ? throw Several(path, "zip", [])
                : Only(path, "zip", archive.Entries.Where(one => !one.FullName.EndsWith('/')), one => one.FullName);
            if (found.IsEncrypted)
            {
                throw new InvalidDataException($"{path}: the zip archive is encrypted. Unpack it and give the file itself.");
            }

            entry = found.FullName;
            uint crc = uint.MaxValue;
            var unpacked = new UnpackedStream(path, "zip", found.Open(), source);
            return unpacked.Watch(
                piece => crc = Crc32.Add(crc, piece),
                length =>
                {
                    if (length != found.Length || ~crc != found.Crc32) throw unpacked.Damaged(null);
                });
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or UnauthorizedAccessException)
            && !exception.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw source.Fault ?? (Exception)new InvalidDataException(
                $"{path}: the zip archive is damaged or cut short. Fetch the file again.", exception);
        }
    }

    /// <summary>
    /// The one file of a tar archive. That there is one only shows at the archive's end, and a stream goes forward only: so the
    /// names are looked at as the file is read to its end.
    /// </summary>
    private static UnpackedStream Tar(string path, Stream stream, ref string? entry)
    {
        var source = new CountedStream(stream);
        var reader = new TarReader(new TarHeaders(source));
        var names = new List<string>();
        TarEntry? found = Next(path, reader, names) ?? throw Several(path, "tar", names);
        entry = found.Name;
        return new UnpackedStream(path, "tar", found.DataStream ?? Stream.Null, source).Watch(
            static _ => { },
            _ =>
            {
                while (Next(path, reader, names) is not null)
                {
                    // all names are listed in the message
                }

                if (names.Count > 1) throw Several(path, "tar", names);
            });
    }

    private static TarEntry? Next(string path, TarReader reader, List<string> names)
    {
        try
        {
            while (names.Count < MostEntries && reader.GetNextEntry() is { } next)
            {
                if (next.EntryType is TarEntryType.RegularFile or TarEntryType.V7RegularFile && !Hidden.IsHidden(next.Name))
                {
                    names.Add(next.Name);
                    return next;
                }
            }

            return null;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException
            && !exception.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{path}: the tar archive is damaged or cut short. Fetch the file again.", exception);
        }
    }

    private static T Only<T>(string path, string kind, IEnumerable<T> entries, Func<T, string> nameOf)
    {
        T[] files = [.. entries.Where(one => !Hidden.IsHidden(nameOf(one))).Take(MostEntries)];
        return files.Length == 1 ? files[0] : throw Several(path, kind, [.. files.Select(nameOf)]);
    }

    private static InvalidDataException Several(string path, string kind, IReadOnlyList<string> names)
    {
        const int Shown = 5;
        string list = string.Join(", ", names.Take(Shown).Select(Suggestion.Quote)) + (names.Count > Shown ? ", ..." : "");
        return new InvalidDataException(names.Count == 0
            ? $"{path}: the {kind} archive holds no file. Give the data itself."
            : $"{path}: the {kind} archive holds {names.Count} files ({list}), and one is expected. Unpack it and name the "
            + "file.");
    }
}
