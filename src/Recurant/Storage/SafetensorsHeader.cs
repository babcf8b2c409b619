using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Recurant.Storage;

/// <summary>
/// Reads the JSON header of a safetensors file and enforces every rule of the format on it: valid UTF-8 JSON, no key
/// twice in any object, known types, sizes that follow from type and shape, and tensors that fill the data from its
/// first byte to its last without a gap or an overlap. Allocates in proportion to the header and never to a number in it.
/// </summary>
internal ref struct SafetensorsHeader
{
    /// <summary>Where the header begins: after its own length.</summary>
    public const int Start = 8;

    /// <summary>The most bytes a header may take.</summary>
    public const int MaximumLength = 100_000_000;

    // PyTorch and NumPy stop at 64 axes; a limit keeps a header of a hundred million ones from growing in memory.
    private const int MaximumRank = 64;

    private readonly string _path;
    private readonly long _dataStart;
    private readonly long _fileLength;
    private readonly List<Entry> _entries = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private Utf8JsonReader _reader;

    private SafetensorsHeader(string path, ReadOnlySpan<byte> json, long fileLength)
    {
        _path = path;
        _fileLength = fileLength;
        _dataStart = Start + json.Length;
        _reader = new Utf8JsonReader(json);
    }

    private readonly record struct Entry(int Index, string Name, string DType, long[] Shape, long Count, long Begin, long End);

    /// <summary>The <c>__metadata__</c> of the file.</summary>
    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The tensors in the order of their bytes in the file.</summary>
    public List<TensorInfo> Tensors { get; } = [];

    /// <summary>Reads and checks a header.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="json">The whole header, padding included.</param>
    /// <param name="fileLength">The length of the whole file in bytes.</param>
    /// <exception cref="InvalidDataException">A rule is broken.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long fileLength)
    {
        if (!Utf8.IsValid(json))
            throw StorageFault.At(path, Start + FirstInvalidByte(json), "the header is not valid UTF-8", StorageFault.Damaged);
        var header = new SafetensorsHeader(path, json, fileLength);
        try
        {
            header.ReadHeader();
        }
        catch (JsonException)
        {
            throw header.Fault("the header is not valid JSON");
        }
        header.PlaceTensors();
        return header;
    }

    private void ReadHeader()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
            throw Fault("the header must be a JSON object");
        bool hasMetadata = false;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string name = ReadText();
            if (name == "__metadata__")
            {
                if (hasMetadata)
                    throw Fault("the key '__metadata__' occurs twice");
                hasMetadata = true;
                ReadMetadata();
                continue;
            }
            if (!_names.Add(name))
                throw Fault($"the tensor {StorageFault.Quote(name)} occurs twice");
            ReadTensor(name);
        }
        _reader.Read(); // Anything but blanks after the closing brace throws.
    }

    private void ReadMetadata()
    {
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
            throw Fault("__metadata__ must be an object of strings");
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string key = ReadText();
            _reader.Read();
            if (_reader.TokenType != JsonTokenType.String)
                throw Fault($"the value of {StorageFault.Quote(key)} in __metadata__ must be a string");
            if (!Metadata.TryAdd(key, ReadText()))
                throw Fault($"the key {StorageFault.Quote(key)} occurs twice in __metadata__");
        }
    }

    private void ReadTensor(string name)
    {
        string? dtype = null;
        long[]? shape = null;
        long[]? offsets = null;
        _reader.Read();
        if (_reader.TokenType != JsonTokenType.StartObject)
            throw Fault(name, "must be an object with dtype, shape and data_offsets");
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            string key = ReadText();
            object? before = key switch { "dtype" => dtype, "shape" => shape, "data_offsets" => offsets, _ => null };
            if (before != null)
                throw Fault(name, $"has the key '{key}' twice");
            _reader.Read();
            switch (key)
            {
                case "dtype": dtype = ReadType(name); break;
                case "shape": shape = ReadWholeNumbers(name, "shape", MaximumRank); break;
                case "data_offsets": offsets = ReadWholeNumbers(name, "data_offsets", 2); break;
                default:
                    throw Fault(name, $"has the unknown key {StorageFault.Quote(key)} beside dtype, shape and data_offsets");
            }
        }
        string? missing = dtype == null ? "dtype" : shape == null ? "shape" : offsets == null ? "data_offsets" : null;
        if (missing != null)
            throw Fault(name, $"has no {missing}");
        AddEntry(name, dtype!, shape!, offsets!);
    }

    private string ReadType(string name)
    {
        string dtype = _reader.TokenType == JsonTokenType.String ? ReadText() : "";
        if (TensorTypes.BitsOf(dtype) == 0)
        {
            // A name that nobody wrote by accident is a type that came after this version.
            throw StorageFault.At(_path, $"tensor {StorageFault.Quote(name)}",
                $"has the unknown dtype {StorageFault.Quote(dtype)}; one of {TensorTypes.Known} is expected",
                "Use a newer version of Recurant, if there is one, or copy the file again.");
        }
        return dtype;
    }

    private long[] ReadWholeNumbers(string name, string key, int maximum)
    {
        if (_reader.TokenType != JsonTokenType.StartArray)
            throw Fault(name, $"needs a list of whole numbers as {key}");
        var numbers = new List<long>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            if (numbers.Count == maximum)
                throw Fault(name, $"has more than {maximum} numbers in {key}");
            if (_reader.TokenType != JsonTokenType.Number || !_reader.TryGetInt64(out long number) || number < 0)
                throw Fault(name, $"has something in {key} that is not a whole number from 0 to {long.MaxValue}");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private readonly void AddEntry(string name, string dtype, long[] shape, long[] offsets)
    {
        if (offsets.Length != 2 || offsets[0] > offsets[1])
            throw Fault(name, "needs two data_offsets, the second not below the first");
        long count = 1;
        long bytes;
        Int128 bits;
        try
        {
            foreach (long length in shape)
                count = checked(count * length);
            bits = (Int128)count * TensorTypes.BitsOf(dtype);
            bytes = checked((long)(bits / 8));
        }
        catch (OverflowException)
        {
            throw Fault(name, $"has the shape [{string.Join(", ", shape)}], which is larger than any file");
        }
        if (bits % 8 != 0)
        {
            throw Fault(name, $"has {count} values of {TensorTypes.BitsOf(dtype)} bits by its dtype {dtype} and its shape "
                + $"[{string.Join(", ", shape)}], which do not fill whole bytes");
        }
        if (offsets[1] - offsets[0] != bytes)
        {
            throw Fault(name, $"has {offsets[1] - offsets[0]} bytes by its data_offsets, "
                + $"but {bytes} by its dtype {dtype} and its shape [{string.Join(", ", shape)}]");
        }
        _entries.Add(new Entry(_entries.Count, name, dtype, shape, count, offsets[0], offsets[1]));
    }

    // The order of keys in a header is free; the order of the bytes is what counts.
    private readonly void PlaceTensors()
    {
        _entries.Sort((a, b) => (a.Begin, a.End, a.Index).CompareTo((b.Begin, b.End, b.Index)));
        long end = 0;
        foreach (Entry entry in _entries)
        {
            if (entry.Begin < end)
            {
                throw Fault(entry.Name, $"begins at byte {entry.Begin} of the data, inside the tensor "
                    + $"{StorageFault.Quote(Tensors[^1].Name)}, which ends at byte {end}");
            }
            if (entry.Begin > end)
            {
                throw Fault(entry.Name, $"begins at byte {entry.Begin} of the data, "
                    + $"but bytes {end} to {entry.Begin - 1} are no tensor's");
            }
            if (entry.End > _fileLength - _dataStart)
            {
                string where = $"tensor {StorageFault.Quote(entry.Name)}";
                throw StorageFault.At(_path, where, $"ends at byte {entry.End} of the data, but the file holds only "
                    + $"{_fileLength - _dataStart} bytes of data", StorageFault.CutShort);
            }
            Tensors.Add(new TensorInfo(
                entry.Name, entry.DType, entry.Shape, _dataStart + entry.Begin, entry.End - entry.Begin, entry.Count));
            end = entry.End;
        }
        if (end < _fileLength - _dataStart)
        {
            throw StorageFault.At(_path, _dataStart + end,
                $"{_fileLength - _dataStart - end} bytes follow the last tensor, where the file must end", StorageFault.Damaged);
        }
    }

    private readonly string ReadText()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Fault("a string of the header holds half of a surrogate pair");
        }
    }

    private readonly InvalidDataException Fault(string fault) =>
        StorageFault.At(_path, Start + _reader.BytesConsumed, fault, StorageFault.Damaged);

    private readonly InvalidDataException Fault(string tensor, string fault) =>
        StorageFault.At(_path, $"tensor {StorageFault.Quote(tensor)}", fault, StorageFault.Damaged);

    private static int FirstInvalidByte(ReadOnlySpan<byte> text)
    {
        int index = 0;
        while (Rune.DecodeFromUtf8(text[index..], out _, out int length) == System.Buffers.OperationStatus.Done)
            index += length;
        return index;
    }
}
