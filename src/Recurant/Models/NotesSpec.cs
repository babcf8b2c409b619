using System.Globalization;
using System.Text.Json.Serialization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>What a model of music is made of; data only.</summary>
public sealed record NotesSpec
{
    /// <summary>The lowest note, 0 to 127. Default: 21, the lowest of a piano.</summary>
    public int Lowest { get; init; } = 21;

    /// <summary>N, the number of notes from there on. Default: 88, those of a piano.</summary>
    public int Notes { get; init; } = 88;

    /// <summary>Whether the notes of a step depend on one another; else each is drawn by itself. Default: yes.</summary>
    public bool Chords { get; init; } = true;

    /// <summary>How many steps a quarter note has in the MIDI files that were learnt from; null where there were none.</summary>
    public int? StepsPerQuarter { get; init; }

    /// <summary>How long a step lasts when music is written, in seconds. Default: 0.5, a quarter note at 120 a minute.</summary>
    public double StepSeconds { get; init; } = 0.5;

    /// <summary>The recurrent layers.</summary>
    public required RecurrentSpec Recurrent { get; init; }

    /// <summary>The network in one line.</summary>
    [JsonIgnore]
    internal string Summary => $"{Recurrent.Summary} over {Notes} notes{(Chords ? ", chords" : ", each by itself")}";

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    internal void Validate()
    {
        Recurrent.Validate();
        Require(!Recurrent.Bidirectional, 2, "1: what is to come cannot be read", "Recurrent.Directions");
        Require(Lowest is >= 0 and < NotePiece.NoteCount, Lowest, "0 to 127");
        Require(Notes >= 1 && Lowest + Notes <= NotePiece.NoteCount, Notes, $"1 to {NotePiece.NoteCount - Lowest}");
        Require(StepsPerQuarter is null or (>= 1 and <= 960), StepsPerQuarter ?? 0, "1 to 960");
        if (!(StepSeconds > 0 && StepSeconds < 3600))
        {
            throw new ArgumentException($"{nameof(StepSeconds)} is {StepSeconds}; more than 0 and less than 3600 is expected.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(NotesSpec), PrintMembers);
}
