using System.Text;

namespace Recurant.Tests.Data;

/// <summary>
/// Texts of a million characters made to hurt: whatever reads texts must neither recurse as deep as they are long (a stack of
/// 256 KB would overflow and end the whole test run) nor take time that grows with the square (hours).
/// </summary>
public class HostileTextTests
{
    private const int Length = 1_000_000, SmallStack = 256 << 10;

    public static TheoryData<string> Pieces =>
    [
        "'s", "n't", "'s've'll'd'm're", "\u2019S", "(", ")", "\"", ".", "!?", "...", "*_", "a.", "Mr.", "I.", "<", "</", "<b",
        "<b>",
        "<!--", "&amp;", "&", "&#", "&;", "www.", "http://", "a@", "@", "a.b@c.", "#", "-", "--", ":-)", ":", "'", "`", "a'",
        "1.", "1,",
        "e\u0301", "\u0301", "\u200D", "\U0001F469\u200D", "\uD83D", "\uDE00", "\uFE0F", "\u4E2D", "\u0E01", "\u1100", "\r", "\n",
        "\t", " ", "\u2581", "\0",
        "\u0130", "A", "{", "[", "\\",
    ];

    [Theory]
    [MemberData(nameof(Pieces))]
    public void Read_PieceAMillionTimes_Ends(string piece)
    {
        string text = "it" + new StringBuilder(Length + piece.Length).Insert(0, piece, Length / piece.Length);
        Exception? fault = null;
        var thread = new Thread(() => fault = Record.Exception(() => ReadAll(text)), SmallStack);
        thread.Start();
        thread.Join();
        Assert.Null(fault);
    }

    private static void ReadAll(string text)
    {
        string seen = string.Concat(WordSplitter.Split(text));
        Assert.Equal(text.Count(c => !char.IsWhiteSpace(c)), seen.Length);
        WordSplitter.AtBlanks(text);
        foreach (TokenUnit unit in (TokenUnit[])[TokenUnit.Word, TokenUnit.Character])
        {
            new Tokenizer(new TokenizerOptions { Unit = unit, Lowercase = true }).Tokenize(text);
            RunningText.Count(new PlainText("text", [text]), unit, lowercase: true, PhaseWork.Unwatched, "counting");
        }

        WordPieces.SegmentsOf(text);
        BytePairEncoding.Learn([text], merges: 20).Encode(text);
        Tokenizer13A.Tokenize(text);
        Chrf.Corpus([text], [text]);
        WordShapes.Of(text);
        WordForms.Normalise(text, lowercase: true);
        TranslatorModel.IsBlank(text);
    }
}
