using System.Text;

namespace Recurant.Tests.Data;

/// <summary>The table of small letters is what .NET 10 does without ICU, and what the tests' process does: it has none.</summary>
public class LetterCaseTests
{
    /// <summary>
    /// The table is that of one version of Unicode and stays so, or models would read other words with the next .NET; so it is
    /// compared with the version of .NET that has the same.
    /// </summary>
    [Fact]
    public void ToLower_EveryCharacter_IsAsInDotNetWithoutIcu()
    {
        Assert.SkipUnless(Environment.Version.Major == 10, "Another version of .NET may have another version of Unicode.");
        Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out bool isInvariant) && isInvariant);
        int capitals = 0;
        for (int value = 0; value <= 0x10FFFF; value++)
        {
            if (!Rune.IsValid(value)) continue;
            var rune = new Rune(value);
            string text = rune.ToString();
            Assert.Equal(Rune.ToLowerInvariant(rune), LetterCase.ToLower(rune));
            Assert.Equal(text.ToLowerInvariant(), LetterCase.ToLower(text));
            if (value < 0x10000) Assert.Equal(char.ToLowerInvariant((char)value), LetterCase.ToLower((char)value));
            if (LetterCase.ToLower(rune) != rune) capitals++;
        }

        Assert.Equal(1459, capitals);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("already small, 1 – ß", "already small, 1 – ß")]
    [InlineData("ABC ÄÖÜ ΑΣ ДЖ", "abc äöü ας дж")]
    [InlineData("I\u0130\u0131i", "i\u0130\u0131i")]
    [InlineData("\U00010400\U00010D50x", "\U00010428\U00010D70x")]
    [InlineData("\uA7CB\uA7CC\uA7DA\uA7DC\u1C89", "\u0264\uA7CD\uA7DB\u019B\u1C8A")]
    [InlineData("\uD801A\uDC00\uD801", "\uD801a\uDC00\uD801")]
    public void ToLower_Text_GivesThis(string text, string expected)
    {
        // The last sigma of a word is no simple mapping: all are alike.
        Assert.Equal(expected.Replace('ς', 'σ'), LetterCase.ToLower(text));
        if (text == expected) Assert.Same(text, LetterCase.ToLower(text));
    }
}
