namespace Recurant.Models;

/// <summary>
/// A network over sets of notes; y_t has a 1 for each note that sounds in step t, else 0.
/// <code>
/// (1) x_t = y_(t-1),  x_1 = 0
/// (2) h_1 .. h_T = cell(x_1 .. x_T)
/// (3) z_t = V h_t + c + D x_t + A y_t       A: lower notes on higher ones (<see cref="NoteChords"/>); without chords 0
/// (4) P(y_t,k = 1) = sigmoid(z_t,k)
/// </code>
/// D lets a note that goes on need no memory. D and A begin at zero, and learn ten times as fast as the rest.
/// </summary>
internal sealed class NotesNetwork : PassNetwork
{
    private const float DirectRate = 10f;

    private readonly NotesSpec _spec;
    private readonly Recurrent _recurrent;
    private readonly Dense _output, _direct;

    public NotesNetwork(NotesSpec spec)
    {
        _spec = spec;
        _recurrent = Add("recurrent", new Recurrent(spec.Notes, spec.Recurrent) { Start = RecurrentStart.Orthogonal });
        _output = Add("output", new Dense(spec.Recurrent.OutputSize, spec.Notes));
        _direct = Add("direct", new Dense(spec.Notes, spec.Notes));
        if (spec.Chords) Chords = Add("chords", new NoteChords(spec.Notes));
        foreach (Parameter parameter in _direct.Parameters.Concat(Chords?.Parameters ?? []))
        {
            parameter.LearningRateFactor = DirectRate;
        }
    }

    public override void Initialise(ulong seed)
    {
        base.Initialise(seed);
        _direct.Weights.Value.Clear();
        _direct.Weights.MarkChanged();
    }

    /// <summary>A; null where notes do not depend on one another.</summary>
    public NoteChords? Chords { get; }

    /// <summary>(2) and (3) without A.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The steps before.</param>
    /// <param name="input">Dropout of x; while training.</param>
    /// <param name="output">Dropout of h; while training.</param>
    public SequenceBatch Scores(Pass pass, SequenceBatch x, Dropout? input = null, Dropout? output = null)
    {
        SequenceBatch states = _recurrent.Forward(pass, input is null ? x : input.Forward(pass, x));                    // (2)
        if (output is not null) states = output.Forward(pass, states);
        return pass.Add(_output.Forward(pass, states), _direct.Forward(pass, x));                                       // (3)
    }

    /// <summary>(3): the logits of all steps.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">The steps before.</param>
    /// <param name="y">The steps themselves.</param>
    /// <param name="input">Dropout of x; while training.</param>
    /// <param name="output">Dropout of h; while training.</param>
    public SequenceBatch Forward(
        Pass pass, SequenceBatch x, SequenceBatch y, Dropout? input = null, Dropout? output = null)
    {
        SequenceBatch scores = Scores(pass, x, input, output);
        return Chords is null ? scores : pass.Add(scores, Chords.Forward(pass, y));
    }

    public override IReadOnlyList<LayerDescription> Describe() =>
    [
        Describe("recurrent", _recurrent),
        LayerDescription.Of(
            "notes", $"[T, {_output.InputSize}] -> [T, {_spec.Notes}]",
            [_spec.Chords ? "z_t = V h_t + c + D x_t + A y_t, P = sigmoid(z)" : "z_t = V h_t + c + D x_t, P = sigmoid(z)"],
            _output.Parameters.Concat(_direct.Parameters).Concat(Chords?.Parameters ?? [])),
    ];
}
