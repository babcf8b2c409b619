using System.Text.Json;

namespace Recurant.Heads;

/// <summary>
/// How well the notes of each step are predicted from the steps before it. -ln P(y_t) is summed over all notes of a step; the
/// first step of a piece counts as well.
/// <code>
/// (1) a step:   L = (1/T) sum_t -ln P(y_t)                      over all T steps of all pieces
/// (2) a piece:  L' = the mean over the pieces of their means    as some papers have it
/// </code>
/// </summary>
public sealed record NotesScore : Score
{
    /// <summary>The number of pieces.</summary>
    public required int Pieces { get; init; }

    /// <summary>The number of their steps.</summary>
    public required long Steps { get; init; }

    /// <summary>(2), in nats.</summary>
    public required double LossPerPiece { get; init; }

    /// <summary>(1), in nats.</summary>
    public double LossPerStep => Loss;

    /// <inheritdoc/>
    public override string Measure => "loss";

    /// <inheritdoc/>
    public override double Value => Loss;

    /// <inheritdoc/>
    public override bool HigherIsBetter => false;

    internal override long Count => Steps;

    internal override void WriteMembers(Utf8JsonWriter writer)
    {
        writer.WriteNumber("pieces", Pieces);
        writer.WriteNumber("steps", Steps);
        writer.WriteNumber("loss_per_piece", LossPerPiece);
    }

    /// <summary>Reads what <see cref="WriteMembers"/> wrote.</summary>
    internal static NotesScore Read(JsonElement members) => new()
    {
        Loss = members.GetProperty("loss").GetDouble(),
        Pieces = members.GetProperty("pieces").GetInt32(),
        Steps = members.GetProperty("steps").GetInt64(),
        LossPerPiece = members.GetProperty("loss_per_piece").GetDouble(),
    };

    /// <summary>(1) and (2) of pieces.</summary>
    /// <param name="pieces">Of each its number of steps, and the sum of their losses.</param>
    internal static NotesScore Of(IReadOnlyCollection<(int Steps, double Loss)> pieces)
    {
        long steps = pieces.Sum(piece => (long)piece.Steps);
        return new NotesScore
        {
            Pieces = pieces.Count, Steps = steps, Loss = pieces.Sum(piece => piece.Loss) / Math.Max(1, steps),
            LossPerPiece = pieces.Sum(piece => piece.Loss / piece.Steps) / Math.Max(1, pieces.Count),
        };
    }
}
