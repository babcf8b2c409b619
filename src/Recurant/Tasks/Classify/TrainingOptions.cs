namespace Recurant.Tasks;

/// <summary>
/// How a classifier is trained. Every property may be left out; some defaults follow the amount of data, and docs/training.md
/// says how. All defaults together are meant to be good enough that nobody needs an option.
/// </summary>
public sealed record TrainingOptions : LearningOptions
{
    /// <summary>The kind of model. Default: recurrent.</summary>
    public ModelKind Model { get; init; } = ModelKind.Recurrent;

    /// <summary>Whether the text is read from both ends. Default: yes.</summary>
    public bool? Bidirectional { get; init; }

    /// <summary>What the tokens are. Default: words.</summary>
    public TokenUnit Unit { get; init; } = TokenUnit.Word;

    /// <summary>Whether capitals are read as small letters. Default: yes.</summary>
    public bool Lowercase { get; init; } = true;

    /// <summary>Longer texts keep this many tokens, half from each end. Default: 400 words or 2,000 characters.</summary>
    public int? MaximumTokens { get; init; }

    /// <summary>
    /// Whether words and pairs of neighbours are also connected to the output directly, past the recurrent layers. Null: yes
    /// for a recurrent model of words.
    /// </summary>
    public bool? Direct { get; init; }

    /// <summary>How the outputs of all steps become one vector. Default: max.</summary>
    public Pooling? Pooling { get; init; }

    /// <summary>
    /// Whether the recurrent layers keep only the states before every segment of sqrt(T) steps and compute the others a second
    /// time in the backward pass: memory grows with the root of the length of the texts instead of the length, and a step takes
    /// about 4/3 of the time. For a recurrent network in one direction whose pooling is last, mean or max; other kinds of model
    /// ignore it. It is one of the options that fix the bits: sums over time are added in another order. Not to be confused
    /// with <see cref="LearningOptions.Checkpoint"/>, which keeps a run on disk. Default: no.
    /// </summary>
    public bool Recompute { get; init; }

    /// <summary>
    /// The width of each direction of a layer that reads the characters of every word, its capitals included; its last states
    /// stand beside the word's vector, so that a word that was never seen is more than unknown. For a recurrent model with
    /// vectors of words. 0: no such layer. Default: 0.
    /// </summary>
    public int Characters { get; init; }

    /// <summary>
    /// The number of models that are trained one after another and become one, which gives the mean of their probabilities. All
    /// learn from the same texts and are validated with the same; each starts from other weights, meets the texts in another
    /// order and has other dropouts, since its random numbers have a key of their own, made from <see
    /// cref="LearningOptions.Seed"/>
    /// (the first has that itself). When the run is cancelled or its budget is over, the models that are finished are averaged;
    /// one that is not is left out, unless it is the first. Default: 1.
    /// </summary>
    public int Models { get; init; } = 1;

    /// <summary>
    /// What word vectors and recurrent layers learn from before labels are looked at; of several models all start from there. For
    /// a recurrent network with word vectors and without <see cref="Characters"/>; others refuse it. Default: null, they
    /// start from random numbers.
    /// </summary>
    public Pretraining? Pretraining { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate() => TrainingOptionsCheck.Validate(this);
}
