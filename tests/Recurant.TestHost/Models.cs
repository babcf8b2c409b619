using System.Globalization;
using System.Text;

namespace Recurant.TestHost;

/// <summary>The models whose bits are compared, and the texts they learn: all made by rule, none read from anywhere.</summary>
internal static class Models
{
    private static readonly string[] s_words =
        ["the", "film", "was", "long", "slow", "cast", "plot", "and", "not", "so", "very", "old", "new", "loud", "calm", "end"];

    /// <summary>A few hundred steps of the arithmetic, small enough for a machine without vectors.</summary>
    public static IEnumerable<(string Name, LearningOptions Options)> Small(string directory)
    {
        TrainingOptions common = new()
        {
            Hidden = 11, Embedding = 9, Layers = 2, Bidirectional = true, Direct = true, MinimumCount = 1, Batch = 8, Epochs = 3,
            Patience = 100, LearningRate = 0.02f, LabelSmoothing = 0.05f, Clip = 0.5f,
            Dropout = new DropoutOptions
            {
                Word = 0.1f, Embedding = 0.1f, Input = 0.2f, Layers = 0.2f, Recurrent = 0.1f, Output = 0.3f,
            },
        };
        yield return ("lstm", common with { Cell = CellKind.Lstm, Pooling = Pooling.Attention });
        yield return ("gru", common with
        {
            Cell = CellKind.Gru, Pooling = Pooling.Max, Schedule = ScheduleKind.Cosine, Optimizer = OptimizerKind.RmsProp,
        });
        yield return ("gru-outside", common with
        {
            Cell = CellKind.Gru, GruReset = GruReset.Outside, Pooling = Pooling.Last, Embedding = 0, Bidirectional = false,
        });
        yield return ("elman", common with
        {
            Cell = CellKind.Elman, Activation = Activation.Relu, Pooling = Pooling.Mean, Optimizer = OptimizerKind.Nesterov,
            Schedule = ScheduleKind.Plateau,
        });
        TrainingOptions scan = common with { Dropout = common.Dropout with { Recurrent = null } };
        yield return ("min-gru", scan with { Cell = CellKind.MinGru, Pooling = Pooling.Max });
        yield return ("min-lstm", scan with { Cell = CellKind.MinLstm, Pooling = Pooling.Attention, Embedding = 0 });
        yield return ("sru", scan with { Cell = CellKind.Sru, Pooling = Pooling.Mean, Embedding = 11, Bidirectional = false });
        yield return ("ind-rnn", scan with { Cell = CellKind.IndRnn, Activation = Activation.Relu, Pooling = Pooling.Last });
        yield return ("lru", scan with { Cell = CellKind.Lru, Hidden = 10, Pooling = Pooling.Max, Bidirectional = false });
        yield return ("peephole-lstm", common with { Cell = CellKind.PeepholeLstm, Pooling = Pooling.Max });
        yield return ("layer-norm-lstm", common with { Cell = CellKind.LayerNormLstm, Pooling = Pooling.Mean });
        yield return (
            "projected-lstm", common with { Cell = CellKind.ProjectedLstm, Pooling = Pooling.Attention, Embedding = 0 });
        yield return ("feed-forward", common with { Model = ModelKind.FeedForward, Activation = Activation.Sigmoid });
        yield return ("bag-of-words", common with { Model = ModelKind.BagOfWords });
        yield return ("vectors", common with { Embedding = null, Vectors = Vectors(directory), Layers = 1 });
        yield return ("frozen-vectors", common with { Embedding = null, Vectors = Vectors(directory), FreezeVectors = true });
        TaggerTrainingOptions tagger = new()
        {
            Hidden = 11, Embedding = 9, Layers = 2, Characters = 7, Batch = 8, Epochs = 3, Patience = 100, LearningRate = 0.02f,
            Dropout = new DropoutOptions { Word = 0.5f, Input = 0.2f, Layers = 0.2f, Recurrent = 0.1f, Output = 0.3f },
        };
        yield return ("tagger", tagger with { RandomField = false });
        yield return ("tagger-random-field", tagger with { Cell = CellKind.Gru });
    }

    /// <summary>Wide enough that products, packing and updates are dealt out over the threads.</summary>
    public static IEnumerable<(string Name, LearningOptions Options)> Wide(string directory)
    {
        foreach ((string name, LearningOptions options) in Small(directory))
        {
            if (name is not ("lstm" or "gru" or "elman")) continue;
            yield return ($"wide-{name}", options with { Hidden = 72, Embedding = 40, Batch = 32, Epochs = 2 });
        }
    }

    /// <summary>Texts of 1 to 14 words; which of two words comes first tells the label.</summary>
    public static TextDataset Texts()
    {
        var texts = new List<(string, string)>();
        uint state = 1;
        int Next(int limit) => (int)((state = state * 1664525 + 1013904223) >> 16) % limit;
        for (int i = 0; i < 90; i++)
        {
            var words = new List<string>();
            for (int t = Next(13); t > 0; t--) words.Add(s_words[Next(s_words.Length)]);
            words.Insert(Next(words.Count + 1), i % 3 == 0 ? "good" : i % 3 == 1 ? "bad" : "dull");
            texts.Add((string.Join(' ', words), i % 3 == 0 ? "positive" : "negative"));
        }

        return TextDataset.FromPairs(texts);
    }

    /// <summary>
    /// Sentences whose words bear tags in the scheme B, I, O: behind "the" a name begins, of one word or of two.
    /// </summary>
    public static TaggedDataset Sentences()
    {
        var sentences = new List<TaggedSentence>();
        foreach (TextExample text in Texts().Examples)
        {
            string[] words = text.Text.Split(' ');
            var tags = new string[words.Length];
            for (int t = 0; t < tags.Length; t++)
            {
                bool begins = t > 0 && words[t - 1] == "the", goesOn = t > 1 && tags[t - 1] == "B-x" && words[t].Length > 3;
                tags[t] = begins ? "B-x" : goesOn ? "I-x" : "O";
            }

            sentences.Add(new TaggedSentence(words, tags));
        }

        return new TaggedDataset("made", sentences);
    }

    private static WordVectors Vectors(string directory)
    {
        var text = new StringBuilder();
        foreach (string word in (string[])["good", "bad", "film", "plot", "elsewhere"])
        {
            text.Append(word);
            for (int i = 0; i < 10; i++)
            {
                double value = (word[0] * 31 + word.Length * (i + 7)) % 97 / 97.0 - 0.5;
                text.Append(CultureInfo.InvariantCulture, $" {value:F4}");
            }

            text.Append('\n');
        }

        string path = Path.Combine(directory, "vectors.txt");
        File.WriteAllText(path, text.ToString());
        return WordVectors.Read(path);
    }
}
