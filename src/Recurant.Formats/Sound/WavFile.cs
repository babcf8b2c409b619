using System.Buffers.Binary;
using System.Text;

namespace Recurant.Formats;

/// <summary>
/// Reads WAV: a RIFF file of chunks, each four letters, a length of four bytes, and its bytes, with a byte more where their
/// number is odd.
/// </summary>
/// <remarks>
/// <para>Our own, because what programs write as WAV is often not what the format says: sizes that a pipe could not know (0,
/// 7FFFF000, FFFFFFFF), odd chunks without their last byte, a block alignment that contradicts the bits, files that were cut.
/// The reader of NAudio.Core 3.3.0, which was tried on the same files, manages most of that, but finds no samples where the
/// size is 0, takes a rate of 0 and an alignment that lies as they are, and does not tell that a file was cut.</para>
/// <para>Multimedia Programming Interface and Data Specifications 1.0 (IBM and Microsoft 1991); RFC 2361 for the encodings; EBU
/// Tech 3306 for RF64; ITU-T G.711 for mu-law and A-law.</para>
/// </remarks>
internal static class WavFile
{
    private const int Pcm = 1, Float = 3, ALaw = 6, MuLaw = 7, Extensible = 0xFFFE;
    private const int MostChannels = 256, MostRate = 768_000;

    /// <summary>From here on, more than the file has is what a writer to a pipe puts down for "unknown".</summary>
    private const uint Unknown = 0x7FFFE000;

    private static readonly string[] s_chunks =
        ["data", "fmt ", "LIST", "fact", "bext", "cue ", "smpl", "inst", "id3 ", "JUNK", "PEAK", "iXML", "PAD ", "ds64"];

    private static readonly Dictionary<int, string> s_encodings = new()
    {
        [0x02] = "Microsoft ADPCM", [0x11] = "IMA ADPCM", [0x14] = "G.723 ADPCM", [0x31] = "GSM 6.10", [0x40] = "G.721 ADPCM",
        [0x45] = "G.726 ADPCM", [0x50] = "MPEG", [0x55] = "MP3", [0xFF] = "AAC", [0x160] = "Windows Media Audio",
        [0x161] = "Windows Media Audio", [0x162] = "Windows Media Audio", [0x200] = "Creative ADPCM", [0xF1AC] = "FLAC",
    };

    /// <summary>Whether bytes begin as those of a WAV file.</summary>
    public static bool IsWav(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 12 && bytes[8..12].SequenceEqual("WAVE"u8)
        && (bytes.StartsWith("RIFF"u8) || bytes.StartsWith("RF64"u8) || bytes.StartsWith("BW64"u8) || bytes.StartsWith("RIFX"u8));

    /// <summary>Reads all samples.</summary>
    /// <exception cref="InvalidDataException">It is in an encoding that is not read, or damaged.</exception>
    public static SoundClip Read(string path, byte[] bytes)
    {
        if (bytes.AsSpan().StartsWith("RIFX"u8))
        {
            throw new InvalidDataException($"{path}: a WAV file with its bytes in the other order (RIFX), which is not read.");
        }

        var warnings = new List<string>();
        var notes = new List<string>();
        ReadOnlySpan<byte> format = default, data = default;
        long declared = -1, longData = -1;
        for (int at = 12; at + 8 <= bytes.Length;)
        {
            string name = Encoding.Latin1.GetString(bytes, at, 4);
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 4));
            ReadOnlySpan<byte> rest = bytes.AsSpan(at + 8);
            bool isData = name == "data";
            long length = isData && size == uint.MaxValue && longData >= 0 ? longData : size;
            if (isData && IsUnknown(length, rest))
            {
                notes.Add("the head does not tell how much sound follows, as in files that were written to a pipe");
                length = rest.Length;
            }

            ReadOnlySpan<byte> content = rest[..(int)Math.Min(length, rest.Length)];
            if (isData && declared < 0)
            {
                data = content;
                declared = length;
            }
            else if (isData)
            {
                warnings.Add($"{path}: the file has more than one data chunk; the first was read.");
            }
            else if (name == "fmt " && format.IsEmpty)
            {
                format = content;
            }
            else if (name == "ds64" && content.Length >= 16)
            {
                longData = BinaryPrimitives.ReadInt64LittleEndian(content[8..]);
            }
            if (length > rest.Length) break;
            at += 8 + (int)length;
            if (length % 2 == 1 && HasPadByte(bytes.AsSpan(at))) at++;
        }

        if (format.IsEmpty)
        {
            throw new InvalidDataException($"{path}: the WAV file does not say what its samples are: no fmt chunk.");
        }

        if (declared < 0) throw new InvalidDataException($"{path}: the WAV file has no data chunk, thus no samples.");
        return Read(path, Format.Of(path, format, warnings), data, declared, warnings, notes);
    }

    private static SoundClip Read(
        string path, Format format, ReadOnlySpan<byte> data, long declared, List<string> warnings, List<string> notes)
    {
        int frames = data.Length / format.FrameSize;
        if (data.Length < declared)
        {
            warnings.Add(
                $"{path}: the file was cut short: its head says {declared / format.FrameSize:N0} samples of each channel, and "
                + $"there are {frames:N0}.");
        }
        else if (data.Length % format.FrameSize != 0)
        {
            warnings.Add(
                $"{path}: the sound ends within a sample, of which {data.Length % format.FrameSize} bytes were left out.");
        }

        var channels = new float[format.Channels][];
        for (int channel = 0; channel < channels.Length; channel++)
        {
            float[] samples = channels[channel] = new float[frames];
            ReadOnlySpan<byte> first = data[Math.Min(data.Length, channel * format.SampleSize)..];
            for (int i = 0; i < frames; i++) samples[i] = format.Sample(first[(i * format.FrameSize)..]);
        }

        return new SoundClip(path, channels, format.Rate, format.Name)
        {
            Bits = format.Bits, Warnings = warnings, Notes = [.. notes],
        };
    }

    /// <summary>
    /// Whether the length of the data was not known: far more than there is, or 0 with bytes behind that are no chunk.
    /// </summary>
    private static bool IsUnknown(long length, ReadOnlySpan<byte> rest) =>
        (length >= Unknown && length > rest.Length) || (length == 0 && !rest.IsEmpty && !BeginsWithChunk(rest));

    private static bool BeginsWithChunk(ReadOnlySpan<byte> rest) =>
        rest.Length >= 8 && IsName(rest) && BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]) <= rest.Length - 8;

    /// <summary>
    /// Behind an odd chunk stands a byte more, which some writers forget: then the next name begins at once.
    /// </summary>
    private static bool HasPadByte(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < 5) return !rest.IsEmpty;
        return !IsKnown(rest) || IsKnown(rest[1..]);
    }

    private static bool IsKnown(ReadOnlySpan<byte> rest) => s_chunks.Contains(Encoding.Latin1.GetString(rest[..4]));

    private static bool IsName(ReadOnlySpan<byte> rest) => !rest[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~');

    /// <summary>What the samples are.</summary>
    private readonly record struct Format(int Tag, int Channels, int Rate, int Bits)
    {
        public int SampleSize => (Bits + 7) / 8;

        public int FrameSize => Channels * SampleSize;

        public string Name => Tag switch { Float => "floating point", ALaw => "A-law", MuLaw => "mu-law", _ => "PCM" };

        public static Format Of(string path, ReadOnlySpan<byte> format, List<string> warnings)
        {
            if (format.Length < 14)
            {
                throw new InvalidDataException(
                    $"{path}: the fmt chunk of the WAV file has {format.Length} bytes; at least 14 are expected.");
            }

            int tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
            int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
            uint rate = BinaryPrimitives.ReadUInt32LittleEndian(format[4..]);
            int align = BinaryPrimitives.ReadUInt16LittleEndian(format[12..]);
            int bits = format.Length >= 16 ? BinaryPrimitives.ReadUInt16LittleEndian(format[14..])
                : channels > 0 ? 8 * align / channels : 0;
            if (tag == Extensible && format.Length >= 26) tag = BinaryPrimitives.ReadUInt16LittleEndian(format[24..]);
            bool isRead = tag switch
            {
                Pcm => bits is >= 1 and <= 32, Float => bits is 32 or 64, ALaw or MuLaw => bits == 8, _ => false,
            };
            if (!isRead) throw new InvalidDataException($"{path}: {Refusal(tag, bits)}");
            if (channels is 0 or > MostChannels)
            {
                throw new InvalidDataException(
                    $"{path}: the WAV file says it has {channels} channels; 1 to {MostChannels} are read.");
            }

            if (rate is 0 or > MostRate)
            {
                throw new InvalidDataException(
                    $"{path}: the WAV file says it has {rate} samples a second; 1 to {MostRate:N0} are expected.");
            }

            var result = new Format(tag, channels, (int)rate, bits);
            if (align != result.FrameSize)
            {
                warnings.Add(
                    $"{path}: the head says a block of {align} bytes, but {channels} x {bits} bits are {result.FrameSize}, "
                    + "which was taken.");
            }

            return result;
        }

        public float Sample(ReadOnlySpan<byte> bytes) => (Tag, SampleSize) switch
        {
            (Float, 4) => BinaryPrimitives.ReadSingleLittleEndian(bytes),
            (Float, _) => (float)BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            (MuLaw, _) => OfMuLaw(bytes[0]) / 32768f,
            (ALaw, _) => OfALaw(bytes[0]) / 32768f,
            (_, 1) => (bytes[0] - 128) / 128f,
            (_, 2) => BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32768f,
            (_, 3) => (bytes[0] | bytes[1] << 8 | (sbyte)bytes[2] << 16) / 8388608f,
            _ => BinaryPrimitives.ReadInt32LittleEndian(bytes) / 2147483648f,
        };

        private static string Refusal(int tag, int bits) => tag is Pcm or Float or ALaw or MuLaw
            ? $"a WAV file with samples of {bits} bits in {new Format(tag, 1, 1, bits).Name}, which are not read."
            : $"a WAV file in {s_encodings.GetValueOrDefault(tag, $"the encoding 0x{tag:X4}")}, which is not read; PCM, floating "
                + "point, mu-law and A-law are. A program such as ffmpeg converts it.";

        /// <summary>G.711: sign, three bits of exponent, four of mantissa, all inverted.</summary>
        private static int OfMuLaw(byte code)
        {
            int inverted = ~code & 0xFF, magnitude = (((inverted & 15) << 3) + 132 << (inverted >> 4 & 7)) - 132;
            return (inverted & 128) == 0 ? magnitude : -magnitude;
        }

        /// <summary>G.711: sign, three bits of exponent, four of mantissa, every second bit inverted.</summary>
        private static int OfALaw(byte code)
        {
            int even = code ^ 0x55, exponent = even >> 4 & 7, mantissa = ((even & 15) << 4) + 8;
            int magnitude = exponent == 0 ? mantissa : mantissa + 256 << exponent - 1;
            return (even & 128) != 0 ? magnitude : -magnitude;
        }
    }
}
