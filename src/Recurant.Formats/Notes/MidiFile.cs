using System.Buffers.Binary;
using System.Text;

namespace Recurant.Formats;

/// <summary>A note of a MIDI file.</summary>
/// <param name="Number">0 to 127; 60 is the middle C.</param>
/// <param name="Channel">1 to 16; 10 is percussion.</param>
/// <param name="Start">The tick at which it begins.</param>
/// <param name="End">The tick at which it ends.</param>
/// <param name="StartSeconds">The same in seconds.</param>
/// <param name="EndSeconds">The same in seconds.</param>
public sealed record MidiNote(int Number, int Channel, long Start, long End, double StartSeconds, double EndSeconds);

/// <summary>
/// A Standard MIDI File (MIDI 1.0, RP-001), of which nothing but the notes and their times is read.
/// </summary>
/// <remarks>
/// Read by code of our own: NAudio.Midi 3.3 refuses files with fewer tracks than the head says, chunks of other kinds and tracks
/// that are cut short, and reads a length of five bytes as something else, where this must be refused.
/// <para>Running status after a text or a system message, which the standard does not allow and most players read, is read with
/// a warning. The division of seconds by frames (SMPTE) has ticks of a fixed length and no tempo.</para>
/// </remarks>
public sealed class MidiFile
{
    private const int HeadLength = 14, Percussion = 10, DefaultTempo = 500_000;

    private readonly byte[] _bytes;
    private readonly string _name;
    private readonly List<string> _warnings = [];
    private readonly List<(int Number, int Channel, long Start, long End)> _notes = [];
    private readonly List<(long Tick, int Tempo)> _tempos = [];
    private int _at;

    private MidiFile(byte[] bytes, string name)
    {
        (_bytes, _name) = (bytes, name);
        ReadAll();
        Notes =
        [
            .. _notes.OrderBy(note => note.Start).ThenBy(note => note.Number).Select(note => new MidiNote(
                note.Number, note.Channel, note.Start, note.End, SecondsAt(note.Start), SecondsAt(note.End))),
        ];
    }

    /// <summary>The ticks of a quarter note; 0 where ticks are parts of a second.</summary>
    public int TicksPerQuarter { get; private set; }

    /// <summary>The seconds of a tick where they are parts of a second; else 0.</summary>
    public double TickSeconds { get; private set; }

    /// <summary>The notes of all tracks by the time at which they begin.</summary>
    public IReadOnlyList<MidiNote> Notes { get; }

    /// <summary>What was wrong with the file and did not stop the reading.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>The seconds of a quarter note where the piece begins; half a second where ticks are parts of a second.</summary>
    public double QuarterSeconds =>
        (_tempos.Count > 0 && TicksPerQuarter > 0 ? _tempos[0].Tempo : DefaultTempo) / 1e6;

    /// <summary>Reads a file.</summary>
    /// <param name="file">The file.</param>
    /// <exception cref="InvalidDataException">It is no MIDI file, or damaged; the message names the byte.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static MidiFile Read(DataFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        using Stream stream = file.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return new MidiFile(bytes.ToArray(), file.Path);
    }

    /// <summary>Whether the first bytes are those of a MIDI file, or of one in a RIFF frame.</summary>
    internal static bool IsMidi(ReadOnlySpan<byte> head) => head.StartsWith("MThd"u8)
        || (head.Length >= 12 && head.StartsWith("RIFF"u8) && head[8..].StartsWith("RMID"u8));

    /// <summary>The bytes of a file of one track with notes of one length each.</summary>
    /// <param name="steps">Of each step its notes; one that goes on from step to step is held.</param>
    /// <param name="stepSeconds">How long a step lasts.</param>
    /// <param name="stepsPerQuarter">The steps of a quarter note.</param>
    public static byte[] Write(IReadOnlyList<IReadOnlyList<int>> steps, double stepSeconds, int stepsPerQuarter = 1)
    {
        ArgumentNullException.ThrowIfNull(steps);
        const int StepTicks = 240;
        var track = new List<byte>();
        double tempo = Math.Clamp(stepSeconds * stepsPerQuarter * 1e6, 1, 0xFFFFFF);
        int micros = (int)Math.Round(tempo);
        track.AddRange([0, 0xFF, 0x51, 3, (byte)(micros >> 16), (byte)(micros >> 8), (byte)micros]);
        int waited = 0;
        for (int t = 0; t <= steps.Count; t++, waited += StepTicks)
        {
            IReadOnlyList<int> before = t > 0 ? steps[t - 1] : [], now = t < steps.Count ? steps[t] : [];
            foreach (int note in before.Except(now)) Add(0x80, note, 64);
            foreach (int note in now.Except(before)) Add(0x90, note, 80);
        }

        WriteLength(track, 0);
        track.AddRange([0xFF, 0x2F, 0]);
        byte[] file = new byte[HeadLength + 8 + track.Count];
        "MThd"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4), 6);
        BinaryPrimitives.WriteInt16BigEndian(file.AsSpan(10), 1);
        BinaryPrimitives.WriteInt16BigEndian(file.AsSpan(12), (short)Math.Min(short.MaxValue, StepTicks * stepsPerQuarter));
        "MTrk"u8.CopyTo(file.AsSpan(HeadLength));
        BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(HeadLength + 4), track.Count);
        track.CopyTo(file, HeadLength + 8);
        return file;

        void Add(int status, int note, int velocity)
        {
            WriteLength(track, waited);
            waited = 0;
            track.AddRange([(byte)status, (byte)note, (byte)velocity]);
        }
    }

    /// <summary>The notes of each step: those that begin in it or before and end after its beginning.</summary>
    /// <param name="stepsPerQuarter">The steps of a quarter note; where ticks are parts of a second, of half a second.</param>
    /// <param name="percussion">Whether the percussion of channel 10, whose numbers are instruments, is read as notes.</param>
    public NotePiece ToPiece(int stepsPerQuarter, bool percussion = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(stepsPerQuarter, 1);
        double ticks = (TicksPerQuarter > 0 ? TicksPerQuarter : 0.5 / TickSeconds) / stepsPerQuarter;
        MidiNote[] notes = [.. Notes.Where(note => percussion || note.Channel != Percussion)];
        if (notes.Length == 0)
        {
            string others = Notes.Count > 0 ? $"; {Notes.Count} are percussion (channel 10)" : "";
            throw new InvalidDataException($"{_name}: there is no note to learn from{others}.");
        }

        (long First, long End)[] places =
        [
            .. notes.Select(note => ((long)Math.Round(note.Start / ticks), (long)Math.Round(note.End / ticks)))
                .Select(place => (place.Item1, Math.Max(place.Item1 + 1, place.Item2))),
        ];
        long first = places.Min(place => place.First), count = places.Max(place => place.End) - first;
        if (count > MostSteps)
        {
            throw new InvalidDataException(
                $"{_name}: the piece has {count} steps; {MostSteps} are the most. Take fewer steps a quarter note "
                + "(--steps-per-quarter).");
        }

        List<int>[] steps = [.. Enumerable.Range(0, (int)count).Select(_ => new List<int>())];
        for (int i = 0; i < notes.Length; i++)
        {
            for (long t = places[i].First; t < places[i].End; t++) steps[t - first].Add(notes[i].Number);
        }

        return new NotePiece(Path.GetFileNameWithoutExtension(_name), steps, QuarterSeconds / stepsPerQuarter);
    }

    /// <summary>The most steps of a piece.</summary>
    internal const int MostSteps = 1_000_000;

    private void ReadAll()
    {
        int end = _bytes.Length;
        if (_bytes.AsSpan().StartsWith("RIFF"u8)) Unwrap(ref end);
        if (!Has("MThd")) throw Fault($"this is no MIDI file{Looks()}; one begins with MThd.");
        if (end - _at < HeadLength) throw Fault("the file ends in its head.");
        long head = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(_at + 4));
        int told = BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(_at + 10)), type = _bytes[_at + 9];
        short division = BinaryPrimitives.ReadInt16BigEndian(_bytes.AsSpan(_at + 12));
        if (head < 6 || head > end - _at - 8) throw Fault($"the head says that it has {head} bytes; 6 are expected.");
        _at += 12;
        if (division == 0) throw Fault("a quarter note has 0 ticks; 1 or more are expected.");
        if (division > 0)
        {
            TicksPerQuarter = division;
        }
        else
        {
            int frames = -(division >> 8), parts = division & 0xFF;
            if (parts == 0) throw Fault("a frame has 0 ticks; 1 or more are expected.");
            // 29 stands for 29.97 frames a second.
            TickSeconds = 1 / ((frames == 29 ? 30_000 / 1001.0 : frames) * parts);
        }

        _at += (int)head - 4;
        int tracks = 0;
        while (end - _at >= 8)
        {
            string kind = Encoding.Latin1.GetString(_bytes, _at, 4);
            long length = BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(_at + 4));
            _at += 8;
            int next = (int)Math.Min(end, _at + length);
            if (kind == "MTrk")
            {
                tracks++;
                bool isCut = _at + length > end;
                if (isCut) _warnings.Add($"track {tracks} has {end - _at} of the {length} bytes that it should have");
                ReadTrack(next, isCut);
            }

            _at = next;
        }

        if (tracks != told) _warnings.Add($"the head tells of {told} tracks, and there are {tracks}");
        if (type == 2 && tracks > 1) _warnings.Add("the tracks are pieces of their own (type 2); they are read as one");
        _tempos.Sort((a, b) => a.Tick.CompareTo(b.Tick));
    }

    /// <summary>Goes to the MIDI file inside of a RIFF file of the kind RMID.</summary>
    private void Unwrap(ref int end)
    {
        if (!IsMidi(_bytes)) throw Fault($"this is no MIDI file{Looks()}; one begins with MThd.");
        int at = 12;
        while (at + 8 <= _bytes.Length)
        {
            long length = BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at + 4));
            if (_bytes.AsSpan(at).StartsWith("data"u8))
            {
                (_at, end) = (at + 8, (int)Math.Min(_bytes.Length, at + 8 + length));
                return;
            }

            at = (int)Math.Min(_bytes.Length, at + 8 + length + (length & 1));
        }

        throw Fault("the RIFF file has no part \"data\" with a MIDI file in it.");
    }

    private void ReadTrack(int end, bool isCut)
    {
        var open = new Dictionary<(int Channel, int Number), long>();
        long tick = 0;
        int running = 0;
        bool isAfterOther = false;
        try
        {
            while (_at < end)
            {
                tick += ReadLength(end);
                int status = Next(end);
                if (status < 0x80)
                {
                    if (running == 0)
                    {
                        throw Fault(_at - 1, $"an event begins with {status}; a status of 128 or more is expected.");
                    }

                    if (isAfterOther) Warn("running status after a text or a system message");
                    _at--;
                    status = running;
                }

                isAfterOther = status >= 0xF0;
                if (status == 0xFF)
                {
                    if (!ReadMeta(end, tick)) break;
                }
                else if (status is 0xF0 or 0xF7)
                {
                    Skip(ReadLength(end), end);
                }
                else if (status > 0xF0)
                {
                    Warn($"a message {status:X2}, which files do not have");
                    Skip(status == 0xF2 ? 2 : status is 0xF1 or 0xF3 ? 1 : 0, end);
                }
                else
                {
                    running = status;
                    ReadMessage(status, tick, open, end);
                }
            }
        }
        catch (EndOfStreamException) when (isCut)
        {
            // Told when the track began.
        }
        catch (EndOfStreamException)
        {
            throw Fault("the track ends in the middle of an event.");
        }

        foreach (((int channel, int number), long start) in open) Close(number, channel, start, tick);
    }

    private void ReadMessage(int status, long tick, Dictionary<(int Channel, int Number), long> open, int end)
    {
        int kind = status >> 4, channel = (status & 15) + 1, first = Data(end);
        if (kind is 0xC or 0xD) return;
        int second = Data(end);
        if (kind is not (0x8 or 0x9)) return;
        if (open.Remove((channel, first), out long start)) Close(first, channel, start, tick);
        if (kind == 0x9 && second > 0) open[(channel, first)] = tick;
    }

    /// <summary>A message about the file; false at the end of the track.</summary>
    private bool ReadMeta(int end, long tick)
    {
        int type = Next(end), length = ReadLength(end);
        int at = _at;
        Skip(length, end);
        if (type == 0x51 && length == 3)
        {
            int tempo = (_bytes[at] << 16) | (_bytes[at + 1] << 8) | _bytes[at + 2];
            if (tempo > 0) _tempos.Add((tick, tempo));
        }

        return type != 0x2F;
    }

    private void Close(int number, int channel, long start, long end)
    {
        if (end > start) _notes.Add((number, channel, start, end));
    }

    private double SecondsAt(long tick)
    {
        if (TicksPerQuarter == 0) return tick * TickSeconds;
        double seconds = 0;
        long from = 0;
        int tempo = DefaultTempo;
        foreach ((long at, int next) in _tempos)
        {
            if (at >= tick) break;
            seconds += (at - from) * (double)tempo;
            (from, tempo) = (at, next);
        }

        return (seconds + (tick - from) * (double)tempo) / (1e6 * TicksPerQuarter);
    }

    /// <summary>A number of at most four bytes, seven bits each.</summary>
    private int ReadLength(int end)
    {
        int from = _at, value = 0;
        for (int i = 0; i < 4; i++)
        {
            int next = Next(end);
            value = (value << 7) | (next & 0x7F);
            if (next < 0x80) return value;
        }

        throw Fault(from, "a time or length has more than four bytes.");
    }

    private static void WriteLength(List<byte> track, int value)
    {
        for (int shift = 21; shift > 0; shift -= 7)
        {
            if (value >> shift > 0) track.Add((byte)(0x80 | ((value >> shift) & 0x7F)));
        }

        track.Add((byte)(value & 0x7F));
    }

    private int Data(int end)
    {
        int value = Next(end);
        return value < 0x80 ? value : throw Fault(_at - 1, $"a number of 0 to 127 is expected, not {value}.");
    }

    private int Next(int end) => _at < end ? _bytes[_at++] : throw new EndOfStreamException();

    private void Skip(int count, int end)
    {
        if (count > end - _at)
        {
            _at = end;
            throw new EndOfStreamException();
        }

        _at += count;
    }

    private void Warn(string what)
    {
        if (!_warnings.Contains(what)) _warnings.Add(what);
    }

    private bool Has(string text) => _bytes.AsSpan(_at).StartsWith(Encoding.Latin1.GetBytes(text));

    private string Looks() => _bytes.Length == 0 ? ": it is empty"
        : _bytes.AsSpan(0, Math.Min(256, _bytes.Length)).TrimStart(" \t\r\n"u8) is [(byte)'<', ..] ? ": it looks like HTML" : "";

    private InvalidDataException Fault(string what) => Fault(_at, what);

    private InvalidDataException Fault(int at, string what) => new($"{_name}: byte {at}: {what}");
}
