namespace Recurant.Formats.Tests.Notes;

/// <summary>Music in JSON, tables and folders, and what is not music.</summary>
public sealed class NotesReaderTests : TemporaryFiles
{
    [Fact]
    public void Read_PianoRolls_HaveTheirParts()
    {
        string path = Write("roll.json", """{"train": [[[60, 64], [], [67]], [[1]]], "valid": [[[2]]], "test": [[[3, 3]]]}""");
        NotesFile file = NotesReader.Read(path);
        Assert.Equal("60 64 ,  , 67 ; 1", Show(file.Parts!.Train));
        Assert.Equal(("2", "3"), (Show(file.Parts.Valid), Show(file.Parts.Test)));
        Assert.Equal(DataKind.Notes, DataDetector.Detect(path).Kind);
        NotesFile all = NotesReader.Read(Write("all.json", " [ [ [60] , [ ] ] ]"));
        Assert.Equal("60 , ", Show(all.Pieces));
        Assert.Null(all.Parts);
        Assert.Equal(DataKind.Notes, DataDetector.Detect(Write("all.json", " [ [ [60] , [ ] ] ]")).Kind);
    }

    [Theory]
    [InlineData("""{"train": [[[60]]], "valid": [[[2]]]}""", "there is no \"test\"")]
    [InlineData("""{"train": [[[60]]], "valid": [[[2]]], "test": []}""", "\"test\" holds no pieces")]
    [InlineData("[[[60], [128]]]", "piece 1, step 2: 128 is no note")]
    [InlineData("[[[60]], [[1.5]]]", "piece 2, step 1: 1.5 is no note")]
    [InlineData("[[[60], 5]]", "piece 1, step 2: an array of notes is expected")]
    [InlineData("[[]]", "piece 1: it has no steps")]
    [InlineData("[[[60]", "")]
    public void Read_FaultyRolls_AreRefusedByPieceAndStep(string json, string expected)
    {
        string path = Write("roll.json", json);
        string message = Assert.Throws<InvalidDataException>(() => NotesReader.Read(path)).Message;
        Assert.StartsWith(path, message);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Tables_HaveStepsWithoutNotesToo()
    {
        NotesFile file = NotesReader.Read(Write("notes.csv", "piece,step,note\na,3,60\na,3,64\na,5,67\nb,0,1\n"));
        Assert.Equal("60 64 ,  , 67 ; 1", Show(file.Pieces));
        Assert.Equal("60", Show(NotesReader.Read(Write("notes.csv", "Time;Pitch\n7;60\n")).Pieces));
        Assert.Contains("row 3: \"x\" in the column \"note\"", Assert.Throws<InvalidDataException>(
            () => NotesReader.Read(Write("notes.csv", "step,note\n1,60\n1,x\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("row 2: \"-1\" in the column \"step\"", Assert.Throws<InvalidDataException>(
            () => NotesReader.Read(Write("notes.csv", "step,note\n-1,60\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("this is no music", Assert.Throws<InvalidDataException>(
            () => NotesReader.Read(Write("notes.csv", "a,b\n1,60\n"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Folders_LeaveOutWhatCannotBeRead()
    {
        Write("songs/b.mid", MidiFile.Write([[60], [62]], 0.5));
        Write("songs/a.mid", MidiFile.Write([[64]], 0.5));
        Write("songs/deep/c.midi", MidiFile.Write([[65]], 0.5));
        Write("songs/bad.mid", "nothing");
        Write("songs/readme.txt", "music");
        string folder = Path.Combine(Root, "songs");
        NotesFile file = NotesReader.Read(folder, new NotesFormatOptions { StepsPerQuarter = 1 });
        Assert.Equal("64 ; 60 , 62 ; 65", Show(file.Pieces));
        Assert.StartsWith("1 of 4 files are left out; the first: ", file.Warnings[0]);
        Assert.Equal(1, file.StepsPerQuarter);
        Assert.Equal(DataKind.Notes, DataDetector.Detect(folder).Kind);
        Assert.Equal(DataKind.Notes, DataDetector.Detect(Path.Combine(folder, "a.mid")).Kind);
        Directory.CreateDirectory(Path.Combine(Root, "empty"));
        Assert.Contains("there is no MIDI file in this folder", Assert.Throws<InvalidDataException>(
            () => NotesReader.Read(Path.Combine(Root, "empty"))).Message, StringComparison.Ordinal);
    }

    /// <summary>Numbers that are no music stay what they were.</summary>
    [Theory]
    [InlineData("{\"train\": \"a\", \"label\": \"b\"}\n{\"train\": \"c\", \"label\": \"d\"}\n")]
    [InlineData("{\"text\": \"a\", \"label\": \"b\"}\n{\"text\": \"c\", \"label\": \"d\"}\n")]
    public void Detect_OtherJson_IsNoMusic(string json) =>
        Assert.NotEqual(DataKind.Notes, DataDetector.Detect(Write("x.json", json)).Kind);

    private static string Show(NoteDataset data) => string.Join(
        " ; ", data.Pieces.Select(piece => string.Join(" , ", piece.Steps.Select(step => string.Join(' ', step)))));
}
