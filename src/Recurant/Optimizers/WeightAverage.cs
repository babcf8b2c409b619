using System.Runtime.CompilerServices;

namespace Recurant.Optimizers;

/// <summary>
/// A moving average of the weights: a += (1 - d) (w - a), taken every few steps. The average predicts better than the
/// last weights, which still carry the noise of the last batches (Polyak and Juditsky 1992; Izmailov et al. 2018).
/// </summary>
internal sealed class WeightAverage
{
    /// <summary>
    /// The most steps between two updates: the average of a large table would otherwise cost more than the step.
    /// </summary>
    private const int LongestInterval = 8;

    private readonly Parameter[] _parameters;
    private readonly FloatBuffer[] _averages;
    private readonly float _decay;
    private readonly int _interval;
    private int _steps, _updates;

    /// <summary>Starts from the present weights.</summary>
    /// <param name="parameters">The parameters to average; frozen ones are left alone.</param>
    /// <param name="horizon">The number of steps the average reaches back over, about.</param>
    public WeightAverage(IEnumerable<Parameter> parameters, double horizon)
    {
        _parameters = [.. parameters.Where(parameter => parameter.IsTrainable)];
        _averages = new FloatBuffer[_parameters.Length];
        // Where the horizon is short there must still be an update or two within it.
        _interval = (int)Math.Clamp(horizon / 2, 1, LongestInterval);
        _decay = (float)Math.Max(0, 1 - _interval / Math.Max(_interval, horizon));
        for (int i = 0; i < _parameters.Length; i++)
        {
            _averages[i] = new FloatBuffer(_parameters[i].Count);
            _parameters[i].Value.CopyTo(_averages[i].Span);
        }
    }

    /// <summary>The averages, each with its parameter; with <see cref="Counters"/> all that lasts between steps.</summary>
    internal IEnumerable<(Parameter Parameter, FloatBuffer Values)> Averages => _parameters.Zip(_averages);

    /// <summary>The steps and the updates so far.</summary>
    internal (int Steps, int Updates) Counters
    {
        get => (_steps, _updates);
        set => (_steps, _updates) = value;
    }

    /// <summary>To be called after every step.</summary>
    public void Update(Workers workers)
    {
        if (++_steps % _interval != 0) return;
        // At first the average forgets quickly, so that it does not stay near the random beginning.
        _updates++;
        float rate = 1 - Math.Min(_decay, (1f + _updates) / (10f + _updates));
        for (int i = 0; i < _parameters.Length; i++)
        {
            var work = new Work { Value = _parameters[i], Average = _averages[i], Rate = rate };
            workers.Run(ref work);
        }
    }

    /// <summary>
    /// Exchanges the weights and their average; a second call takes it back. Before the first update the average is still the
    /// random beginning, and the weights stay.
    /// </summary>
    public void Swap()
    {
        if (_updates == 0) return;
        for (int i = 0; i < _parameters.Length; i++)
        {
            Span<float> value = _parameters[i].Value, average = _averages[i].Span;
            for (int j = 0; j < value.Length; j++) (value[j], average[j]) = (average[j], value[j]);
            _parameters[i].MarkChanged();
        }
    }

    private struct Work : IParallelWork
    {
        public Parameter Value;
        public FloatBuffer Average;
        public float Rate;

        public readonly void Execute(int part, int parts)
        {
            (int first, int last) = Partition.Range(Value.Count, part, parts);
            Span<float> average = Average.Span[first..last];
            VectorLoop.Apply(new Moved(Rate), Value.Value[first..last], average, average);
        }
    }

    private readonly struct Moved(float rate) : IFunctionOfTwo
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        TVector IFunctionOfTwo.Of<TWidth, TVector>(TVector value, TVector average) =>
            TWidth.FusedMultiplyAdd(TWidth.Create(rate), TWidth.Subtract(value, average), average);
    }
}
