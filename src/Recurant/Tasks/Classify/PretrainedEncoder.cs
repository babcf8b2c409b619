namespace Recurant.Tasks;

/// <summary>Hands vectors and layers from a language model to a classifier, or back.</summary>
internal static class PretrainedEncoder
{
    /// <summary>Copies the layers whose names and shapes are in both; returns how many tensors.</summary>
    public static int Copy(RecurrentStack from, RecurrentStack to)
    {
        int copied = 0;
        Dictionary<string, Parameter> byName = from.Parameters.ToDictionary(parameter => parameter.Name, StringComparer.Ordinal);
        foreach (Parameter parameter in to.Parameters)
        {
            if (!byName.TryGetValue(parameter.Name, out Parameter? source) || !source.Shape.SequenceEqual(parameter.Shape))
            {
                continue;
            }

            source.Value.CopyTo(parameter.Value);
            parameter.MarkChanged();
            copied++;
        }

        return copied;
    }

    /// <summary>Copies the first rows of a table [V, E] that has at least so many.</summary>
    public static void CopyRows(Parameter from, Parameter to, int rows)
    {
        from.Value[..(rows * from.Shape[1])].CopyTo(to.Value);
        to.MarkChanged();
    }

    /// <summary>
    /// The words of a language model that the classifier's tokenizer can yield, in their order, and behind them the words of its
    /// own training texts.
    /// </summary>
    public static Vocabulary Words(LanguageModel model, Vocabulary own, TrainingOptions options)
    {
        IEnumerable<string> known = model.Vocabulary.Words.Skip(1).Where(
            word => word != RunningText.EndOfLine && !(options.Lowercase && word.Any(char.IsUpper)));
        string[] words =
            [own[0], .. known.Concat(own.Words.Skip(1)).Distinct(StringComparer.Ordinal).Take(options.MaximumVocabulary - 1)];
        return new Vocabulary(words);
    }

    /// <summary>
    /// Puts a language model's vectors and layers into a classifier; returns the number of words whose vector it had.
    /// </summary>
    public static int Use(LanguageModel model, ClassifierModel classifier)
    {
        RecurrentNetwork network = classifier.Network.Recurrent!;
        Parameter table = network.Embedding!.Table;
        LanguageModelNetwork source = model.Network;
        int found = 0;
        for (int word = 0; word < classifier.Vocabulary.Count; word++)
        {
            int there = model.Vocabulary.IndexOf(classifier.Vocabulary[word]);
            if (there == Vocabulary.Unknown && word != Vocabulary.Unknown) continue;
            source.VectorOf(there).CopyTo(table.Matrix.Row(word));
            if (word != Vocabulary.Unknown) found++;
        }

        table.MarkChanged();
        Copy(source.Stack, network.Stack);
        return found;
    }
}
