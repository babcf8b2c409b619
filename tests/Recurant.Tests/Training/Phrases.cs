namespace Recurant.Tests.Training;

/// <summary>Small languages to translate between.</summary>
internal static class Phrases
{
    private static readonly string[] s_from = ["one", "two", "three", "four", "five", "six"];

    private static readonly string[] s_to = ["eins", "zwei", "drei", "vier", "fünf", "sechs"];

    /// <summary>Small and quick, with every dropout.</summary>
    public static TranslatorTrainingOptions Small { get; } = new()
    {
        Embedding = 16, Hidden = 24, Batch = 8, Epochs = 3, Subwords = 20, LearningRate = 0.01f,
        Dropout = new DropoutOptions { Word = 0.05f, Input = 0.1f, Layers = 0.1f, Output = 0.1f },
    };

    /// <summary>Wide enough that products, packing and updates are dealt out over the threads.</summary>
    public static TranslatorTrainingOptions Wide { get; } = Small with { Embedding = 96, Hidden = 128, Layers = 2, Batch = 16 };

    /// <summary>Two to five numbers in words, which the target has the other way round, with a full stop behind them.</summary>
    public static PairDataset Numbers(int count, ulong seed)
    {
        var stream = new Philox(seed, RandomPurpose.Splitting);
        var pairs = new TextPair[count];
        for (int i = 0; i < count; i++)
        {
            uint at = 10 * (uint)i;
            int[] numbers =
                [.. Enumerable.Range(1, 2 + stream.Below(at, 4)).Select(k => stream.Below(at + (uint)k, s_from.Length))];
            pairs[i] = new TextPair(
                string.Join(' ', numbers.Select(n => s_from[n])),
                string.Join(' ', numbers.Reverse().Select(n => s_to[n])) + ".", i + 1);
        }

        return new PairDataset("numbers", pairs);
    }

    /// <summary>
    /// The same with a name among the numbers of every pair; each name comes once, so that as a word it is unknown.
    /// </summary>
    public static PairDataset Names(int count, ulong seed, string prefix)
    {
        var stream = new Philox(seed, RandomPurpose.Splitting);
        TextPair[] pairs = [.. Numbers(count, seed).Pairs];
        for (int i = 0; i < count; i++)
        {
            string name = $"{prefix}{(char)('a' + i / 26 / 26)}{(char)('a' + i / 26 % 26)}{(char)('a' + i % 26)}";
            List<string> from = [.. pairs[i].Source.Split(' ')], to = [.. pairs[i].Target.TrimEnd('.').Split(' ')];
            int place = stream.Below(10 * (uint)i + 9, from.Count + 1);
            from.Insert(place, name);
            to.Insert(to.Count - place, name);
            pairs[i] = pairs[i] with { Source = string.Join(' ', from), Target = string.Join(' ', to) + "." };
        }

        return new PairDataset("names", pairs);
    }

    /// <summary>Messages with placeholders.</summary>
    public static PairDataset Messages(int count)
    {
        string[] things = ["file", "line", "name", "value"], dinge = ["Datei", "Zeile", "Name", "Wert"];
        var pairs = new TextPair[count];
        for (int i = 0; i < count; i++)
        {
            int thing = i % 4, first = i / 4 % 3, second = i / 12 % 3;
            pairs[i] = i % 2 == 0
                ? new TextPair($"The {things[thing]} {{{first}}} was not found.", $"{{{first}}}: {dinge[thing]} fehlt.", i + 1)
                : new TextPair(
                    $"{{{first}}} of {{{second}}} has no {things[thing]}.",
                    $"{dinge[thing]} von {{{second}}}, {{{first}}} fehlt.", i + 1);
        }

        return new PairDataset("messages", pairs);
    }
}
