namespace Recurant.Heads;

/// <summary>
/// What the lower notes of a step say of the higher ones: without it each note is drawn by itself, and chords fall apart. y is 1
/// where a note sounds, else 0.
/// <code>
/// (1)  s_k = sum_(j below k) A_jk y_j
/// (1') dA_jk += y_j ds_k
/// </code>
/// With it the probability of a step is P(y) = prod_k P(y_k | y_1 .. y_(k-1), the steps before), a fully visible sigmoid belief
/// net (Frey 1998) whose biases a recurrent network sets at each step (Boulanger-Lewandowski et al. 2012). A begins at 0.
/// </summary>
internal sealed class NoteChords : Layer
{
    private readonly int _notes;

    /// <param name="notes">N, the number of notes.</param>
    public NoteChords(int notes)
    {
        _notes = notes;
        Weights = new Parameter("weight", notes, notes);
        Parameters = [Weights];
    }

    /// <summary>A [N, N]: a row for each lower note; on and below the diagonal it stays 0.</summary>
    public Parameter Weights { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _notes;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => _notes;

    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        Weights.Value.Clear();
        Weights.MarkChanged();
    }

    /// <summary>Adds (1) of one note that sounds.</summary>
    public void AddOf(int note, Span<float> scores) =>
        Elementwise.Add(Weights.Values.Slice(note * _notes + note + 1, _notes - note - 1), scores[(note + 1)..]);

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            ReadOnlySpan<float> y = call.Input.Row(row);
            Span<float> s = call.Output.Row(row);
            s.Clear();
            for (int j = 0; j < y.Length; j++)
            {
                if (y[j] != 0) AddOf(j, s);                                                                             // (1)
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        Span<float> gradient = Weights.Gradient;
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            ReadOnlySpan<float> y = call.Input.Row(row), ds = call.Output.GradientRow(row);
            for (int j = 0; j < y.Length; j++)
            {
                if (y[j] == 0) continue;
                Elementwise.Add(ds[(j + 1)..], gradient.Slice(j * _notes + j + 1, _notes - j - 1));                     // (1')
            }
        }
    }
}
