namespace Recurant.Tasks;

/// <summary>Pretrained word vectors in a vocabulary and in a table.</summary>
internal static class VectorWords
{
    /// <summary>
    /// Words of the vectors' file are worth knowing even if the training texts lack them: a text to come may not. They are
    /// added in the file's order, most frequent first as a rule, up to the largest vocabulary allowed.
    /// </summary>
    public static Vocabulary Add(Vocabulary vocabulary, WordVectors vectors, int maximum)
    {
        var words = new List<string>(vocabulary.Words);
        var known = new HashSet<string>(words, StringComparer.Ordinal);
        foreach (string word in vectors.Words)
        {
            if (words.Count >= maximum) break;
            if (known.Add(word)) words.Add(word);
        }

        return new Vocabulary(words);
    }

    /// <summary>Writes the vectors that there are into the table [V, E]; returns how many.</summary>
    public static int Use(Parameter table, Vocabulary vocabulary, WordVectors vectors, bool freeze)
    {
        int found = 0;
        for (int word = 1; word < vocabulary.Count; word++)
        {
            if (vectors.TryGet(vocabulary[word], table.Value.Slice(word * vectors.Dimension, vectors.Dimension))) found++;
        }

        table.IsTrainable = !freeze;
        table.MarkChanged();
        return found;
    }
}
