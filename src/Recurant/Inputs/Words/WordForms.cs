using System.Text;

namespace Recurant.Inputs;

/// <summary>
/// The distinct words of some texts as they are written, each with all that a network reads of it: its number in the
/// vocabulary, its shape and its characters. A sentence is then a list of numbers of forms.
/// </summary>
/// <param name="vocabulary">The words known.</param>
/// <param name="characters">The characters known.</param>
/// <param name="lowercase">Whether words are looked up in small letters.</param>
/// <param name="maximumCharacters">Of longer words so many characters are kept.</param>
/// <param name="counts">While training, how often each word of the vocabulary was seen; words beyond the list never.</param>
internal sealed class WordForms(
    Vocabulary vocabulary, Vocabulary characters, bool lowercase, int maximumCharacters, IReadOnlyList<int>? counts = null)
{
    /// <summary>Characters that occur less often are read as unknown.</summary>
    private const int RarestCharacter = 3, MostCharacters = 5000;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly List<int> _words = [], _shapes = [];
    private readonly List<int[]> _characters = [];

    /// <summary>The number of forms.</summary>
    public int Count => _words.Count;

    /// <summary>The characters of every form.</summary>
    public IReadOnlyList<int[]> Characters => _characters;

    /// <summary>The vocabulary's number of a form.</summary>
    public int WordOf(int form) => _words[form];

    /// <summary>The shape of a form.</summary>
    public int ShapeOf(int form) => _shapes[form];

    /// <summary>Every form as it is written, in the order of their numbers.</summary>
    public string[] Spellings()
    {
        var spellings = new string[Count];
        foreach ((string word, int number) in _numbers) spellings[number] = word;
        return spellings;
    }

    /// <summary>How often a form's word was seen in training; 0 for an unknown word, and where no counts were given.</summary>
    public int TimesSeen(int form) =>
        _words[form] is var word && word != Vocabulary.Unknown && word < counts?.Count ? counts[word] : 0;

    /// <summary>The form under which words are looked up.</summary>
    public static string Normalise(string word, bool lowercase) => lowercase ? LetterCase.ToLower(word) : word;

    /// <summary>The same of all words of a text.</summary>
    public static List<string> Normalise(IEnumerable<string> words, bool lowercase) =>
        [.. words.Select(word => Normalise(word, lowercase))];

    /// <summary>The numbers of a sentence's words; forms that are new are added.</summary>
    public int[] Encode(IReadOnlyList<string> words)
    {
        var forms = new int[words.Count];
        for (int t = 0; t < forms.Length; t++)
        {
            if (!_numbers.TryGetValue(words[t], out forms[t])) forms[t] = Add(words[t]);
        }

        return forms;
    }

    /// <summary>The characters worth knowing of texts, each a list of words as they are written.</summary>
    public static Vocabulary CharactersOf(IEnumerable<IEnumerable<string>> texts) => Vocabulary.Build(
        texts.Select(words => words.SelectMany(CharactersOf).ToList()), RarestCharacter, MostCharacters);

    /// <summary>The characters of a word, one string each; a lone surrogate counts as U+FFFD.</summary>
    public static List<string> CharactersOf(string word)
    {
        var characters = new List<string>(word.Length);
        foreach (Rune rune in word.EnumerateRunes()) characters.Add(rune.ToString());
        return characters;
    }

    private int Add(string word)
    {
        int number = _words.Count;
        _numbers.Add(word, number);
        _words.Add(vocabulary.IndexOf(Normalise(word, lowercase)));
        _shapes.Add((int)WordShapes.Of(word));
        _characters.Add(Spell(word));
        return number;
    }

    /// <summary>Of a long word half from each end; an empty word counts as one unknown character.</summary>
    private int[] Spell(string word)
    {
        List<string> spelt = CharactersOf(word);
        if (spelt.Count > maximumCharacters)
        {
            int head = maximumCharacters / 2;
            spelt.RemoveRange(head, spelt.Count - maximumCharacters);
        }

        if (spelt.Count == 0) return [Vocabulary.Unknown];
        var numbers = new int[spelt.Count];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = characters.IndexOf(spelt[i]);
        return numbers;
    }
}
