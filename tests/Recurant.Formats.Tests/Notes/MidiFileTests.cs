using System.Buffers.Binary;
using System.Globalization;

namespace Recurant.Formats.Tests.Notes;

/// <summary>MIDI files made here byte by byte, with situations from public bug reports of other readers.</summary>
public sealed class MidiFileTests : TemporaryFiles
{
    /// <summary>A note 60 from tick 0 to 96.</summary>
    private static readonly byte[] s_note = [0, 0x90, 60, 64, 96, 0x80, 60, 0], s_end = [0, 0xFF, 0x2F, 0];

    [Fact]
    public void Read_APlainFile_HasNotesTimesAndTempo()
    {
        // A quarter of a second for each quarter note.
        MidiFile midi = Read(Song(96, [0, 0xFF, 0x51, 3, 0x03, 0xD0, 0x90, .. s_note, 0, 0x99, 36, 64, 48, 0x99, 36, 0,
            .. s_end]));
        Assert.Equal("60 [0,96) 0-0.25 | 36 [96,144) 0.25-0.375", Show(midi));
        Assert.Equal((96, 0.25, 10), (midi.TicksPerQuarter, midi.QuarterSeconds, midi.Notes[1].Channel));
        Assert.Empty(midi.Warnings);
        // Percussion has no pitch.
        NotePiece piece = midi.ToPiece(2);
        Assert.Equal((2, 0.125), (piece.Steps.Count, piece.StepSeconds));
        Assert.Equal(3, midi.ToPiece(2, percussion: true).Steps.Count);
    }

    [Fact]
    public void Read_RunningStatusAfterOtherMessages_IsReadWithAWarning()
    {
        MidiFile text = Read(Song(96, [0, 0x90, 60, 64, 96, 60, 0, 0, 0xFF, 1, 1, (byte)'x', 0, 64, 64, 96, 64, 0, .. s_end]));
        Assert.Equal("60 [0,96) 0-0.5 | 64 [96,192) 0.5-1", Show(text));
        Assert.Equal("running status after a text or a system message", Assert.Single(text.Warnings));
        MidiFile system = Read(Song(96, [0, 0x90, 60, 64, 0, 0xF0, 2, 1, 0xF7, 96, 60, 0, .. s_end]));
        Assert.Equal("60 [0,96) 0-0.5", Show(system));
        Assert.Single(system.Warnings);
    }

    [Fact]
    public void Read_DivisionBySeconds_HasNoTempo()
    {
        // 25 frames of 40 ticks: a tick is a thousandth of a second.
        MidiFile midi = Read(Song(unchecked((short)0xE728), [0, 0xFF, 0x51, 3, 0, 0, 1, 0, 0x90, 60, 64, 0x83, 0x74, 0x80, 60,
            0, .. s_end]));
        Assert.Equal("60 [0,500) 0-0.5", Show(midi));
        Assert.Equal((0, 0.001, 0.5), (midi.TicksPerQuarter, midi.TickSeconds, midi.QuarterSeconds));
        Assert.Equal(4, midi.ToPiece(4).Steps.Count);
    }

    [Fact]
    public void Read_TempoOnAnotherTrack_ActsOnAll()
    {
        // The second half is half as fast.
        MidiFile midi = Read(Song(96, [.. s_note, 0, 0x90, 62, 64, 96, 0x80, 62, 0, .. s_end],
            [96, 0xFF, 0x51, 3, 0x0F, 0x42, 0x40, .. s_end]));
        Assert.Equal("60 [0,96) 0-0.5 | 62 [96,192) 0.5-1.5", Show(midi));
    }

    [Fact]
    public void Read_LateTicks_AreCountedNotRefused()
    {
        // 32,767 ticks a quarter note, and the last of 500: 250 seconds.
        MidiFile midi = Read(Song(32767, [0, 0x90, 60, 64, 0x87, 0xE7, 0xFC, 0x0C, 0x80, 60, 0, .. s_end]));
        Assert.Equal("60 [0,16383500) 0-250", Show(midi));
    }

    [Fact]
    public void Read_FaultsThatDoNoHarm_AreTold()
    {
        byte[] many = Song(96, [.. s_note, .. s_end]);
        many[11] = 8;
        Assert.Equal("the head tells of 8 tracks, and there are 1", Assert.Single(Read(many).Warnings));
        byte[] cut = Song(96, [.. s_note, .. s_end], [.. s_note, .. s_end])[..^7];
        MidiFile midi = Read(cut);
        // What the cut track has told till then counts as well.
        Assert.Equal("60 [0,96) 0-0.5 | 60 [0,96) 0-0.5", Show(midi));
        Assert.Equal("track 2 has 5 of the 12 bytes that it should have", Assert.Single(midi.Warnings));
        // Without an end of the track.
        Assert.Equal("60 [0,96) 0-0.5", Show(Read(Song(96, s_note))));
        // A head that is longer, a part of another kind, a key that does not exist.
        byte[] track = Song(96, [0, 0xFF, 0x59, 2, 255, 0, .. s_note, .. s_end]);
        byte[] odd = [.. track[..7], 8, .. track[8..14], 1, 2, .. "XTRA"u8, 0, 0, 0, 2, 9, 9, .. track[14..]];
        Assert.Equal("60 [0,96) 0-0.5", Show(Read(odd)));
        Assert.Empty(Read(odd).Warnings);
        // In a RIFF frame.
        byte[] song = Song(96, [.. s_note, .. s_end]);
        Assert.Equal("60 [0,96) 0-0.5", Show(Read([.. "RIFF"u8, 0, 0, 0, 0, .. "RMIDdata"u8, (byte)song.Length, 0, 0, 0,
            .. song])));
        // A note that never ends does so with the track; one that begins again ends there.
        Assert.Equal(
            "60 [0,10) 0-0.052 | 60 [10,30) 0.052-0.156",
            Show(Read(Song(96, [0, 0x90, 60, 64, 10, 0x90, 60, 64, 20, .. s_end[1..]]))));
    }

    [Theory]
    [InlineData("", "byte 0: this is no MIDI file: it is empty")]
    [InlineData("3C68746D6C3E", "byte 0: this is no MIDI file: it looks like HTML")]
    [InlineData("4D546864", "byte 0: the file ends in its head")]
    [InlineData("4D546864000000060000000100004D54726B00000000", "byte 12: a quarter note has 0 ticks")]
    [InlineData("4D546864000000060000000100604D54726B000000078F8F8F8F0090403F",
        "byte 22: a time or length has more than four bytes")]
    [InlineData("4D546864000000060000000100604D54726B0000000300403F", "byte 23: an event begins with 64")]
    [InlineData("4D546864000000060000000100604D54726B00000004009040FF", "byte 25: a number of 0 to 127 is expected, not 255")]
    [InlineData("4D546864000000060000000100604D54726B00000003009040", "byte 25: the track ends in the middle of an event")]
    public void Read_DamagedFiles_AreRefusedByTheByte(string bytes, string expected)
    {
        string path = Write("song.mid", Convert.FromHexString(bytes));
        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => MidiFile.Read(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Steps_AreReadAsTheyWere()
    {
        IReadOnlyList<IReadOnlyList<int>> steps = [[60, 64], [60, 67], [], [0, 127], [0, 127], [60]];
        string path = Write("song.mid", MidiFile.Write(steps, 0.25, stepsPerQuarter: 2));
        MidiFile midi = MidiFile.Read(path);
        // Held notes are one note.
        Assert.Equal(
            "60 [0,480) 0-0.5 | 64 [0,240) 0-0.25 | 67 [240,480) 0.25-0.5 | 0 [720,1200) 0.75-1.25 | 127 [720,1200) 0.75-1.25 | "
            + "60 [1200,1440) 1.25-1.5", Show(midi));
        NotePiece piece = midi.ToPiece(2);
        Assert.Equal(steps.Select(step => string.Join(' ', step)), piece.Steps.Select(step => string.Join(' ', step)));
        Assert.Equal(0.25, piece.StepSeconds);
        Assert.Empty(midi.Warnings);
    }

    [Fact]
    public void ToPiece_NoNoteThatHasAPitch_IsRefused()
    {
        MidiFile drums = Read(Song(96, [0, 0x99, 36, 64, 48, 0x99, 36, 0, .. s_end]));
        Assert.Contains("there is no note to learn from; 1 are percussion", Assert.Throws<InvalidDataException>(
            () => drums.ToPiece(4)).Message, StringComparison.Ordinal);
        MidiFile none = Read(Song(96, s_end));
        Assert.Empty(none.Notes);
        Assert.EndsWith("there is no note to learn from.", Assert.Throws<InvalidDataException>(() => none.ToPiece(4)).Message);
    }

    private MidiFile Read(byte[] bytes) => MidiFile.Read(Write("song.mid", bytes));

    private static string Show(MidiFile midi) => string.Join(" | ", midi.Notes.Select(note => string.Create(
        CultureInfo.InvariantCulture,
        $"{note.Number} [{note.Start},{note.End}) {note.StartSeconds:0.###}-{note.EndSeconds:0.###}")));

    private static byte[] Song(short division, params byte[][] tracks)
    {
        byte[] head = [.. "MThd"u8, 0, 0, 0, 6, 0, 1, 0, (byte)tracks.Length, 0, 0];
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(12), division);
        return [.. head, .. tracks.SelectMany(track => (byte[])[.. "MTrk"u8, 0, 0, 0, (byte)track.Length, .. track])];
    }
}
