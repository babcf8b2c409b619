using System.Globalization;

namespace Recurant.Insight;

/// <summary>What a lesson starts from: a network in double precision whose input knows the words of the sentence alone.</summary>
internal sealed record LessonNetwork
{
    private const string End = "<end>";

    public required string Text { get; init; }

    public required ReferenceSpec Spec { get; init; }

    public required ReferenceTensors Weights { get; init; }

    public required IReadOnlyList<string> Words { get; init; }

    public required int[] Tokens { get; init; }

    public required IReadOnlyList<string> Vocabulary { get; init; }

    public required int[] VocabularyNumbers { get; init; }

    /// <summary>The words of the whole model.</summary>
    public required int VocabularySize { get; init; }

    public required IReadOnlyList<string> Classes { get; init; }

    public required int[] Labels { get; init; }

    public required bool HasBias { get; init; }

    /// <summary>How the right answers were found, in a sentence.</summary>
    public required string Target { get; init; }

    public required string Summary { get; init; }

    /// <summary>Whether bV holds what direct connections add for this text, too.</summary>
    public bool HasDirect { get; init; }

    public ReferenceExample Example => new() { Tokens = Tokens, Labels = Labels };

    /// <summary>Weights of two decimals: few digits to type into a calculator.</summary>
    public static LessonNetwork Fresh(string text, LessonOptions options)
    {
        string[] words = [.. TextEncoder.MakeTokenizer(TokenUnit.Word, lowercase: true).Tokenize(text)];
        CheckLength(words.Length, text);
        string[] vocabulary = [.. words.Distinct(StringComparer.Ordinal)];
        (string[] classes, int[] labels, string target) = Answers(words, vocabulary, options);
        var recurrent = new RecurrentSpec
        {
            Cell = options.Cell, Activation = options.Activation, Form = options.Form, GruReset = options.GruReset,
            HiddenSize = options.HiddenSize,
        };
        ReferenceSpec spec = ReferenceSubject.SpecOf(
            recurrent, Pooling.Last, options.EmbeddingSize, vocabulary.Length, classes.Length);
        if (labels.Length > 1 || options.Labels.Count != 1) spec = spec with { Pooling = ReferencePooling.EveryStep };
        string cell = options.Cell == CellKind.Elman
            ? $"Elman ({options.Activation.ToString().ToLowerInvariant()})"
            : options.Cell.ToString().ToUpperInvariant();
        string input = options.EmbeddingSize == 0 ? "one-hot words" : $"word vectors of {options.EmbeddingSize} numbers";
        return new LessonNetwork
        {
            Text = text, Spec = spec,
            Weights = FreshWeights(spec, options),
            Words = words,
            Tokens = [.. words.Select(word => Array.IndexOf(vocabulary, word))],
            Vocabulary = vocabulary,
            VocabularyNumbers = [.. Enumerable.Range(0, vocabulary.Length)],
            VocabularySize = vocabulary.Length, Classes = classes, Labels = labels, HasBias = options.Bias, Target = target,
            Summary = string.Create(CultureInfo.InvariantCulture,
                $"{cell}, {options.HiddenSize} units, {input}, {classes.Length} classes; fresh weights, seed {options.Seed}"),
        };
    }

    /// <summary>The weights of a model; of tables with a row for each word, those of the sentence's words.</summary>
    public static LessonNetwork Saved(ReferenceSubject subject, LessonText text, LessonOptions options)
    {
        CheckLength(text.Numbers.Length, text.Text);
        int[] distinct = [.. text.Numbers.Distinct()];
        ReferenceSpec reduced = subject.SpecFor(distinct.Length);
        var network = new LessonNetwork
        {
            Text = text.Text, Spec = reduced,
            Weights = WeightsOf(subject, reduced, distinct),
            Words = text.Pieces.Count == text.Numbers.Length ? text.Pieces
                : [.. text.Numbers.Select(number => text.Vocabulary[number])],
            Tokens = [.. text.Numbers.Select(number => Array.IndexOf(distinct, number))],
            Vocabulary = [.. distinct.Select(number => text.Vocabulary[number])],
            VocabularyNumbers = distinct, VocabularySize = text.Vocabulary.Count, Classes = text.Labels, Labels = [0],
            HasBias = true, Target = "",
            Summary = $"{text.Summary}; the model's own weights",
            HasDirect = subject.Direct is not null,
        };
        // Of one text the direct connections give a constant: it joins the bias of the output.
        double[] bias = network.Weights["output.bias"], share = subject.DirectShares(ReferenceSubject.BatchOf([text.Numbers]))[0];
        for (int j = 0; j < bias.Length; j++) bias[j] += share[j];
        return network.WithLabel(options);
    }

    private LessonNetwork WithLabel(LessonOptions options)
    {
        if (options.Labels.Count == 0)
        {
            double[] probabilities = new ReferenceNetwork(Spec, Weights).Forward(Example).Probabilities[0];
            int best = Array.IndexOf(probabilities, probabilities.Max());
            return this with
            {
                Labels = [best], Target =
                    $"No label was given: \"{Classes[best]}\", the most probable class, is used as the expected one.",
            };
        }

        if (options.Labels.Count > 1)
        {
            throw new ArgumentException($"{options.Labels.Count} labels were given; this model has one for the whole text.");
        }

        int label = Enumerable.Range(0, Classes.Count).FirstOrDefault(i => Classes[i] == options.Labels[0], -1);
        return label >= 0
            ? this with { Labels = [label], Target = $"Right is \"{Classes[label]}\"." }
            : throw new ArgumentException(
                $"The model has no label \"{options.Labels[0]}\"; it has {string.Join(", ", Classes.Select(c => $"\"{c}\""))}.");
    }

    private static (string[] Classes, int[] Labels, string Target) Answers(
        string[] words, string[] vocabulary, LessonOptions options)
    {
        if (options.Labels.Count == 0)
        {
            string[] next = [.. vocabulary, End];
            int[] answers = [.. words.Skip(1).Append(End).Select(word => Array.IndexOf(next, word))];
            return (next, answers, $"Many to many: right after each word is the next one, after the last {End}.");
        }

        if (options.Labels.Count != 1 && options.Labels.Count != words.Length)
        {
            throw new ArgumentException(
                $"{options.Labels.Count} labels for a sentence of {words.Length} words: give one for the sentence or one a "
                    + $"word.");
        }

        string[] classes = [.. options.Classes.Count > 0 ? options.Classes : options.Labels.Distinct(StringComparer.Ordinal)];
        if (options.Classes.Count == 0 && classes.Length == 1)
        {
            classes = classes[0] switch
            {
                "negative" or "positive" => ["negative", "positive"],
                string only => ["not " + only, only],
            };
        }

        if (classes.Length < 2) throw new ArgumentException("Classes: at least 2 are needed.");
        int[] labels = [.. options.Labels.Select(label => Array.IndexOf(classes, label))];
        int unknown = Array.IndexOf(labels, -1);
        if (unknown >= 0)
        {
            throw new ArgumentException(
                $"The label \"{options.Labels[unknown]}\" is not one of the classes {string.Join(", ", classes)}.");
        }

        return (classes, labels, labels.Length == 1
            ? $"Many to one: right for the whole sentence is \"{options.Labels[0]}\"."
            : "Many to many: each word has its own label.");
    }

    private static ReferenceTensors FreshWeights(ReferenceSpec spec, LessonOptions options)
    {
        var weights = new ReferenceTensors();
        uint ordinal = 0;
        foreach (ReferenceShape shape in spec.Shapes())
        {
            var values = new float[shape.Count];
            float bound = shape.Name.StartsWith("embedding", StringComparison.Ordinal) ? 1 : 1 / MathF.Sqrt(spec.HiddenSize);
            if (options.Bias || shape.Columns > 0)
            {
                new Philox(options.Seed, RandomPurpose.Initialisation, part: ordinal).FillUniform(values, -bound, bound);
            }

            for (int i = 0; i < values.Length; i++) values[i] = MathF.Round(values[i], 2);
            weights.Set(shape.Name, values);
            ordinal++;
        }

        return weights;
    }

    private static ReferenceTensors WeightsOf(ReferenceSubject subject, ReferenceSpec spec, int[] words)
    {
        var weights = new ReferenceTensors();
        Dictionary<string, Parameter> parameters = subject.Parameters.ToDictionary(parameter => parameter.Name);
        foreach (ReferenceShape shape in spec.Shapes())
        {
            Parameter parameter = parameters[shape.Name];
            int columns = Math.Max(1, shape.Columns);
            int fileColumns = parameter.IsStoredTransposed ? parameter.Shape[0] : parameter.Count / parameter.Shape[0];
            bool rowsAreWords = shape.Name == "embedding.weight";
            bool columnsAreWords =
                spec.Input == ReferenceInput.OneHot && shape.Name.StartsWith("weight_ih_l0", StringComparison.Ordinal);
            var values = new float[shape.Count];
            for (int i = 0; i < values.Length; i++)
            {
                int row = i / columns, column = i % columns;
                if (rowsAreWords) row = words[row];
                if (columnsAreWords) column = words[column];
                values[i] = parameter.Value[ReferenceSubject.PlaceOf(parameter, row * fileColumns + column)];
            }

            weights.Set(shape.Name, values);
        }

        return weights;
    }

    private static void CheckLength(int words, string text)
    {
        if (words == 0) throw new ArgumentException($"\"{text}\" has no words.");
        if (words > LessonOptions.MostWords)
        {
            throw new ArgumentException(
                $"The text has {words} words; a lesson shows at most {LessonOptions.MostWords}. Give one sentence of it.");
        }
    }
}

/// <summary>A text as a saved model reads it.</summary>
/// <param name="Text">The text.</param>
/// <param name="Numbers">The numbers of its words.</param>
/// <param name="Pieces">Its words as they are written; where they are not as many as numbers, the vocabulary's are shown.</param>
/// <param name="Vocabulary">The model's words.</param>
/// <param name="Labels">The model's labels.</param>
/// <param name="Summary">The model in one line.</param>
internal sealed record LessonText(
    string Text, int[] Numbers, IReadOnlyList<string> Pieces, Vocabulary Vocabulary, IReadOnlyList<string> Labels,
    string Summary);
