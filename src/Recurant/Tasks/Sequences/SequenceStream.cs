using System.Globalization;

namespace Recurant.Tasks;

/// <summary>
/// One sequence of measurements, a step at a time, as it comes: the state is kept between the steps, and each is answered at
/// once. The answers have the bits of those to the whole sequence:
/// <code>
/// (1) an answer for each step:    push(x_t) = predict(x_1 .. x_T)_t
/// (2) one for the sequence:       push(x_t) = predict(x_1 .. x_t), as if the sequence ended there
/// </code>
/// For models that read sequences in one direction (<see cref="SequenceOptions.Bidirectional"/> = false).
/// </summary>
/// <remarks>
/// A step costs the same however many came before, and allocates nothing. There is one exception: where a model answers a
/// sequence once and reads the last <see cref="SeriesSpec.Window"/> steps alone, each step beyond so many reads them again.
/// <para>A stream serves one thread at a time, and throws an <see cref="InvalidOperationException"/> when two use it at once.
/// Streams of one model share its weights and may be used by different threads at once.</para>
/// </remarks>
/// <example>
/// <code>
/// SequenceStream stream = SequenceLabeller.Load("room.safetensors").Stream();
/// foreach (float[] reading in live)
/// {
///     stream.Push(reading);
///     Console.WriteLine(stream.Label);
/// }
/// </code>
/// </example>
public sealed class SequenceStream
{
    private static readonly int[] s_oneStep = [1];

    private readonly SeriesSpec _spec;
    private readonly SeriesColumnSpec[] _columns;
    private readonly LastKnown[] _known;
    private readonly SeriesNetwork[] _networks;
    private readonly Pass _pass;
    private readonly StepByStep _steps;
    private readonly SequenceBatch _batch = new();
    private readonly float[] _answers;

    /// <summary>[join, I]: the steps that are read as one.</summary>
    private readonly float[] _joined;

    /// <summary>[window, I]: the last steps; empty where all of them count.</summary>
    private readonly float[] _window;

    /// <summary>[rows of a window, join I]: the same as they are read.</summary>
    private readonly float[] _whole;

    private readonly int _width;

    /// <summary>Who pushes.</summary>
    internal SoleUse Use { get; } = new($"A {nameof(SequenceStream)}",
        "Give each thread a stream of its own: streams of one model share its weights.");

    /// <summary>Begins a sequence.</summary>
    /// <param name="model">The model; it must not be trained meanwhile.</param>
    /// <param name="threads">
    /// The number of threads that divide a step among them, where the layers are large enough; 0 for one a core. Default: 1.
    /// </param>
    /// <exception cref="NotSupportedException">The model reads sequences from both ends.</exception>
    public SequenceStream(SeriesModel model, int threads = 1)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        (Model, _spec) = (model, model.Spec);
        if (_spec.Recurrent.Bidirectional)
        {
            throw new NotSupportedException(
                $"This {model.Noun} reads sequences from both ends, so each of its answers depends on steps that have not come "
                + "yet; it cannot be fed step by step. Train a model in one direction: Bidirectional = false, or "
                + "\"recurant train\" with --bidirectional false.");
        }

        _columns = [.. _spec.Columns];
        _known = new LastKnown[_columns.Length];
        _networks = [.. model.Networks];
        _pass = new Pass(threads: threads);
        _steps = new StepByStep(stack => new RecurrentStream(stack, _pass.Workers));
        (_width, _answers) = (_spec.StepWidth, new float[_spec.Outputs]);
        _joined = new float[_spec.Join * _width];
        bool isCut = !_spec.IsOfSteps && _spec.Window < SeriesSpec.MostSteps;
        _window = isCut ? new float[_spec.Window * _width] : [];
        _whole = isCut ? new float[SequenceScorer.RowsOf(_spec, _spec.Window) * _joined.Length] : [];
    }

    /// <summary>The model.</summary>
    public SeriesModel Model { get; }

    /// <summary>The number of steps since the sequence began.</summary>
    public long Steps { get; private set; }

    /// <summary>
    /// The last answer: the probability of each of the model's labels [labels], or the number [1]. Valid until the next step.
    /// </summary>
    /// <exception cref="InvalidOperationException">No step has come yet.</exception>
    public ReadOnlySpan<float> Answer => Steps > 0 ? _answers : throw new InvalidOperationException(
        "There is no answer yet: the sequence has not begun. Call Push first.");

    /// <summary>The most probable label of the last answer.</summary>
    /// <exception cref="InvalidOperationException">No step has come yet, or the model answers with numbers.</exception>
    public string Label => _spec.IsOfLabels ? Model.Labels[CrossEntropy.ArgMax(Answer)] : throw new InvalidOperationException(
        $"A {Model.Noun} answers with a number, not with a label: read Answer[0].");

    /// <summary>Takes the next step of the sequence, and answers.</summary>
    /// <param name="values">
    /// The values of the model's columns [columns], in the order of <see cref="SeriesSpec.Columns"/>, on the scale of the data:
    /// NaN where one is missing, and of a column of categories the place of one in <see cref="SeriesColumnSpec.Categories"/>.
    /// </param>
    /// <param name="elapsed">
    /// The time since the step before. Models that were trained with <see cref="SequenceOptions.Decay"/> on irregular times read
    /// it. Null: one step, of such times the median distance.
    /// </param>
    /// <returns><see cref="Answer"/>: [labels] or [1]; valid until the next step.</returns>
    /// <exception cref="ArgumentException">
    /// There are more or fewer values, there is no such category, or the time is below 0.
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Another thread uses the stream, or a model that answers once has read 1,000,000 steps, the most of a sequence.
    /// </exception>
    public ReadOnlySpan<float> Push(ReadOnlySpan<float> values, TimeSpan? elapsed = null)
    {
        using SoleUse.Call call = Use.Enter();
        Check(values, elapsed);
        int place = (int)(Steps % _spec.Join);
        Span<float> numbers = _joined.AsSpan(place * _width, _width), left = numbers;
        for (int i = 0; i < values.Length; i++)
        {
            if (_columns[i].AgeUnit is { } unit)
            {
                _known[i].Take(values[i], unit > 0 && elapsed is { } time ? (float)(time.Ticks / (double)unit) : 1f);
            }

            left = _columns[i].Write(values[i], left, _known[i].Value, _known[i].Age);
        }

        Steps++;
        if (_window.Length > 0) Keep(numbers);
        _answers.AsSpan().Clear();
        if (_window.Length > 0 && Steps > _spec.Window) AnswerWindow(); else AnswerStep(place);
        SequenceScorer.Finish(_spec, _answers);
        return _answers;
    }

    /// <summary>Begins another sequence.</summary>
    /// <exception cref="InvalidOperationException">Another thread uses the stream.</exception>
    public void Reset()
    {
        using SoleUse.Call call = Use.Enter();
        Steps = 0;
        Array.Clear(_known);
        _steps.Reset();
    }

    private void Check(ReadOnlySpan<float> values, TimeSpan? elapsed)
    {
        if (elapsed < TimeSpan.Zero)
        {
            throw new ArgumentException(
                $"The step before is {elapsed} away; 0 or more is expected: steps come in the order of their times.",
                nameof(elapsed));
        }

        if (values.Length != _columns.Length)
        {
            throw new ArgumentException(
                $"A step has {_columns.Length} values ({string.Join(", ", _columns.Select(column => column.Name))}), not "
                + $"{values.Length}.", nameof(values));
        }

        for (int i = 0; i < values.Length; i++)
        {
            float value = values[i];
            if (_columns[i].Categories is not { } categories || float.IsNaN(value)) continue;
            if (value >= 0 && value < categories.Count && value == (int)value) continue;
            throw new ArgumentException(
                string.Create(CultureInfo.InvariantCulture, $"The value {value} was given for the column ")
                + $"\"{_columns[i].Name}\", which has categories; the place of one is expected, 0 to {categories.Count - 1}, or "
                + "NaN for any other.", nameof(values));
        }

        if (!_spec.IsOfSteps && _window.Length == 0 && Steps == SeriesSpec.MostSteps)
        {
            throw new InvalidOperationException(
                $"The sequence has {Workspace.Text(SeriesSpec.MostSteps)} steps, the most that this model reads. Call Reset to "
                + "begin another.");
        }
    }

    /// <summary>
    /// The answer of the kept state and the present row. Of joined steps a row is not complete before its last: till then it is
    /// filled up with the present step, as the end of a sequence is, and leaves no trace.
    /// </summary>
    private void AnswerStep(int place)
    {
        ReadOnlySpan<float> present = _joined.AsSpan(place * _width, _width);
        for (int i = place + 1; i < _spec.Join; i++) present.CopyTo(_joined.AsSpan(i * _width));
        _batch.Set(s_oneStep, _joined, _joined.Length);
        _pass.BeginStep(_steps, isKept: place + 1 == _spec.Join);
        Forward();
    }

    /// <summary>The answer to the last steps, as many as a window has, from a state of zero.</summary>
    private void AnswerWindow()
    {
        _window.CopyTo(_whole, 0);
        ReadOnlySpan<float> present = _window.AsSpan(_window.Length - _width);
        for (int at = _window.Length; at < _whole.Length; at += _width) present.CopyTo(_whole.AsSpan(at));
        _batch.Set([_whole.Length / _joined.Length], _whole, _joined.Length);
        _pass.Begin(PassKind.Prediction);
        Forward();
    }

    private void Forward()
    {
        foreach (SeriesNetwork network in _networks)
        {
            SequenceScorer.Add(_spec, network.Forward(_pass, _batch)[0], _answers);
        }
    }

    /// <summary>Moves the window on by a step.</summary>
    private void Keep(ReadOnlySpan<float> numbers)
    {
        int kept = (int)Math.Min(Steps - 1, _spec.Window);
        if (kept == _spec.Window)
        {
            _window.AsSpan(_width).CopyTo(_window);
            kept--;
        }

        numbers.CopyTo(_window.AsSpan(kept * _width));
    }
}
