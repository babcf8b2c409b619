using System.Globalization;
using System.Text;
using Parquet;
using Parquet.Schema;

namespace Recurant.Formats;

/// <summary>The rows of a Parquet file, one group of them in memory at a time; columns of lists and maps are left out.</summary>
internal sealed class ParquetRows : FieldRows
{
    private const int LongestValue = 64;

    private readonly string _path;
    private readonly ParquetReader _reader;
    private readonly Stream _stream;
    private readonly DataField[] _fields;
    private readonly Column[] _columns;
    private readonly char[] _text;
    private readonly string?[] _words;
    private readonly int[] _lengths;
    private int _group, _row, _rows;

    private ParquetRows(string path, ParquetReader reader, Stream stream)
    {
        (_path, _reader, _stream) = (path, reader, stream);
        _fields = [.. Plain(reader.Schema)];
        _columns = new Column[_fields.Length];
        _text = new char[LongestValue * _fields.Length];
        _words = new string?[_fields.Length];
        _lengths = new int[_fields.Length];
    }

    internal override int Count => _fields.Length;

    internal override ReadOnlySpan<char> this[int field] =>
        _words[field] is { } word ? word : _text.AsSpan(LongestValue * field, _lengths[field]);

    /// <summary>The table of a file.</summary>
    internal static SeriesSource Source(DataFile file)
    {
        using ParquetRows rows = Open(file);
        if (rows._fields.Length == 0) throw SeriesFault.Of($"{file}: no column holds plain values.");
        string[] names = [.. rows._fields.Select(field => field.Name)];
        return new SeriesSource(file.Path, "Parquet", () => Open(file), names);
    }

    internal override bool Read()
    {
        while (_row >= _rows)
        {
            if (_group >= _reader.RowGroupCount) return false;
            Guarded(_path, () => Load(_group++));
        }

        for (int i = 0; i < _columns.Length; i++)
        {
            _words[i] = _columns[i].Word(_row);
            _lengths[i] = _words[i] is null ? _columns[i].Format(_row, _text.AsSpan(LongestValue * i, LongestValue)) : 0;
        }

        _row++;
        Line++;
        return true;
    }

    internal override InvalidDataException Error(int field, string message)
    {
        string column = field >= 0 && field < _fields.Length ? $", column \"{_fields[field].Name}\"" : "";
        return SeriesFault.Of($"{_path}, row {Line}{column}: {message}");
    }

    public override void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _stream.Dispose();
    }

    private static ParquetRows Open(DataFile file)
    {
        Stream stream = file.Open();
        try
        {
            if (!stream.CanSeek)
            {
                // Its directory stands at the end of the file.
                var whole = new MemoryStream();
                using (stream) stream.CopyTo(whole);
                whole.Position = 0;
                stream = whole;
            }

            return Guarded(file.Path, () => new ParquetRows(
                file.Path, ParquetReader.CreateAsync(stream).GetAwaiter().GetResult(), stream));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static void Guarded(string path, Action work) => Guarded(path, () =>
    {
        work();
        return 0;
    });

    private static T Guarded<T>(string path, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (exception is not (OutOfMemoryException or OperationCanceledException))
        {
            throw SeriesFault.Of(
                $"{path}: the Parquet file is damaged, or of a kind that is not read "
                + $"({MessageText.Bounded(exception.Message)}).",
                exception);
        }
    }

    private static IEnumerable<DataField> Plain(ParquetSchema schema) =>
        schema.Fields.OfType<DataField>().Where(field => !field.IsArray && Column.Reads(field.ClrType));

    private void Load(int group)
    {
        using ParquetRowGroupReader rows = _reader.OpenRowGroupReader(group);
        _rows = checked((int)rows.RowCount);
        _row = 0;
        for (int i = 0; i < _fields.Length; i++) _columns[i] = Column.Read(rows, _fields[i], _rows);
    }

    /// <summary>The values of a column in one group of rows.</summary>
    private abstract class Column
    {
        private static readonly Dictionary<Type, Func<ParquetRowGroupReader, DataField, int, Column>> s_readers = new()
        {
            [typeof(double)] = Numbers<double>, [typeof(float)] = Numbers<float>, [typeof(decimal)] = Numbers<decimal>,
            [typeof(long)] = Numbers<long>, [typeof(ulong)] = Numbers<ulong>, [typeof(int)] = Numbers<int>,
            [typeof(uint)] = Numbers<uint>,
            [typeof(short)] = Numbers<short>, [typeof(ushort)] = Numbers<ushort>, [typeof(sbyte)] = Numbers<sbyte>,
            [typeof(byte)] = Numbers<byte>, [typeof(bool)] = Truths, [typeof(string)] = Strings,
            [typeof(ReadOnlyMemory<char>)] = Strings,
            [typeof(DateTime)] = Times,
            [typeof(DateOnly)] = (rows, field, count) => Of<DateOnly>(rows, field, count, "yyyy-MM-dd"),
            [typeof(TimeOnly)] = (rows, field, count) => Of<TimeOnly>(rows, field, count, "HH:mm:ss.FFFFFFF"),
        };

        internal static bool Reads(Type type) => s_readers.ContainsKey(type);

        internal static Column Read(ParquetRowGroupReader rows, DataField field, int count) =>
            s_readers[field.ClrType](rows, field, count);

        /// <summary>The value as a string, where it is one or missing; otherwise null.</summary>
        internal abstract string? Word(int row);

        internal abstract int Format(int row, Span<char> text);

        private static Column Numbers<T>(ParquetRowGroupReader rows, DataField field, int count)
            where T : struct, ISpanFormattable => Of<T>(rows, field, count, "");

        private static Column Times(ParquetRowGroupReader rows, DataField field, int count) => Of<DateTime>(
            rows, field, count, field is DateTimeDataField { DateTimeFormat: DateTimeFormat.Date }
                ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss.FFFFFFF");

        private static FormattedColumn<T> Of<T>(ParquetRowGroupReader rows, DataField field, int count, string format)
            where T : struct, ISpanFormattable => new(Values<T>(rows, field, count), format);

        private static StringColumn Truths(ParquetRowGroupReader rows, DataField field, int count) =>
            new([.. Values<bool>(rows, field, count).Select(value => value is null ? "" : value.Value ? "true" : "false")]);

        private static StringColumn Strings(ParquetRowGroupReader rows, DataField field, int count)
        {
            var values = new string?[count];
            rows.ReadAsync(field, values.AsMemory()!).AsTask().GetAwaiter().GetResult();
            return new StringColumn(values);
        }

        private static T?[] Values<T>(ParquetRowGroupReader rows, DataField field, int count)
            where T : struct
        {
            var values = new T?[count];
            if (field.IsNullable)
            {
                rows.ReadAsync<T>(field, values.AsMemory()).AsTask().GetAwaiter().GetResult();
                return values;
            }

            var plain = new T[count];
            rows.ReadAsync<T>(field, plain.AsMemory()).AsTask().GetAwaiter().GetResult();
            for (int i = 0; i < count; i++) values[i] = plain[i];
            return values;
        }
    }

    private sealed class FormattedColumn<T>(T?[] values, string format) : Column
        where T : struct, ISpanFormattable
    {
        internal override string? Word(int row) => values[row] is null ? "" : null;

        internal override int Format(int row, Span<char> text) =>
            values[row]!.Value.TryFormat(text, out int length, format, CultureInfo.InvariantCulture) ? length : 0;
    }

    private sealed class StringColumn(string?[] values) : Column
    {
        internal override string? Word(int row) => values[row]?.Trim() ?? "";

        internal override int Format(int row, Span<char> text) => 0;
    }
}
