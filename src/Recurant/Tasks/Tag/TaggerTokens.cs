namespace Recurant.Tasks;

/// <summary>The words of a tagger, which stand in the text as they are.</summary>
internal sealed class TaggerTokens(TaggerModel model) : TextTokens
{
    public override int Count => model.Vocabulary.Count;

    private protected override string NameOf(int number) => model.Vocabulary[number];

    private protected override List<TextToken> CutNormalised(string text)
    {
        var tokens = new List<TextToken>();
        int place = 0;
        foreach (string word in WordSplitter.Split(text))
        {
            while (char.IsWhiteSpace(text[place])) place++;
            int number = model.Vocabulary.IndexOf(WordForms.Normalise(word, model.Spec.Lowercase));
            tokens.Add(new TextToken(number, model.Vocabulary[number], place, place + word.Length));
            place += word.Length;
        }

        return tokens;
    }

    private protected override string Join(int[] numbers) =>
        string.Join(' ', numbers.Select(number => model.Vocabulary[number]));
}
