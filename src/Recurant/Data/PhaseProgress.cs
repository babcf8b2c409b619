using System.Globalization;

namespace Recurant.Data;

/// <summary>
/// How far a run is with something that is no step of training. Whoever is told of a run by an <see cref="IProgress{T}"/> of
/// training progress is told of the phases as well if it is an <see cref="IProgress{T}"/> of these too; reading is told by a
/// <see cref="ReadingScope"/>. A phase is told when it begins, many times while it lasts, and when it ends.
/// </summary>
/// <param name="Phase">
/// What is being done: "reading", "splitting", "building the vocabulary", "encoding", "training", "validating"; of the command
/// also "testing" and "training the baseline".
/// </param>
/// <param name="Done">How much of it is done; 0 when it begins, <paramref name="Total"/> when it ends.</param>
/// <param name="Total">How much there is, in bytes, rows or steps; 0 where that is not known.</param>
public readonly record struct PhaseProgress(string Phase, long Done, long Total)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(PhaseProgress), PrintMembers);

    /// <summary>Whether the phase is over.</summary>
    public bool IsOver => Done >= Total;

    /// <summary>The share that is done, 0 to 1.</summary>
    public double Share => Total <= 0 ? 0 : Math.Min(1, (double)Done / Total);
}
