using System.Text;

namespace Recurant.Tasks;

/// <summary>The words, characters or subwords of a language model, and the ends of its lines.</summary>
internal sealed class LanguageTokens(LanguageModel model) : TextTokens
{
    public override int Count => model.Vocabulary.Count;

    public override string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return model.Encoder.Normalise(text);
    }

    private protected override string NameOf(int number) => model.Vocabulary[number];

    private protected override List<TextToken> CutNormalised(string text) => model.Encoder.Cut(text);

    private protected override string Join(int[] numbers)
    {
        var text = new StringBuilder();
        var writer = new TokenWriter(model.Encoder, model.Encoder.End);
        foreach (int number in numbers) text.Append(writer.Write(number));
        return text.Append(writer.Finish()).ToString();
    }
}
