namespace Recurant.Tests.Data;

public class TokenWriterTests
{
    private static readonly RunningText s_subwords = Make();

    /// <summary>Every token written by itself, joined, is the text again, whatever its characters.</summary>
    [Theory]
    [InlineData("a b")]
    [InlineData("  ab  ba ")]
    [InlineData("caf\u00e9 \u732b\ud83d\ude00 a\u0301")]
    public void Write_TokensOfALine_GivesTheLine(string line)
    {
        int[] tokens = s_subwords.Encode(new PlainText("line", [line, line]));
        var writer = new TokenWriter(s_subwords, tokens[0]);
        Assert.Equal($"{line}\n{line}\n", string.Concat(tokens[1..].Select(writer.Write)));
    }

    [Fact]
    public void Write_BytesThatAreNoCharacter_GivesTheReplacementCharacter()
    {
        int[] tokens = s_subwords.Encode(new PlainText("line", ["\u732b"]));
        var writer = new TokenWriter(s_subwords, tokens[0]);
        // The first of three bytes, and then the end of the line.
        int first = Array.FindIndex(tokens, token => s_subwords.ByteOf(token) >= 0);
        Assert.Equal("\ufffd\n", writer.Write(tokens[first]) + writer.Write(s_subwords.End));
    }

    private static RunningText Make()
    {
        BytePairEncoding subwords = BytePairEncoding.Learn(["ab ab ab ba", "aab"], 4);
        return new RunningText(TokenUnit.Subword, lowercase: false, RunningText.TokensOf(subwords), subwords);
    }
}
