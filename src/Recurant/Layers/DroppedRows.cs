namespace Recurant.Layers;

/// <summary>
/// Rows of a batch after dropout, of which whole columns of a sequence are dropped: y = mask * x. Without dropout they are the
/// rows themselves.
/// </summary>
internal sealed class DroppedRows
{
    private readonly RowStore _mask = new(), _dropped = new();
    private bool _drops;

    /// <summary>What <see cref="Drop"/> gave.</summary>
    public Matrix Rows { get; private set; }

    /// <summary>y of a batch.</summary>
    /// <param name="workers">The threads.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">x.</param>
    /// <param name="rate">The share that is dropped.</param>
    /// <param name="dropout">The key of the random numbers; null for no dropout.</param>
    /// <param name="purpose">What they are for.</param>
    /// <param name="part">The part of the purpose.</param>
    public Matrix Drop(
        Workers workers, BatchLayout batch, Matrix rows, float rate, DropoutPlan? dropout,
        RandomPurpose purpose = RandomPurpose.OutputDropout, uint part = 0)
    {
        _drops = rate > 0 && dropout is not null;
        if (!_drops) return Rows = rows;
        Dropout.MakeMask(_mask, batch, rows.Columns, rate, dropout!.Value.Stream(purpose, part));
        Rows = _dropped.Reserve(batch.Rows, rows.Columns).Rows(batch.Rows);
        Dropout.Apply(workers, batch, _mask, rows, Rows);
        return Rows;
    }

    /// <summary>The gradient of y becomes that of x.</summary>
    public void DropGradient(Workers workers, BatchLayout batch, Matrix gradient)
    {
        if (_drops) Dropout.Apply(workers, batch, _mask, gradient, gradient);
    }
}
