using System.Text;

namespace Recurant.Tasks;

/// <summary>Transcripts as the symbols of a model, and back.</summary>
internal sealed class SpeechTexts
{
    /// <summary>The blank comes first.</summary>
    public const int Blank = 0;

    private readonly IReadOnlyList<string> _symbols;
    private readonly TokenUnit _unit;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    public SpeechTexts(SpeechModel model)
    {
        (_symbols, _unit) = (model.Symbols, model.Spec.Unit);
        for (int i = 0; i < _symbols.Count; i++) _numbers[_symbols[i]] = i + 1;
    }

    /// <summary>The symbols of texts, in the order of their code points.</summary>
    public static string[] SymbolsOf(IEnumerable<string> texts, TokenUnit unit) =>
        [.. texts.SelectMany(text => Split(text, unit)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>The classes of a text; null if it has a symbol that the model does not know.</summary>
    public int[]? Classes(string text)
    {
        string[] symbols = Split(text, _unit);
        var classes = new int[symbols.Length];
        for (int i = 0; i < classes.Length; i++)
        {
            if (!_numbers.TryGetValue(symbols[i], out classes[i])) return null;
        }

        return classes;
    }

    /// <summary>The symbols that the model does not know, each with how often it occurs, the most frequent first.</summary>
    public IReadOnlyList<(string Symbol, int Count)> Unknown(IEnumerable<string> texts) =>
    [
        .. texts.SelectMany(text => Split(text, _unit)).Where(symbol => !_numbers.ContainsKey(symbol))
            .GroupBy(symbol => symbol, StringComparer.Ordinal).Select(group => (group.Key, group.Count()))
            .OrderByDescending(unknown => unknown.Item2).ThenBy(unknown => unknown.Key, StringComparer.Ordinal),
    ];

    /// <summary>The text of classes: words, or characters that make such.</summary>
    public string Text(IEnumerable<int> classes)
    {
        string text = string.Join(_unit == TokenUnit.Word ? " " : "", classes.Select(k => _symbols[k - 1]));
        return string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>The words of symbols that were heard, and when: from the first step of a word to its last.</summary>
    public IReadOnlyList<SpokenWord> Words(IReadOnlyList<CtcSymbol> symbols, double stepSeconds, double seconds)
    {
        var words = new List<SpokenWord>();
        var word = new StringBuilder();
        int start = 0, end = 0;
        foreach (CtcSymbol symbol in symbols)
        {
            string text = _symbols[symbol.Label - 1];
            if (_unit == TokenUnit.Word || text == " ") Finish();
            if (text == " ") continue;
            if (word.Length == 0) start = symbol.Start;
            word.Append(text);
            end = symbol.End;
        }

        Finish();
        return words;

        void Finish()
        {
            if (word.Length == 0) return;
            words.Add(new SpokenWord(
                word.ToString(), Math.Min(seconds, start * stepSeconds), Math.Min(seconds, end * stepSeconds)));
            word.Clear();
        }
    }

    public static string[] Split(string text, TokenUnit unit) => unit == TokenUnit.Word
        ? text.Split(' ', StringSplitOptions.RemoveEmptyEntries) : [.. text.EnumerateRunes().Select(rune => rune.ToString())];
}
