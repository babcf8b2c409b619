using System.Diagnostics;
using System.Globalization;

namespace Recurant.Cli;

/// <summary>
/// Follows the phases of a run: writes a line of one that takes long, now and then another, and tells how long each took.
/// </summary>
/// <param name="to">Where lines go; null for nowhere.</param>
/// <param name="ended">Told the name and the seconds of every phase that is over.</param>
internal sealed class PhaseWatch(TextWriter? to, Action<string, double> ended) : IProgress<PhaseProgress>
{
    private const double SecondsToFirstLine = 3, SecondsBetweenLines = 15;

    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, double> _begun = new(StringComparer.Ordinal);
    private double _nextLine;

    /// <summary>The phases that are over: their names and seconds, in the order of their ends.</summary>
    public List<(string Phase, double Seconds)> Ended { get; } = [];

    /// <summary>The seconds since the command began.</summary>
    public double Seconds => _clock.Elapsed.TotalSeconds;

    /// <summary>The seconds that a phase took when it last came to its end; 0 if it never did.</summary>
    public double LastOf(string phase) => Ended.FindLast(each => each.Phase == phase).Seconds;

    public void Report(PhaseProgress value)
    {
        double now = Seconds;
        if (_begun.TryAdd(value.Phase, now) || value.Done == 0) _nextLine = now + SecondsToFirstLine;
        if (value.IsOver && value.Done > 0)
        {
            double seconds = now - _begun[value.Phase];
            _begun.Remove(value.Phase);
            Ended.Add((value.Phase, seconds));
            ended(value.Phase, seconds);
            return;
        }

        // Training tells of its steps itself.
        if (to is null || now < _nextLine || value.Total <= 1) return;
        _nextLine = now + SecondsBetweenLines;
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{value.Phase}: {100 * value.Share:F0}%"));
    }

    /// <summary>A progress of training that passes on steps, and phases to this.</summary>
    public IProgress<TrainingProgress> Around(IProgress<TrainingProgress>? steps) => new Both(this, steps);

    private sealed class Both(PhaseWatch phases, IProgress<TrainingProgress>? steps)
        : IProgress<TrainingProgress>, IProgress<PhaseProgress>
    {
        public void Report(TrainingProgress value) => steps?.Report(value);

        public void Report(PhaseProgress value)
        {
            phases.Report(value);
            (steps as IProgress<PhaseProgress>)?.Report(value);
        }
    }
}
