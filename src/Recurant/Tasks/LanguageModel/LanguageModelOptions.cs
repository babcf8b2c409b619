namespace Recurant.Tasks;

/// <summary>
/// How a language model is trained. What <see cref="LearningOptions"/> says of defaults holds with these exceptions: hidden 200
/// for words and subwords, 256 for characters; layers 2; batch 20 for words, 32 for characters; epochs 40 for words and 20 for
/// characters; learning rate 0.003 (AdamW) or 1 (SGD, with the schedule plateau); dropout 0.4 of input, layers and output for
/// words, 0.2 for characters; the word vectors as wide as the layers.
/// </summary>
public sealed record LanguageModelOptions : LearningOptions
{
    /// <summary>What the tokens are. Null: words if they stand apart from punctuation, else characters.</summary>
    public TokenUnit? Unit { get; init; }

    /// <summary>
    /// The pairs of pieces that are joined to subwords, where the tokens are those. Null: one for 500 characters of the text, 300
    /// to 8,000.
    /// </summary>
    public int? Subwords { get; init; }

    /// <summary>Whether capitals are read as small letters. Default: no.</summary>
    public bool Lowercase { get; init; }

    /// <summary>
    /// Steps of a window: so far does the gradient go back through time (Williams and Peng 1990), while the states are carried
    /// on. Default: 35 words or 100 characters.
    /// </summary>
    public int? Window { get; init; }

    /// <summary>Whether the output layer's weights are the tokens' vectors. Null: yes for words.</summary>
    public bool? Tied { get; init; }

    /// <summary>
    /// The words that are drawn for each step of training, against which the right ones are learnt instead of against all
    /// (sampled softmax); 0 for all words. Validation and tests always take all. Null: 8,192 if there are 100,000 words or more,
    /// else 0.
    /// </summary>
    public int? Samples { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate() => TrainingOptionsCheck.Validate(this);
}
