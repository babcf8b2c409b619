namespace Recurant.Formats;

/// <summary>What to do with rows of one series that have the same time and other values.</summary>
public enum DuplicateRows
{
    /// <summary>The file is refused; the message names both lines.</summary>
    Refuse,

    /// <summary>The first of them counts.</summary>
    First,

    /// <summary>The last of them counts.</summary>
    Last,

    /// <summary>The mean of their numbers counts, and the first of their categories.</summary>
    Mean,

    /// <summary>The sum of their numbers counts, and the first of their categories.</summary>
    Sum,
}

/// <summary>How an image becomes a sequence.</summary>
public enum PixelOrder
{
    /// <summary>A row of pixels a step: as many columns as the image is wide, and three times as many in colour.</summary>
    Row,

    /// <summary>A pixel a step, row by row: one column, or three in colour.</summary>
    Pixel,
}

/// <summary>A column that a table must have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Categories">The names of its categories in the order of their numbers; null for a column of numbers.</param>
public sealed record ExpectedColumn(string Name, IReadOnlyList<string>? Categories = null)
{
    /// <summary>
    /// Whether the file may lack it, as it may lack what is asked for: it is then missing in every row. Default: false.
    /// </summary>
    public bool MayBeMissing { get; init; }

    /// <summary>Whether other categories are refused; else they count as missing. Default: false.</summary>
    public bool IsClosed { get; init; }
}

/// <summary>What <see cref="SeriesReader"/> should not guess about a file. Whatever is null or empty is guessed.</summary>
/// <remarks>A column is named by its name, or by its number counted from 1.</remarks>
public sealed record SeriesFormatOptions
{
    /// <summary>The column with the time; several where it is divided among them: year, month, day. Default: none.</summary>
    public IReadOnlyList<string> Time { get; init; } = [];

    /// <summary>
    /// The column that says to which series a row belongs; several that do so together have commas between. Default: null.
    /// </summary>
    public string? Id { get; init; }

    /// <summary>
    /// The column of the label, of a whole series or of each row. Its values are categories, also where they are numbers.
    /// Default: null.
    /// </summary>
    public string? Label { get; init; }

    /// <summary>
    /// The columns that are asked for later: rows at the end in which they are blank are the future. Default: none.
    /// </summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>The columns that are known in advance. Default: none.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>The columns that are the same in all rows of a series. Default: none.</summary>
    public IReadOnlyList<string> Static { get; init; } = [];

    /// <summary>
    /// The format: <c>csv</c> (any separator), <c>tsv</c>, <c>jsonl</c>, <c>parquet</c>, <c>tsf</c>, <c>ts</c>, <c>arff</c>,
    /// <c>idx</c> or <c>directory</c>. Default: null.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>The character between the columns; a blank stands for any number of them. Default: null.</summary>
    public char? Delimiter { get; init; }

    /// <summary>
    /// The zone whose clock tells the times, an IANA name. It makes hours that come twice or not at all when clocks change
    /// equal steps. Default: null, the clock on the wall.
    /// </summary>
    public string? TimeZone { get; init; }

    /// <summary>Whether 01/02/2024 is the first of February. Default: null.</summary>
    public bool? DayFirst { get; init; }

    /// <summary>
    /// What to do with rows that have the same time and other values. Default: <see cref="DuplicateRows.Refuse"/>.
    /// </summary>
    public DuplicateRows Duplicates { get; init; }

    /// <summary>Whether each row of the file is a whole series, a value a column. Default: null.</summary>
    public bool? RowIsSeries { get; init; }

    /// <summary>How images become sequences. Default: <see cref="PixelOrder.Row"/>.</summary>
    public PixelOrder Pixels { get; init; }

    /// <summary>
    /// Which features of sounds are computed; their sample rate is that of the first file. Default: null, 40 log mel energies as
    /// Kaldi computes them.
    /// </summary>
    public SoundFeatureSpec? Features { get; init; }

    /// <summary>The features of a model of sounds, and the sample rate that the files must have. Default: null.</summary>
    public SoundFeatureSpec? Sound { get; init; }

    /// <summary>Whether sounds of another sample rate are brought to that of the first, or of the model. Default: no.</summary>
    public bool Resample { get; init; }

    /// <summary>
    /// The columns that the table shall have, in this order and with these categories, as a model wants them. Others are passed
    /// over. Default: null, those of the file.
    /// </summary>
    public IReadOnlyList<ExpectedColumn>? Expected { get; init; }
}
