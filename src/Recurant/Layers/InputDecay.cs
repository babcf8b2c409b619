namespace Recurant.Layers;

/// <summary>
/// Lets what was last known of a column fade with the time since (the decay of inputs of GRU-D, Che et al., "Recurrent neural
/// networks for multivariate time series with missing values", Scientific Reports 2018). Of a column k that is read as x, its
/// last known value, the mask m, 1 where it is known, and d, the steps since it was known before:
/// <code>
/// (1) g = e^(-max(0, w_k d + b_k))
/// (2) y = (m + (1 - m) g) x           towards 0, the mean of a standardised column
/// (3) y_m = m,  y_d = ln(1 + d)       as numbers that the layers behind read
/// (2') dx = (m + (1 - m) g) dy
/// (1') dw_k = -d s,  db_k = -s        s = dy x (1 - m) g where w_k d + b_k > 0, else 0; summed over all steps
/// </code>
/// Masks and times are given, and want no gradient. Other columns pass as they are. It begins with w = 0.1 and b = 0, and learns
/// ten times as fast as what lies behind.
/// </summary>
/// <remarks>The hidden state does not decay; the layers behind read d, and may let it.</remarks>
internal sealed class InputDecay : Layer
{
    private const float FirstRate = 0.1f, RateFactor = 10f;

    private readonly int _size;
    private readonly (int Value, int Mask, int Age, int Column)[] _places;
    private readonly bool[] _passes;

    /// <param name="size">The width of a row.</param>
    /// <param name="places">Where the three numbers of a column stand in a row; a row may hold several steps of it.
    /// Columns that fade are numbered from 0.</param>
    public InputDecay(int size, IEnumerable<(int Value, int Mask, int Age, int Column)> places)
    {
        (_size, _places) = (size, [.. places]);
        _passes = new bool[size];
        Array.Fill(_passes, true);
        foreach ((int value, int mask, int age, _) in _places) _passes[value] = _passes[mask] = _passes[age] = false;
        int columns = _places.Max(place => place.Column) + 1;
        Rate = new Parameter("weight", columns) { LearningRateFactor = RateFactor };
        Bias = new Parameter("bias", columns) { LearningRateFactor = RateFactor };
        Parameters = [Rate, Bias];
        Initialise(0);
    }

    /// <summary>w.</summary>
    public Parameter Rate { get; }

    /// <summary>b.</summary>
    public Parameter Bias { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Parameter> Parameters { get; }

    /// <inheritdoc/>
    public override int InputSize => _size;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => _size;

    /// <inheritdoc/>
    public override void Initialise(ulong seed, uint ordinal = 0)
    {
        Rate.Value.Fill(FirstRate);
        Bias.Value.Clear();
        foreach (Parameter parameter in Parameters) parameter.MarkChanged();
    }

    /// <inheritdoc/>
    protected internal override object CreateMemory() => new RowStore();

    /// <inheritdoc/>
    protected internal override void Forward(in LayerCall call)
    {
        ReadOnlySpan<float> w = Rate.Values, b = Bias.Values;
        RowStore decays = call.Memory<RowStore>().Reserve(call.Input.RowCount, _places.Length);
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            ReadOnlySpan<float> x = call.Input.Row(row);
            Span<float> y = call.Output.Row(row), g = decays.Row(row);
            x.CopyTo(y);
            for (int i = 0; i < g.Length; i++)
            {
                (_, _, int age, int k) = _places[i];
                g[i] = -Math.Max(0f, w[k] * x[age] + b[k]);
            }

            Elementwise.Exp(g, g);                                                                                      // (1)
            for (int i = 0; i < g.Length; i++)
            {
                (int value, int mask, int age, _) = _places[i];
                y[value] = (x[mask] + (1f - x[mask]) * g[i]) * x[value];                                                // (2)
                y[age] = Elementwise.Log(1f + x[age]);                                                                  // (3)
            }
        }
    }

    /// <inheritdoc/>
    protected internal override void Backward(in LayerCall call)
    {
        Span<float> w = Rate.Value, b = Bias.Value, dw = Rate.Gradient, db = Bias.Gradient;
        RowStore decays = call.Memory<RowStore>();
        for (int row = 0; row < call.Input.RowCount; row++)
        {
            ReadOnlySpan<float> x = call.Input.Row(row), dy = call.Output.GradientRow(row), g = decays.Row(row);
            for (int i = 0; i < g.Length; i++)
            {
                (int value, int mask, int age, int k) = _places[i];
                float s = w[k] * x[age] + b[k] > 0 ? dy[value] * x[value] * (1f - x[mask]) * g[i] : 0f;
                dw[k] -= x[age] * s;                                                                                    // (1')
                db[k] -= s;
            }

            if (!call.Input.WantsGradient) continue;
            Span<float> dx = call.Input.GradientRow(row);
            for (int j = 0; j < dx.Length; j++) dx[j] += _passes[j] ? dy[j] : 0f;
            for (int i = 0; i < g.Length; i++)
            {
                (int value, int mask, _, _) = _places[i];
                dx[value] += (x[mask] + (1f - x[mask]) * g[i]) * dy[value];                                             // (2')
            }
        }
    }
}
