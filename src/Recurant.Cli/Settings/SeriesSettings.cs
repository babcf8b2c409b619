using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>What is told of tables of numbers.</summary>
internal sealed record SeriesSettings
{
    /// <summary>The columns of the time.</summary>
    public IReadOnlyList<string> Time { get; init; } = [];

    /// <summary>The column that names the series.</summary>
    public string? Id { get; init; }

    /// <summary>Columns known in advance.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>Columns that are the same in all rows of a series.</summary>
    public IReadOnlyList<string> Static { get; init; } = [];

    /// <summary>Columns of which the past is read.</summary>
    public IReadOnlyList<string>? Past { get; init; }

    public string? TimeZone { get; init; }

    public bool? DayFirst { get; init; }

    public DuplicateRows Duplicates { get; init; }

    public PixelOrder Pixels { get; init; }

    /// <summary>Rows to learn from, to validate and to test with: numbers, or days up to or from which they are.</summary>
    public string? TrainRows { get; init; }

    public string? ValidRows { get; init; }

    public string? TestRows { get; init; }

    /// <summary>Whether errors are told of standardised values.</summary>
    public bool Standardised { get; init; }

    /// <summary>What only forecasters are told.</summary>
    public ForecastOptions Forecast { get; init; } = new();

    /// <summary>What only models of sequences are told.</summary>
    public SequenceOptions Sequence { get; init; } = new() { Target = "" };

    /// <summary>Which features of sounds are computed; null as readers do.</summary>
    public SoundFeatureSpec? Features { get; init; }

    public bool Resample { get; init; }

    /// <summary>How a file is read.</summary>
    public SeriesFormatOptions Format(TrainSettings settings) => new()
    {
        Time = Time, Id = Id, Known = Known, Static = Static, TimeZone = TimeZone, DayFirst = DayFirst, Duplicates = Duplicates,
        Pixels = Pixels, Features = Features, Resample = Resample, Format = settings.Format, Delimiter = settings.Delimiter,
    };
}
