namespace Recurant.Tests.Models;

public class KeptWordsTests
{
    private const int Mark = 6;

    /// <summary>Two placeholders on both sides, in another order; a third on one side alone cannot be kept.</summary>
    [Fact]
    public void Find_SeveralPlaceholders_KeepsAllThatBothSidesHave()
    {
        var source = new WordPieces(new Vocabulary(["<unk>", "{0}", "file", "{1}", "{2}"]));
        var target = new WordPieces(new Vocabulary(["<unk>", "Datei", "{1}", "{0}", "{9}", "ist"]));
        KeptWords kept = KeptWords.Find(source, target)!;

        float[] Forbid(int[] words, params int[] said)
        {
            var hypothesis = new OpenHypothesis { Row = 0, Word = -1 };
            foreach (int word in said) hypothesis = new OpenHypothesis { Row = 0, Before = hypothesis, Word = word };
            float[] logits = new float[Mark + 1];
            kept.Forbid(words, hypothesis, logits, Mark);
            return logits;
        }

        static int[] Forbidden(float[] logits) => [.. Enumerable.Range(0, logits.Length).Where(i => logits[i] < 0)];
        Assert.Equal([Mark], Forbidden(Forbid([1, 2, 3])));              // both are still to come: no end yet
        Assert.Equal([2, Mark], Forbidden(Forbid([1, 2, 3], 2)));        // {1} has come and may not come again
        Assert.Equal([2, 3], Forbidden(Forbid([1, 2, 3], 2, 1, 3)));     // both have come
        Assert.Equal([2, 3], Forbidden(Forbid([2, 4]))); // {2} has no counterpart; the others are not in the source
        Assert.Null(KeptWords.Find(source, new WordPieces(new Vocabulary(["<unk>", "{7}"]))));
    }
}
