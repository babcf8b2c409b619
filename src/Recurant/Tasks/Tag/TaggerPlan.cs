using System.Text.Json.Serialization;

namespace Recurant.Tasks;

/// <summary>
/// The options of a tagger with nothing left open: what the user did not decide is decided here from the data. The rules are
/// explained in docs/tagging.md, with the experiments behind them.
/// </summary>
internal sealed record TaggerPlan : LearningPlan
{
    /// <summary>Below so many words a data set is small.</summary>
    private const long SmallData = 100_000;

    /// <summary>
    /// About so many steps are enough; of little data there are at least so many, but no more passes than
    /// <see cref="MostEpochs"/>.
    /// </summary>
    private const int GoodSteps = 4000, FewestSteps = 1500, MostEpochs = 200;

    public TaggerPlan()
    {
    }

    private TaggerPlan(LearningOptions options, LearningDefaults defaults)
        : base(options, defaults)
    {
    }

    [JsonIgnore]
    public required TaggerTrainingOptions Options { get; init; }

    public required TaggerSpec Spec { get; init; }

    /// <summary>Decides everything.</summary>
    /// <param name="options">What the user decided.</param>
    /// <param name="sentences">The number of training sentences.</param>
    /// <param name="words">The number of their words.</param>
    /// <param name="tags">The tags.</param>
    /// <param name="vocabulary">The number of words known.</param>
    /// <param name="characters">The number of characters known.</param>
    /// <param name="keepsRules">Whether the training sentences obey the rules of their tags.</param>
    public static TaggerPlan For(
        TaggerTrainingOptions options, int sentences, long words, IReadOnlyList<string> tags, int vocabulary, int characters,
        bool keepsRules)
    {
        bool small = words < SmallData, spans = TagSpan.AreMarkedBy(tags);
        int batch = options.Batch ?? (sentences < 5000 ? 16 : 32), steps = Math.Max(1, sentences / batch);
        bool field = options.RandomField ?? (spans && options.LabelSmoothing is not > 0);
        CellKind cell = options.Cell ?? CellKind.Lstm;
        var defaults = new LearningDefaults
        {
            LearningRate = 3e-3f,
            WeightDecay = 0.01f,
            Dropout = new DropoutPlan
            {
                Word = 0.5f, Input = 0.3f, Layers = 0.3f, Recurrent = small
                    && CellCatalogue.Of(cell).HasHiddenProduct ? 0.3f : 0f,
                Output = 0.4f,
            },
            Batch = batch,
            Epochs = Math.Max(Math.Clamp(GoodSteps / steps, 6, 30), Math.Min(FewestSteps / steps, MostEpochs)),
            Patience = Math.Max(6, 300 / steps),
        };
        // Words have their own dropout, by how often they were seen.
        return new TaggerPlan(options with { Dropout = options.Dropout with { Embedding = 0 } }, defaults)
        {
            Options = options,
            Spec = new TaggerSpec
            {
                VocabularySize = vocabulary,
                Tags = tags.Count,
                Lowercase = options.Lowercase,
                EmbeddingSize = options.Vectors?.Dimension ?? options.Embedding ?? 100,
                CharacterVocabularySize = characters,
                CharacterSize = options.Characters ?? 64,
                Recurrent = options.Recurrent(hidden: 200, layers: small ? 1 : 2, bidirectional: true),
                RandomField = field,
                Constrained = spans && keepsRules,
            },
        };
    }
}
