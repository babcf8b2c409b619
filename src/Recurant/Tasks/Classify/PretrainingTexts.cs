namespace Recurant.Tasks;

/// <summary>
/// The texts of pre-training: those without labels and the run's own training texts, each once, without those that serve for
/// validation. A text's words are those the classifier would read.
/// </summary>
internal sealed class PretrainingTexts
{
    private const int FewestTokens = 200, EveryWhichIsHeld = 20, MostHeldTokens = 100_000;

    private readonly string _name;
    private readonly List<List<string>> _documents = [];

    private PretrainingTexts(string name) => _name = name;

    /// <summary>The words of each text.</summary>
    public IReadOnlyList<List<string>> Documents => _documents;

    /// <summary>The words of all.</summary>
    public long Tokens { get; private set; }

    /// <param name="unlabelled">The texts without labels.</param>
    /// <param name="train">The run's own training texts.</param>
    /// <param name="trainDocuments">Their words.</param>
    /// <param name="validation">The texts to leave out.</param>
    /// <param name="tokenizer">The classifier's.</param>
    /// <exception cref="InvalidDataException">There is too little text.</exception>
    public static PretrainingTexts Of(
        PlainText unlabelled, TextDataset train, IReadOnlyList<List<string>> trainDocuments, TextDataset validation,
        Tokenizer tokenizer)
    {
        var texts = new PretrainingTexts(unlabelled.Name);
        var seen = new HashSet<string>(validation.Examples.Select(example => example.Text), StringComparer.Ordinal);
        foreach (string line in unlabelled.Lines)
        {
            if (seen.Add(line)) texts.Add(tokenizer.Tokenize(line));
        }

        if (texts.Tokens < FewestTokens)
        {
            throw new InvalidDataException(
                $"{unlabelled.Name}: {texts.Tokens} tokens are too few to pre-train on, texts of the validation part not "
                    + $"counted; "
                + $"at least {FewestTokens} are needed, and hundreds of thousands to be of use. Give more text.");
        }

        for (int i = 0; i < train.Count; i++)
        {
            if (seen.Add(train.Examples[i].Text)) texts.Add(trainDocuments[i]);
        }

        return texts;
    }

    /// <summary>
    /// The texts joined to one row of tokens, the end mark before, between and behind them; every twentieth is held back for the
    /// scores.
    /// </summary>
    /// <param name="vocabulary">The classifier's words.</param>
    /// <param name="predicted">F, the number of words that are predicted; others are predicted as unknown.</param>
    public (TextPart Train, TextPart Held) Encode(Vocabulary vocabulary, int predicted)
    {
        List<int> train = [vocabulary.Count], held = [vocabulary.Count];
        bool whole = _documents.Count >= EveryWhichIsHeld;
        for (int i = 0; i < _documents.Count; i++)
        {
            bool isHeld = whole && i % EveryWhichIsHeld == EveryWhichIsHeld - 1 && held.Count < MostHeldTokens;
            List<int> to = isHeld ? held : train;
            foreach (string word in _documents[i]) to.Add(vocabulary.IndexOf(word));
            to.Add(vocabulary.Count);
        }

        if (!whole)
        {
            // Few and long: the end of the last.
            int first = train.Count - train.Count / EveryWhichIsHeld;
            held.AddRange(train[first..]);
            train.RemoveRange(first, train.Count - first);
        }

        return (Part(train), Part(held));

        // The end mark, the last token that is read, is the last that is predicted.
        TextPart Part(List<int> tokens) => new(
            [.. tokens],
            [.. tokens.Select(token => token == vocabulary.Count ? predicted : token < predicted ? token : Vocabulary.Unknown)],
            tokens.Count - 1);
    }

    /// <summary>The fingerprint.</summary>
    public string Fingerprint() => RunIdentity.Of(new PlainText(
        _name, [.. _documents.Select(document => string.Join('\u001f', document))]));

    private void Add(List<string> document)
    {
        if (document.Count == 0) return;
        _documents.Add(document);
        Tokens += document.Count;
    }
}
