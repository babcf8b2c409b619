namespace Recurant.Insight;

/// <summary>
/// What a lesson computes with. The network's shape counts for fresh weights only: a saved model brings its own.
/// </summary>
public sealed record LessonOptions : InsightRecord
{
    /// <summary>The recurrent cell: Elman's, the LSTM or the GRU. Default: Elman.</summary>
    public CellKind Cell { get; init; } = CellKind.Elman;

    /// <summary>The activation of an Elman cell. Default: tanh.</summary>
    public Activation Activation { get; init; } = Activation.Tanh;

    /// <summary>Which of the chapter's two forms an Elman cell takes. Default: hidden.</summary>
    public ElmanForm Form { get; init; } = ElmanForm.Hidden;

    /// <summary>Where a GRU applies its reset gate. Default: inside.</summary>
    public GruReset GruReset { get; init; } = GruReset.Inside;

    /// <summary>H, the number of units; 1 to 64. Default: 3.</summary>
    public int HiddenSize { get; init; } = 3;

    /// <summary>E, the width of the word vectors, 0 to 64; 0 for one-hot vectors. Default: 0.</summary>
    public int EmbeddingSize { get; init; }

    /// <summary>Whether there are biases; the chapter's equations have none. Default: no.</summary>
    public bool Bias { get; init; }

    /// <summary>The key of the random numbers of fresh weights: same seed, same weights. Default: 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// The right answers. None: at each word the next word is right (many to many), or with a model the class it finds most
    /// probable. One: the label of the sentence (many to one). As many as words: a label for each (many to many). Default: none.
    /// </summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>
    /// The classes of fresh weights, in order. None: those of <see cref="Labels"/>, to which another is added where it is
    /// alone. Default: none.
    /// </summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>eta, how far the step goes against the gradient; more than 0. Default: 0.5.</summary>
    public double LearningRate { get; init; } = 0.5;

    /// <summary>
    /// How many units, terms, rows and columns are shown of a size above <see cref="ShownWhole"/>; the sums count all. At least
    /// 1. Default: 3.
    /// </summary>
    public int UnitsShown { get; init; } = 3;

    /// <summary>12: sizes up to this are shown whole.</summary>
    public const int ShownWhole = 12;

    /// <summary>64: the most words of a lesson; its length grows with their square.</summary>
    public const int MostWords = 64;

    internal int Shown(int size) => size <= ShownWhole ? size : Math.Min(size, UnitsShown);

    internal void Validate()
    {
        Require(Cell is CellKind.Elman or CellKind.Lstm or CellKind.Gru, Cell, "Elman, Lstm or Gru", isNamed: true);
        Require(HiddenSize is >= 1 and <= 64, HiddenSize, "1 to 64", isNamed: true);
        Require(EmbeddingSize is >= 0 and <= 64, EmbeddingSize, "0 (one-hot) to 64", isNamed: true);
        Require(LearningRate > 0 && double.IsFinite(LearningRate), LearningRate, "above 0", isNamed: true);
        Require(UnitsShown >= 1, UnitsShown, "at least 1", isNamed: true);
    }
}
