namespace Recurant.Layers;

/// <summary>All that is known of a cell before one is made.</summary>
public sealed class CellEntry
{
    internal CellEntry(CellKind kind, string name, string title, Func<CellShape, RecurrentCell> make) =>
        (Kind, Name, Title, Make) = (kind, name, title, make);

    /// <summary>The cell.</summary>
    public CellKind Kind { get; }

    /// <summary>What commands, JSON and files call it: "peephole-lstm".</summary>
    public string Name { get; }

    /// <summary>What people call it: "peephole LSTM".</summary>
    public string Title { get; }

    /// <summary>Whether a matrix W_hh multiplies h_(t-1), on which the recurrent dropout acts.</summary>
    public bool HasHiddenProduct { get; internal init; } = true;

    /// <summary>Whether <see cref="RecurrentSpec.Activation"/> acts.</summary>
    public bool HasActivation { get; internal init; }

    /// <summary>Whether <see cref="RecurrentSpec.ForgetBias"/> acts.</summary>
    public bool HasForgetBias { get; internal init; }

    /// <summary>Makes the cell of a layer.</summary>
    internal Func<CellShape, RecurrentCell> Make { get; }
}

/// <summary>What a cell is made from.</summary>
/// <param name="Spec">The settings.</param>
/// <param name="InputSize">I.</param>
/// <param name="Suffix">What the names of its parameters end with: "l0".</param>
/// <param name="OneHot">Whether its input is the number of a token.</param>
internal readonly record struct CellShape(RecurrentSpec Spec, int InputSize, string Suffix, bool OneHot)
{
    public int HiddenSize => Spec.HiddenSize;
}

/// <summary>
/// The cells, a row each: a new one needs its file in Cells, its row here, its reference equations and its page in docs/cells.
/// </summary>
public static class CellCatalogue
{
    /// <summary>All cells, in the order of <see cref="CellKind"/>.</summary>
    public static IReadOnlyList<CellEntry> All { get; } =
    [
        new(CellKind.Elman, "elman", "recurrent", s =>
            new ElmanCell(s.InputSize, s.HiddenSize, s.Suffix, s.Spec.Activation, s.Spec.Form, s.OneHot))
        {
            HasActivation = true,
        },
        new(CellKind.Lstm, "lstm", "LSTM", s =>
            new LstmCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot, s.Spec.ForgetBias)) { HasForgetBias = true },
        new(CellKind.Gru, "gru", "GRU", s => s.Spec.GruReset == GruReset.Outside
            ? new GruOutsideCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot)
            : new GruCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot)),
        new(CellKind.MinGru, "mingru", "minGRU", s =>
            new MinGruCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot)) { HasHiddenProduct = false },
        new(CellKind.MinLstm, "minlstm", "minLSTM", s =>
            new MinLstmCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot, s.Spec.ForgetBias))
        {
            HasHiddenProduct = false, HasForgetBias = true,
        },
        new(CellKind.Sru, "sru", "SRU", s =>
            new SruCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot)) { HasHiddenProduct = false },
        new(CellKind.IndRnn, "indrnn", "IndRNN", s =>
            new IndRnnCell(s.InputSize, s.HiddenSize, s.Suffix, s.Spec.Activation, s.OneHot))
        {
            HasHiddenProduct = false, HasActivation = true,
        },
        new(CellKind.Lru, "lru", "LRU", s =>
            new LruCell(s.InputSize, s.HiddenSize, s.Suffix, s.Spec.Activation, s.OneHot))
        {
            HasHiddenProduct = false, HasActivation = true,
        },
        new(CellKind.PeepholeLstm, "peephole-lstm", "peephole LSTM", s =>
            new PeepholeLstmCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot, s.Spec.ForgetBias)) { HasForgetBias = true },
        new(CellKind.LayerNormLstm, "layernorm-lstm", "LSTM with layer normalisation", s =>
            new LayerNormLstmCell(s.InputSize, s.HiddenSize, s.Suffix, s.OneHot, s.Spec.ForgetBias)) { HasForgetBias = true },
        new(CellKind.ProjectedLstm, "projected-lstm", "projected LSTM", s => new ProjectedLstmCell(
            s.InputSize, s.HiddenSize, s.Spec.CellSize == 0 ? 2 * s.HiddenSize : s.Spec.CellSize, s.Suffix, s.OneHot,
            s.Spec.ForgetBias)) { HasForgetBias = true },
    ];

    /// <summary>The row of a cell.</summary>
    /// <param name="kind">The cell.</param>
    public static CellEntry Of(CellKind kind) => All[(int)kind];

    /// <summary>The cell as people call it, with what else tells it from others: "recurrent (tanh)".</summary>
    internal static string TitleOf(RecurrentSpec spec)
    {
        CellEntry entry = Of(spec.Cell);
        return entry.HasActivation ? $"{entry.Title} ({ActivationKernels.NameOf(spec.Activation)})"
            : spec is { Cell: CellKind.Gru, GruReset: GruReset.Outside } ? $"{entry.Title} (reset outside)" : entry.Title;
    }
}
