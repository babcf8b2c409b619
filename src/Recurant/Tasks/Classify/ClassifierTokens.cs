namespace Recurant.Tasks;

/// <summary>The words or characters of a classifier.</summary>
internal sealed class ClassifierTokens(ClassifierModel model) : TextTokens
{
    private readonly Tokenizer _tokenizer = model.Encoder.Tokenizer;

    /// <summary>Where characters of words are read, the tokens keep their capitals and are looked up without.</summary>
    private readonly bool _lowercase = model.Spec is { Lowercase: true, CharacterSize: > 0 };

    public override int Count => model.Vocabulary.Count;

    public override string Normalise(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _tokenizer.Clean(text);
    }

    private protected override string NameOf(int number) => model.Vocabulary[number];

    private protected override List<TextToken> CutNormalised(string text)
    {
        var tokens = new List<TextToken>();
        var sink = new PlaceSink(model.Vocabulary, _lowercase, offset: 0, tokens);
        _tokenizer.ScanClean(TextCleaner.WithoutLoneSurrogates(text), ref sink);
        return tokens;
    }

    private protected override string Join(int[] numbers) => string.Join(
        model.Spec.Unit == TokenUnit.Word ? " " : "", numbers.Select(number => model.Vocabulary[number]));
}
