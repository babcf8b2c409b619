using System.Text.Json;

namespace Recurant.Insight;

/// <summary>
/// The chapter with real numbers: a sentence goes forward through a recurrent network and its error back, every product
/// and sum shown, and one step of gradient descent is taken.
/// <code>
/// (1) h_t = f(U x_t + W h_(t-1))          (2) y_t = softmax(V h_t)
/// (3) J_t = -sum_j y_(t,j) ln yhat_(t,j)  (4) J = (1/T) sum_t J_t, or J_T for one label
/// (5) dJ_t/dW = sum_(k&lt;=t) dJ_t/dy_t dy_t/dh_t dh_t/dh_k d+h_k/dW
/// </code>
/// All numbers are those of the equations in double precision; tests compare them with the fast code.
/// </summary>
public sealed record Lesson : InsightRecord
{
    internal Lesson()
    {
    }

    /// <summary>The sentence as it was given.</summary>
    public required string Text { get; init; }

    /// <summary>Its words as the network reads them, T of them.</summary>
    public required IReadOnlyList<string> Words { get; init; }

    /// <summary>The row of the input's table (of one-hot vectors the place of the one) of each word, from 0.</summary>
    public required IReadOnlyList<int> Tokens { get; init; }

    /// <summary>The words of that table: the distinct words of the sentence, in their first order.</summary>
    public required IReadOnlyList<string> Vocabulary { get; init; }

    /// <summary>The place of each of them in the model's vocabulary, from 0; of fresh weights 0, 1, 2 ...</summary>
    public required IReadOnlyList<int> VocabularyNumbers { get; init; }

    /// <summary>The names of the classes.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The right class of each step, or of the sentence, from 0.</summary>
    public required IReadOnlyList<int> Labels { get; init; }

    /// <summary>Whether every step has its own right answer.</summary>
    public required bool IsManyToMany { get; init; }

    /// <summary>The network in one line.</summary>
    public required string Summary { get; init; }

    /// <summary>The network: the input's table holds the words of the sentence alone.</summary>
    public required ReferenceSpec Spec { get; init; }

    /// <summary>The weights before the step.</summary>
    public required ReferenceTensors Weights { get; init; }

    /// <summary>What the network computed: inputs, states, probabilities, losses.</summary>
    public required ReferenceRun Run { get; init; }

    /// <summary>The gradients of J.</summary>
    public required ReferenceTensors Gradients { get; init; }

    /// <summary>The weights after the step.</summary>
    public required ReferenceTensors NewWeights { get; init; }

    /// <summary>What the network computes with them.</summary>
    public required ReferenceRun NewRun { get; init; }

    /// <summary>eta of the step.</summary>
    public required double LearningRate { get; init; }

    /// <summary>The letters of the chapter, and the tensors of the file.</summary>
    public required IReadOnlyList<LessonTensor> Tensors { get; init; }

    /// <summary>The pages in the order of reading.</summary>
    public required IReadOnlyList<LessonSection> Sections { get; init; }

    /// <summary>The lengths of the terms of the expanded sum.</summary>
    public required IReadOnlyList<LessonPath> Paths { get; init; }

    /// <summary>J before the step.</summary>
    public double Loss => Run.Loss;

    /// <summary>J after the step.</summary>
    public double NewLoss => NewRun.Loss;

    /// <summary>A lesson with fresh weights: numbers of two decimals, drawn evenly between -1/sqrt(H) and 1/sqrt(H).</summary>
    /// <param name="text">The sentence; 1 to 64 words.</param>
    /// <param name="options">The network, the right answers and the step; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range, or the text has no words or too many.</exception>
    public static Lesson Of(string text, LessonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        options ??= new LessonOptions();
        options.Validate();
        return LessonBuilder.Build(LessonNetwork.Fresh(text, options), options);
    }

    /// <summary>A lesson with the weights of a saved model.</summary>
    internal static Lesson Of(ReferenceSubject subject, LessonText text, LessonOptions options) =>
        LessonBuilder.Build(LessonNetwork.Saved(subject, text, options), options);

    /// <summary>Writes the lesson as one JSON object, as <c>recurant lesson --json</c> does.</summary>
    /// <param name="writer">Where to; it stands where a value may stand.</param>
    public void WriteJson(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        LessonJson.Write(writer, this);
    }
}
