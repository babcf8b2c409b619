namespace Recurant.Tasks;

/// <content>Language models.</content>
public static partial class GradientLens
{
    private static readonly LensRemedy s_ofWindows = new(
        LensRemedy.Bias, "As it is, windows longer than that (--bptt) do not help.", "shorter windows (--bptt) help as well");

    /// <summary>Looks at a language model: at windows of a text, read from zero states.</summary>
    /// <param name="model">The model.</param>
    /// <param name="text">
    /// The text. It is cut into <see cref="LensOptions.Sequences"/> equal parts, of which the first
    /// <see cref="LensOptions.Window"/> tokens each are read; of a short text there are fewer.
    /// </param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no text, or an option is out of range.</exception>
    public static LensResult Look(LanguageModel model, PlainText text, LensOptions? options = null) =>
        Look(model, text, options, SubjectOf);

    /// <summary>Looks at the language model that training would start from.</summary>
    /// <param name="text">
    /// The text it would learn from; windows of it are read as <see cref="Look(LanguageModel, PlainText, LensOptions)"/> does, as
    /// long as those of the training where <see cref="LensOptions.Window"/> does not say otherwise.
    /// </param>
    /// <param name="training">How it would learn.</param>
    /// <param name="options">What to look at; null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="InvalidDataException">The text is too short to learn from.</exception>
    public static LensResult LookBefore(PlainText text, LanguageModelOptions training, LensOptions? options = null) =>
        LookBefore(text, training, options, how => how.Validate(), (data, how, given) => SubjectOf(
            PreparedText.Make(data, null, how with { Checkpoint = null }).Model, data,
            given with { Window = given.Window ?? how.Window }));

    /// <summary>Windows of a text: it is cut into B equal parts, of which the first tokens are read from zero states.</summary>
    internal static LensSubject SubjectOf(LanguageModel model, PlainText text, LensOptions options)
    {
        LanguageModelNetwork network = model.Network;
        int[] tokens = model.Encoder.Encode(text);
        int count = tokens.Length - 1, window = options.Window ?? LanguageModelPlan.WindowFor(model.Spec.Unit);
        LensSubject.RequireSome(count, "tokens", nameof(text));
        window = Math.Min(window, count);
        int sequences = Math.Min(options.Sequences, count / window), apart = count / sequences;
        var batch = new BatchLayout();
        int[] lengths = new int[sequences], targets = new int[sequences * window];
        lengths.AsSpan().Fill(window);
        batch.Fill(lengths);
        for (int row = 0; row < batch.Rows; row++)
        {
            int place = row % sequences * apart + row / sequences;
            (batch.Tokens[row], targets[row]) = (tokens[place], tokens[place + 1]);
        }

        LanguageModelMemory memory = network.CreateMemory();
        Workers workers = options.Workers;
        var expanded = new RowStore();
        LensPart part = LensPart.Of(
            null, network.Stack, memory.Recurrent, batch, InputOfEveryRow, () => memory.DRead.Rows(batch.Rows), workers);
        return new LensSubject(model.Summary, sequences, network.Parameters, s_ofWindows, [part], () =>
        {
            network.Stack.ResetInitialState(memory.Recurrent, sequences);
            return network.Loss(workers, batch, targets, memory, dropout: null, withGradient: true) / batch.Rows;
        });

        // Where tokens occur often, the network reads each vector once.
        Matrix InputOfEveryRow()
        {
            if (network.Embedding is null) return default;
            ReadOnlySpan<int> shared = memory.Distinct.Rows.Span;
            if (shared.IsEmpty) return memory.Input.Rows(batch.Rows);
            Matrix rows = expanded.Reserve(batch.Rows, network.Embedding.Size).Rows(batch.Rows);
            for (int row = 0; row < rows.Rows; row++) memory.Input.Row(shared[row]).CopyTo(rows.Row(row));
            return rows;
        }
    }
}
