namespace Recurant.Models;

/// <summary>
/// A model of any task: its tensors, its layers, and what is known of its training. Any number of threads may predict with it,
/// explain it and save it while nobody trains it.
/// </summary>
public abstract class TrainedModel
{
    private protected TrainedModel()
    {
    }

    /// <summary>The task it was trained for: one of <see cref="TaskNames"/>.</summary>
    public abstract string Task { get; }

    /// <summary>
    /// The name of its specification in model files, where one task has models of several kinds. Default: the task.
    /// </summary>
    internal virtual string Format => Task;

    /// <summary>What it is, in one or two words: "classifier".</summary>
    public abstract string Noun { get; }

    /// <summary>The network in one line, for example "LSTM, 1 layer of 128 units, both directions, max pooling".</summary>
    public abstract string Summary { get; }

    /// <summary>All tensors, under PyTorch's names, in the order of the model file.</summary>
    public abstract IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The words that the numbers of its texts mean; null where there are none, or two lists of them.</summary>
    internal virtual Vocabulary? Words => null;

    /// <summary>The number of elements of all parameters.</summary>
    public int ParameterCount => Parameters.Sum(parameter => parameter.Count);

    /// <summary>What is known of the training that made the model, as one JSON object; empty for a new model.</summary>
    public string TrainingRecord { get; internal set; } = "";

    /// <summary>Sets <see cref="TrainingRecord"/>, which the model file keeps.</summary>
    /// <param name="json">One JSON object, or an empty string for none.</param>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public void SetTrainingRecord(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > 0)
        {
            try
            {
                using var document = System.Text.Json.JsonDocument.Parse(json);
                if (document.RootElement.ValueKind != System.Text.Json.JsonValueKind.Object)
                {
                    throw new ArgumentException("The training record must be a JSON object.", nameof(json));
                }
            }
            catch (System.Text.Json.JsonException fault)
            {
                throw new ArgumentException($"The training record must be a JSON object: {fault.Message}", nameof(json), fault);
            }
        }

        TrainingRecord = json;
    }

    /// <summary>The layers in the order the data passes them, each with its shape and equations.</summary>
    public abstract IReadOnlyList<LayerDescription> Describe();

    /// <summary>Refuses lists that are not as long as the specification says.</summary>
    /// <param name="expected">The number in the specification.</param>
    /// <param name="what">What there are so many of: "words".</param>
    /// <param name="found">How many there are.</param>
    /// <param name="name">The parameter that holds them.</param>
    /// <exception cref="ArgumentException">The numbers differ.</exception>
    private protected static void RequireCount(int expected, string what, int found, string name)
    {
        if (found == expected) return;
        throw new ArgumentException($"The specification speaks of {expected} {what}, but there are {found}.", name);
    }
}
