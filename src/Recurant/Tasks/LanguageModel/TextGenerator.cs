using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Recurant.Tasks;

/// <summary>
/// Continues texts with a language model, one token at a time: the state after what was read is kept, so that each token costs
/// one step however long the text has become. One generator may write any number of texts at once, also from many threads; they
/// take turns, token by token.
/// </summary>
public sealed class TextGenerator : FrontDoor<TextGenerator, LanguageModel>, IFrontDoor<TextGenerator, LanguageModel>
{
    private readonly LanguageModelMemory _memory;
    private readonly RecurrentStream _stream;
    private readonly Workers _workers;
    private readonly FloatBuffer _output;
    private readonly Lock _turn = new();

    /// <summary>The text whose state the stream holds; null before the first.</summary>
    private float[]? _current;

    /// <summary>Makes a generator.</summary>
    /// <param name="model">The model.</param>
    /// <param name="threads">The number of threads; 0 for one a core. The text does not depend on it. Default: 1, since a step is
    /// small; <c>Load</c> has the default of all tasks, one a core, which pays for layers of many hundreds of units.</param>
    public TextGenerator(LanguageModel model, int threads = 1)
        : base(model)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        _workers = Workers.Asked(threads);
        _memory = model.Network.CreateMemory();
        _stream = new RecurrentStream(model.Network.Stack, _workers);
        _output = new FloatBuffer(model.Spec.Recurrent.HiddenSize);
    }

    static TextGenerator IFrontDoor<TextGenerator, LanguageModel>.Of(LanguageModel model, int threads) => new(model, threads);

    /// <summary>The number of tokens of a prompt that the model does not know and reads as the unknown token.</summary>
    /// <param name="prompt">The prompt.</param>
    public int UnknownTokens(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Model.Encoder.EncodePrompt(prompt).Count(token => token == Vocabulary.Unknown);
    }

    /// <summary>Continues a text.</summary>
    /// <param name="prompt">How it begins; empty for the beginning of a line.</param>
    /// <param name="length">The number of tokens to write.</param>
    /// <param name="options">How tokens are chosen; null for the defaults.</param>
    /// <param name="cancellation">Looked at between two tokens, those of the prompt as well.</param>
    /// <returns>
    /// The text of each new token as soon as it is chosen; joined they continue the prompt. A subword that is only part of a
    /// character gives an empty one.
    /// </returns>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidDataException">The model's answers are not finite numbers; found while the text is
    /// made.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; found while the text is made.</exception>
    public IEnumerable<string> Continue(
        string prompt, int length, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        options ??= new SamplingOptions();
        options.Validate();
        return Generate(Model.Encoder.EncodePrompt(prompt), length, options, cancellation);
    }

    /// <summary>
    /// Continues a text without holding up the caller's thread, such as that of a window or of a request: each token is
    /// computed on a thread of the pool. The tokens are those of <see cref="Continue"/>.
    /// </summary>
    /// <param name="prompt">How it begins; empty for the beginning of a line.</param>
    /// <param name="length">The number of tokens to write.</param>
    /// <param name="options">How tokens are chosen; null for the defaults.</param>
    /// <param name="cancellation">
    /// Looked at between two tokens, those of the prompt as well; <c>WithCancellation</c> of the result gives another one.
    /// </param>
    /// <returns>The text of each new token as soon as it is chosen.</returns>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="InvalidDataException">The model's answers are not finite numbers; found while the text is
    /// made.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; found while the text is made.</exception>
    public IAsyncEnumerable<string> ContinueAsync(
        string prompt, int length, SamplingOptions? options = null, CancellationToken cancellation = default)
    {
        // Wrong arguments are told at once, and not only to whoever asks for the first token.
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        options ??= new SamplingOptions();
        options.Validate();
        return GenerateAsync(prompt, length, options, cancellation);
    }

    private async IAsyncEnumerable<string> GenerateAsync(
        string prompt, int length, SamplingOptions options, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // A long prompt takes long to encode, too.
        using IEnumerator<string> tokens = await Task.Run(
            () => Continue(prompt, length, options, cancellation).GetEnumerator(), cancellation).ConfigureAwait(false);
        // A step looks at the token itself, and tells of having been cancelled; one that never began would not.
        while (await Task.Run(tokens.MoveNext, CancellationToken.None).ConfigureAwait(false)) yield return tokens.Current;
    }

    private IEnumerable<string> Generate(
        List<int> prompt, int length, SamplingOptions options, CancellationToken cancellation)
    {
        RunningText text = Model.Encoder;
        var sampler = new TokenSampler(options, Model.Vocabulary.Count);
        var writer = new TokenWriter(text, prompt.Count > 0 ? prompt[^1] : text.End);
        var state = new float[_stream.StateSize];
        int token = 0;
        Activity? current = Activity.Current;
        WatchedCall call = WatchedCall.Predict(TaskNames.LanguageModel, 1);
        // Whoever reads the tokens goes on between them: what is timed is the generator's share, with the wait for its turn.
        call.Detach(current);
        TimeSpan elapsed = TimeSpan.Zero;
        int written = 0;
        try
        {
            while (written < length)
            {
                long begun = call.IsWatched ? Stopwatch.GetTimestamp() : 0;
                try
                {
                    // All of the prompt but its last token, which is read in the turn of the first answer.
                    for (int t = -1; written == 0 && t < prompt.Count - 1; t++)
                    {
                        cancellation.ThrowIfCancellationRequested();
                        lock (_turn) ReadPrompt(state, prompt, t);
                    }

                    cancellation.ThrowIfCancellationRequested();
                    lock (_turn)
                    {
                        if (written == 0) ReadPrompt(state, prompt, prompt.Count - 1); else Read(state, token);
                        // The unknown token stands for what cannot be written.
                        token = sampler.Draw(Logits(), excluded: Vocabulary.Unknown);
                    }
                }
                catch (Exception fault) when (call.Fails(fault))
                {
                    throw;
                }

                written++;
                if (call.IsWatched) elapsed += Stopwatch.GetElapsedTime(begun);
                yield return writer.Write(token);
            }
        }
        finally
        {
            call.EndPredict(prompt.Count, written, elapsed);
        }
    }

    /// <summary>H, the number of elements of a text's vector.</summary>
    public int TextVectorSize => Model.Spec.Recurrent.HiddenSize;

    /// <summary>
    /// The state of the topmost layer after a text as one vector: what the model predicts the next token from.
    /// <code>
    /// (1) h_0 = recurrent(x_0), x_0 the end of a line      [H]
    /// (2) h_t = recurrent(x_t, h_(t-1)), t = 1 .. T        [H]
    /// (3) v = h_T                                          [H]
    /// </code>
    /// </summary>
    /// <param name="texts">The texts; each may be empty.</param>
    /// <param name="cancellation">Looked at between two tokens.</param>
    /// <returns>A vector of <see cref="TextVectorSize"/> numbers for each text, in their order.</returns>
    /// <exception cref="InvalidDataException">The model's answers are not finite numbers.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<TextVector> TextVectors(IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        WatchedCall call = WatchedCall.Predict(TaskNames.LanguageModel, texts.Count);
        try
        {
            var vectors = new TextVector[texts.Count];
            long tokens = 0;
            for (int i = 0; i < vectors.Length; i++)
            {
                string text = texts[i] ?? throw new ArgumentNullException(nameof(texts), $"Text {i} is null.");
                List<int> numbers = Model.Encoder.EncodePrompt(text);
                vectors[i] = TextVector.Of(Read(numbers, cancellation), numbers.Count);
                tokens += numbers.Count;
            }

            call.EndPredict(tokens);
            return vectors;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }

    /// <summary>The topmost layer's output after a text, which takes turns with others.</summary>
    private float[] Read(List<int> numbers, CancellationToken cancellation)
    {
        var state = new float[_stream.StateSize];
        var output = new float[TextVectorSize];
        for (int t = -1; t < numbers.Count; t++)
        {
            cancellation.ThrowIfCancellationRequested();
            lock (_turn)
            {
                ReadPrompt(state, numbers, t);
                _output.Span.CopyTo(output);
            }
        }

        return output;
    }

    /// <summary>Reads one token of a prompt, -1 for the end of the line before it, at which a text begins.</summary>
    private void ReadPrompt(float[] state, List<int> prompt, int t) =>
        Read(state, t < 0 ? Model.Encoder.End : prompt[t], begins: t < 0);

    /// <summary>Puts the state of another text aside and takes up that of this one.</summary>
    private void TakeTurn(float[] state, bool begins)
    {
        if (_current != state && _current is { } other) _stream.SaveState(other);
        if (begins) _stream.Reset(); else if (_current != state) _stream.LoadState(state);
        _current = state;
    }

    private void Read(float[] state, int token, bool begins = false)
    {
        TakeTurn(state, begins);
        LanguageModelNetwork network = Model.Network;
        ReadOnlySpan<float> h = Model.Spec.EmbeddingSize == 0 ? _stream.Step(token) : _stream.Step(network.VectorOf(token));
        h.CopyTo(_output.Span);
    }

    private ReadOnlySpan<float> Logits()
    {
        ReadOnlySpan<float> logits =
            Model.Network.Logits(_workers, new Matrix(_output, 0, 1, Model.Spec.Recurrent.HiddenSize), _memory).Row(0);
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit)) throw Answers.NotFinite();
        }

        return logits;
    }
}
