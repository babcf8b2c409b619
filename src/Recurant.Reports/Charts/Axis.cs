namespace Recurant.Reports;

/// <summary>A range of values drawn along a line from 0 to 1, evenly or by the logarithm, with round marks.</summary>
internal sealed class Axis
{
    private const int WantedTicks = 5;

    private readonly bool _isLogarithmic;
    private readonly double _low, _high;

    /// <summary>The axis that holds all the values.</summary>
    /// <param name="values">What is to be shown; values that cannot be are left out.</param>
    /// <param name="isLogarithmic">Whether equal distances are equal factors.</param>
    /// <param name="isTight">Whether it ends at the values instead of at round numbers.</param>
    public Axis(IReadOnlyCollection<double> values, bool isLogarithmic, bool isTight)
    {
        _isLogarithmic = isLogarithmic;
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (!Shows(value)) continue;
            low = Math.Min(low, Scaled(value));
            high = Math.Max(high, Scaled(value));
        }

        if (low > high) (low, high) = (0, 1);
        if (low == high)
        {
            double half = isLogarithmic ? 0.5 : Math.Max(Math.Abs(low) * 0.1, 1e-12);
            (low, high) = (low - half, high + half);
        }

        // There is no epoch 1.5.
        double smallest = isTight && values.All(value => Math.Floor(value) == value) ? 1 : 0;
        Ticks = isLogarithmic ? LogarithmicTicks(ref low, ref high) : EvenTicks(ref low, ref high, isTight, smallest);
        (_low, _high) = (low, high);
    }

    /// <summary>The values that are marked.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>The value at the beginning.</summary>
    public double First => _isLogarithmic ? Math.Pow(10, _low) : _low;

    /// <summary>The value at the end.</summary>
    public double Last => _isLogarithmic ? Math.Pow(10, _high) : _high;

    /// <summary>Whether a value has a place on the axis.</summary>
    public bool Shows(double value) => double.IsFinite(value) && (!_isLogarithmic || value > 0);

    /// <summary>Where a value stands, 0 at the beginning and 1 at the end.</summary>
    public double Place(double value) => (Scaled(value) - _low) / (_high - _low);

    private double Scaled(double value) => _isLogarithmic ? Math.Log10(value) : value;

    private static List<double> EvenTicks(ref double low, ref double high, bool isTight, double smallest)
    {
        double rough = (high - low) / WantedTicks, power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 } * power;
        step = Math.Max(step, smallest);
        if (!isTight)
        {
            low = Math.Floor(low / step + 1e-9) * step;
            high = Math.Ceiling(high / step - 1e-9) * step;
        }

        var ticks = new List<double>();
        long first = (long)Math.Ceiling(low / step - 1e-9), last = (long)Math.Floor(high / step + 1e-9);
        for (long i = first; i <= last; i++) ticks.Add(i * step);
        return ticks;
    }

    private static List<double> LogarithmicTicks(ref double low, ref double high)
    {
        var ticks = new List<double>();
        if (high - low < 1.5)
        {
            // Within a power of ten or so: 1, 2, 5 of each.
            double[] steps = [1, 2, 5];
            low -= 0.05 * (high - low);
            high += 0.05 * (high - low);
            for (int power = (int)Math.Floor(low); power <= high; power++)
            {
                foreach (double step in steps)
                {
                    double place = power + Math.Log10(step);
                    if (place >= low && place <= high) ticks.Add(step * Math.Pow(10, power));
                }
            }

            return ticks;
        }

        low = Math.Floor(low + 1e-9);
        high = Math.Ceiling(high - 1e-9);
        int every = Math.Max(1, (int)Math.Ceiling((high - low) / (WantedTicks + 1)));
        for (int power = (int)low; power <= high; power += every) ticks.Add(Math.Pow(10, power));
        return ticks;
    }
}
