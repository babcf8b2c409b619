using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using CsCheck;

namespace Recurant.Tests.Data;

public class TokenizerTests
{
    private static readonly Tokenizer s_words = new(new TokenizerOptions());

    [Theory]
    // contractions, and the same text already cut
    [InlineData("I don't like it", "i do n't like it")]
    [InlineData("i do n't like it", "i do n't like it")]
    [InlineData("It's", "it 's")]
    [InlineData("it 's", "it 's")]
    [InlineData("can't won't ain't", "ca n't wo n't ai n't")]
    [InlineData("don\u2019t it\u2019s", "do n't it 's")]
    [InlineData("don\u00B4t don`t", "do n't do n't")]
    [InlineData("DON'T WE'LL", "do n't we 'll")]
    [InlineData("wouldn't've", "would n't 've")]
    [InlineData("I'm you're they've he'd she'll", "i 'm you 're they 've he 'd she 'll")]
    [InlineData("o'clock y'all rock'n'roll", "o'clock y'all rock'n'roll")]
    [InlineData("o'brien's", "o'brien 's")]
    [InlineData("the students' work", "the students ' work")]
    [InlineData("'great' film", "' great ' film")]
    [InlineData("the 1980's and '70s", "the 1980 's and ' 70s")]
    // numbers
    [InlineData("3.5 1,000 1,000.50 10/10 8:30", "3.5 1,000 1,000.50 10/10 8:30")]
    [InlineData("7.5/10, really.", "7.5/10 , really .")]
    [InlineData("$5 50% .5 it's 3.", "$ 5 50 % .5 it 's 3 .")]
    [InlineData("the 1930s, 2nd, 3d", "the 1930s , 2nd , 3d")]
    [InlineData("and/or", "and / or")]
    // hyphens, initials, underscores
    [InlineData("well-made so-so re-imagining", "well made so so re imagining")]
    [InlineData("wait -- what - yes", "wait -- what - yes")]
    [InlineData("state-of-the-art 1930-1940", "state of the art 1930 1940")]
    [InlineData("the U.S. army, e.g. here", "the u.s. army , e.g. here")]
    [InlineData("great.The end.", "great . the end .")]
    [InlineData("user_id _very_", "user_id _ very _")]
    // runs of marks
    [InlineData("wait... what.. no.", "wait ... what ... no .")]
    [InlineData("wait\u2026 what", "wait ... what")]
    [InlineData("wow! wow!! wow!!! wow!!!!!!", "wow ! wow !! wow !!! wow !!!")]
    [InlineData("what???? really?! !?!?", "what ??? really ?! ?!")]
    [InlineData("**** out of *****", "**** out of *****")]
    [InlineData("((a))", "( ( a ) )")]
    [InlineData("\u201Cgood\u201D ``good'' \"good\"", "\" good \" \" good \" \" good \"")]
    // emoticons
    [InlineData("good :) bad :-( ;-) =)", "good :) bad :-( ;-) =)")]
    [InlineData("good:) :))) :D :P xD XDDD", "good :) :) :d :p xd xd")]
    [InlineData("note: this (a=b) f(x) (8) 8)", "note : this ( a = b ) f ( x ) ( 8 ) 8 )")]
    [InlineData("<3 </3 ^_^ -_- :/ http", "<3 </3 ^_^ -_- :/ http")]
    [InlineData("ratio 3:0 a:p", "ratio 3:0 a : p")]
    // HTML
    [InlineData("good.<br /><br />But", "good . but")]
    [InlineData("<i>very</i> <a href=\"x\">good</a> <!-- no -->", "very good")]
    [InlineData("Tom &amp; Jerry &quot;ok&quot; &#39;s &lt;br&gt; x", "tom & jerry \" ok \" 's x")]
    [InlineData("AT&T a < b > c", "at & t a < b > c")]
    [InlineData("the <unk> of N", "the <unk> of n")]
    // addresses
    [InlineData("see https://Example.org/a?b=c#d. Now", "see https://example.org/a?b=c#d . now")]
    [InlineData("(www.example.org) ftp://a.b/c", "( www.example.org ) ftp://a.b/c")]
    [InlineData("mail first.last+x@mail.example.org, please", "mail first.last+x@mail.example.org , please")]
    [InlineData("@someone loves #cats a@b", "@someone loves #cats a @b")]
    // other scripts
    [InlineData("\u4E2D\u6587\u597D ok", "\u4E2D \u6587 \u597D ok")]
    [InlineData("Stra\u00DFe CAF\u00C9 e\u0301t\u00E9", "stra\u00DFe caf\u00E9 e\u0301t\u00E9")]
    [InlineData("\u041F\u0440\u0438\u0432\u0435\u0442!", "\u043F\u0440\u0438\u0432\u0435\u0442 !")]
    [InlineData("co\u00ADoperate \uFEFFok\u200Bok", "cooperate ok ok")]
    // emoji: one of more code points, with a skin tone, a family, a flag, a heart with a style selector
    [InlineData("fun\U0001F600\U0001F600", "fun \U0001F600 \U0001F600")]
    [InlineData("\U0001F44D\U0001F3FD ok", "\U0001F44D\U0001F3FD ok")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467!", "\U0001F468\u200D\U0001F469\u200D\U0001F467 !")]
    [InlineData("\U0001F1E9\U0001F1EA\u2764\uFE0F", "\U0001F1E9\U0001F1EA \u2764")]
    // nothing to say
    [InlineData("", "")]
    [InlineData(" \t\r\n\u00A0", "")]
    public void Tokenize_Words_GivesTheseTokens(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', s_words.Tokenize(text)));

    [Fact]
    public void Tokenize_LoneSurrogate_BecomesReplacementCharacter()
    {
        Assert.Equal(["a", "\uFFFD", "b", "\uFFFD"], s_words.Tokenize("a\uD800b\uDC00"));
        var characters = new Tokenizer(new TokenizerOptions { Unit = TokenUnit.Character });
        Assert.Equal(["\uFFFD", "x"], characters.Tokenize("\uDC00X"));
    }

    [Fact]
    public void Tokenize_Characters_GivesScalarValues()
    {
        var characters = new Tokenizer(new TokenizerOptions { Unit = TokenUnit.Character });
        Assert.Equal(["\u00E9", " ", "<", "b", ">", "\U0001F600"], characters.Tokenize("\u00C9 <B>\U0001F600"));
    }

    [Fact]
    public void Tokenize_CapitalsKept_ChangesNoLetter()
    {
        var capitals = new Tokenizer(new TokenizerOptions { Lowercase = false });
        Assert.Equal(["DO", "N'T", "See", "\U00010400"], capitals.Tokenize("DON'T See \U00010400"));
        Assert.Equal(["\U00010428", "i"], s_words.Tokenize("\U00010400 \u0130"));
    }

    [Fact]
    public void Tokenize_AnyString_TokensAreWholeAndCutTheSameAgain()
    {
        // Characters that mean something to the scanner, among any others.
        const string special = "aTn's.,:;!?-_*/\\()<>@#&=^`8x3 \t\u2019\u4E2D\u200D\uD83D\uDE00\u0301";
        Gen<char> characters = Gen.OneOf(Gen.Int[0, special.Length - 1].Select(i => special[i]), Gen.Char);
        Gen.String[characters, 0, 40].Sample(text =>
        {
            List<string> tokens = s_words.Tokenize(text);
            Assert.DoesNotContain(tokens, token => token.Length == 0 || token.Contains(' ') || HasLoneSurrogate(token));
            Assert.Equal(tokens, s_words.Tokenize(text)); // from the cache of strings
            var upper = new Tokenizer(new TokenizerOptions { Unit = TokenUnit.Character, Lowercase = false });
            Assert.Equal(text.EnumerateRunes().Select(rune => rune.ToString()), upper.Tokenize(text));
        }, iter: 20_000);
    }

    [Fact]
    public void Tokenize_OrdinaryTextAlreadyCut_GivesTheSameTokens()
    {
        string[] parts =
        [
            "don't", "It's", "well-made", "10/10", ":-)", "wait...", "what?!", "(no)", "u.s.", "'70s", "o'clock", "www.a.org/b",
            "x@y.org", "\u4E2D\u6587", "\U0001F44D\U0001F3FD", "<unk>", "\u201Cgood\u201D", "n't", "3.5", "***", "and/or",
            "students'",
        ];
        Gen.Int[0, parts.Length - 1].Select(i => parts[i]).List[0, 12].Sample(chosen =>
        {
            List<string> tokens = s_words.Tokenize(string.Join(' ', chosen));
            Assert.Equal(tokens, s_words.Tokenize(string.Join(' ', tokens)));
        }, iter: 5_000);
    }

    [Theory]
    [InlineData("a.")]
    [InlineData("a'")]
    [InlineData("<b ")]
    [InlineData("a@")]
    [InlineData("'a")]
    [InlineData("http://")]
    [InlineData("a\u0301-")]
    [InlineData("&lt")]
    public void Tokenize_MillionCharactersOfOnePattern_Ends(string pattern)
    {
        // Time linear in the length: were it quadratic this would run for hours.
        string text = string.Concat(Enumerable.Repeat(pattern, 1_000_000 / pattern.Length)) + "@";
        Assert.NotEmpty(s_words.Tokenize(text));
    }

    [Fact]
    public void Encode_Text_GivesTheNumbersOfItsTokens()
    {
        var vocabulary = new Vocabulary(["<unk>", "do", "n't", "like"]);
        var indices = new List<int> { 7 };
        s_words.Encode("Don't like THIS", vocabulary, indices);
        Assert.Equal([7, 1, 2, 3, 0], indices);
    }

    [Fact]
    public void Encode_WarmedUp_AllocatesNothing()
    {
        var vocabulary = new Vocabulary(["<unk>", "do", "n't"]);
        var indices = new List<int>(100);
        const string text = "I don't think so, said <b>Tom</b>: 10/10 :)";
        s_words.Encode(text, vocabulary, indices);
        Assert.Equal(0, Allocation.LeastOnThisThread(() => s_words.Encode(text, vocabulary, indices)));
    }

    private static bool HasLoneSurrogate(string text) =>
        text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD) && !text.Contains('\uFFFD');

    /// <summary>The digests are those of the scanner that took every character by itself.</summary>
    [Theory]
    [InlineData(true, "72b72fc147176c372a8fe215b82fad9a15b27c7d0b7ea64691555910c6b2ab28")]
    [InlineData(false, "dde173867e2f88ddde4e1f0b48f0ccafd05750fdf13d7042c16ce84801db3694")]
    public void Tokenize_MixturesOfAllThatHasARule_GivesTheTokensItAlwaysGave(bool lowercase, string digest)
    {
        string[] pieces =
        [
            "a", "b", "t", "s", "d", "p", "x", "X", "w", "n", "W", "www", "http", "ll", "re", "don", "U", "S", "u", "xd", "8",
            "3", "1",
            "0", " ", " ", " ", " ", ".", ".", ",", "'", "`", "-", "_", "@", "/", ":", "//", ";", "!", "?", ")", "(", "<", "</",
            "b>",
            "<br>", "&amp;", "&", "\t", "\n", "*", "=", "~", "#", "$", "^", "\u00E9", "\u00C9", "\u0130", "\u00DF", "\u03A3",
            "\u0301", "\u200D", "\u200B", "\u2019", "\u00B4", "\u201C", "\u2010", "\u00AD", "\u65E5", "\u3093", "\u0E01",
            "\U0001F600", "\uD800", "\uDC00", "\u2026", " ",
        ];
        var tokenizer = new Tokenizer(new TokenizerOptions { Lowercase = lowercase });
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int drawn = 0;
        for (int i = 0; i < 200_000; i++)
        {
            var text = new StringBuilder();
            int count = (int)(Next() % 16);
            for (int k = 0; k < count; k++) text.Append(pieces[Next() % (ulong)pieces.Length]);
            foreach (string token in tokenizer.Tokenize(text.ToString()))
            {
                hash.AppendData(MemoryMarshal.AsBytes((token + "\n").AsSpan()));
            }
        }

        Assert.Equal(digest, Convert.ToHexStringLower(hash.GetHashAndReset()));

        ulong Next() => SplitMix64.Hash(1, drawn++);
    }
}
