using System.Globalization;
using System.Text.Json.Serialization;
using static Recurant.Layers.SpecRange;

namespace Recurant.Models;

/// <summary>What a model answers to a sequence of measurements.</summary>
public enum SeriesAnswer
{
    /// <summary>A label for the sequence.</summary>
    Label,

    /// <summary>A label for each step.</summary>
    StepLabels,

    /// <summary>A number for the sequence.</summary>
    Number,

    /// <summary>A number for each step.</summary>
    StepNumbers,
}

/// <summary>What a model of sequences of measurements is made of; data only.</summary>
public sealed record SeriesSpec
{
    internal const int MostLabels = 100_000, MostNetworks = 64, MostSteps = 1_000_000;

    /// <summary>The columns that are read.</summary>
    public required IReadOnlyList<SeriesColumnSpec> Columns { get; init; }

    /// <summary>How the columns are computed from sound; null where they are measurements.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SoundFeatureSpec? Sound { get; init; }

    /// <summary>The name of the column of the right answers.</summary>
    public required string Target { get; init; }

    /// <summary>What is answered.</summary>
    public required SeriesAnswer Answer { get; init; }

    /// <summary>The number of labels; 1 where numbers are answered.</summary>
    public int Outputs { get; init; } = 1;

    /// <summary>The mean of the numbers that are learnt from; what the network answers is counted from it.</summary>
    public float TargetMean { get; init; }

    /// <summary>Their standard deviation, the unit of what the network answers.</summary>
    public float TargetDeviation { get; init; } = 1f;

    /// <summary>Larger numbers count as this one, in training and in scores; null for no such cap.</summary>
    public float? TargetCap { get; init; }

    /// <summary>The most steps of a sequence: of longer ones the last count, or where each step is answered, pieces.</summary>
    public int Window { get; init; } = MostSteps;

    /// <summary>How many steps are read as one.</summary>
    public int Join { get; init; } = 1;

    /// <summary>The number of convolutions before the recurrent layers.</summary>
    public int Convolutions { get; init; }

    /// <summary>The width of the convolutions.</summary>
    public int Filters { get; init; } = 64;

    /// <summary>The steps that a convolution sees at once.</summary>
    public int Kernel { get; init; } = 5;

    /// <summary>The recurrent layers.</summary>
    public required RecurrentSpec Recurrent { get; init; }

    /// <summary>How many networks answer together; the answer is the mean of theirs.</summary>
    public int Networks { get; init; } = 1;

    /// <summary>Whether every step is answered.</summary>
    [JsonIgnore]
    public bool IsOfSteps => Answer is SeriesAnswer.StepLabels or SeriesAnswer.StepNumbers;

    /// <summary>Whether labels are answered.</summary>
    [JsonIgnore]
    public bool IsOfLabels => Answer is SeriesAnswer.Label or SeriesAnswer.StepLabels;

    /// <summary>The numbers of a step.</summary>
    [JsonIgnore]
    internal int StepWidth => Columns.Sum(column => column.Width);

    /// <summary>Whether it is read how long ago values were known.</summary>
    [JsonIgnore]
    internal bool HasAge => Columns.Any(column => column.AgeUnit is not null);

    /// <summary>Where value, mask and age of such columns stand in a row of so many joined steps.</summary>
    internal IEnumerable<(int Value, int Mask, int Age, int Column)> AgePlaces()
    {
        for (int step = 0, at = 0; step < Join; step++)
        {
            int fading = 0;
            foreach (SeriesColumnSpec column in Columns)
            {
                if (column.AgeUnit is not null) yield return (at, at + 1, at + 2, fading++);
                at += column.Width;
            }
        }
    }

    /// <summary>The task that models of an answer are for.</summary>
    internal static string TaskOf(SeriesAnswer answer) => answer switch
    {
        SeriesAnswer.Label => TaskNames.Classify,
        SeriesAnswer.StepLabels => TaskNames.Tag,
        _ => TaskNames.Regress,
    };

    /// <summary>The network in one line.</summary>
    [JsonIgnore]
    internal string Summary =>
        $"{(Networks > 1 ? $"{Networks} x " : "")}{(Convolutions > 0 ? $"{Convolutions} convolutions of {Filters}, " : "")}"
        + $"{Recurrent.Summary} over {Columns.Count} {(Columns.Count == 1 ? "column" : "columns")}";

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    internal void Validate()
    {
        Recurrent.Validate();
        Known.Require(Answer, nameof(Answer));
        if (Columns.Count == 0) throw new ArgumentException($"{nameof(Columns)} must have at least one column.");
        foreach (SeriesColumnSpec column in Columns) column.Validate();
        Require(IsOfLabels ? Outputs is >= 1 and <= MostLabels : Outputs == 1, Outputs, IsOfLabels ? "1 to 100,000" : "1");
        Require(Window is >= 1 and <= MostSteps, Window, "1 to 1,000,000");
        Require(Join >= 1 && (Join == 1 || !IsOfSteps), Join, "1 or more, and 1 where every step is answered");
        Require(Convolutions is >= 0 and <= 64, Convolutions, "0 to 64");
        Require(Filters is >= 1 and <= 65536, Filters, "1 to 65,536");
        Require(Kernel is >= 1 and <= 10_000, Kernel, "1 to 10,000");
        Require(Networks is >= 1 and <= MostNetworks, Networks, "1 to 64");
        if (!float.IsFinite(TargetMean) || !(TargetDeviation > 0 && float.IsFinite(TargetDeviation)))
        {
            throw new ArgumentException(
                $"{nameof(TargetMean)} is {TargetMean} and {nameof(TargetDeviation)} {TargetDeviation}; finite numbers are "
                + "expected, the deviation above 0.");
        }
    }

    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(SeriesSpec), PrintMembers);
}
