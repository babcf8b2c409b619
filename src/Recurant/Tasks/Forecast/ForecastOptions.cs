namespace Recurant.Tasks;

/// <summary>
/// How a forecaster is trained. Every property may be left out: what <see cref="LearningOptions"/> says of defaults holds with
/// these exceptions, most of which follow the data (docs/forecasting.md has the rules): the cell is a GRU, and epochs, batch,
/// learning rate and the number of networks depend on how much there is to learn from.
/// </summary>
public sealed record ForecastOptions : LearningOptions
{
    /// <summary>The columns to forecast. Null: all columns of numbers that have no other role.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Columns that are known for the steps to come as well. Default: none.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>Columns that are the same in all rows of a series. Default: none.</summary>
    public IReadOnlyList<string> Static { get; init; } = [];

    /// <summary>
    /// Columns of which the past is known. Null: where <see cref="Targets"/> is given, all that have no other role.
    /// </summary>
    public IReadOnlyList<string>? Past { get; init; }

    /// <summary>H, the steps that are forecast, 1 to 100,000. Null: a season.</summary>
    public int? Horizon { get; init; }

    /// <summary>
    /// L, the steps that are looked back on; it is rounded to whole segments. Null: follows horizon and season.
    /// </summary>
    public int? Lookback { get; init; }

    /// <summary>The steps that are read and answered at once. Null: follows season and horizon.</summary>
    public int? Segment { get; init; }

    /// <summary>The steps of a season; 1 for none. Null: as the calendar suggests.</summary>
    public int? Season { get; init; }

    /// <summary>What each window is centred at. Null: follows the data.</summary>
    public WindowCentre? Centre { get; init; }

    /// <summary>Whether logarithms are read; targets below 0 then count as 0. Null: follows the data.</summary>
    public bool? Logarithms { get; init; }

    /// <summary>Whether forecasts may be below 0 although no target ever is. Default: no.</summary>
    public bool AllowNegative { get; init; }

    /// <summary>Whether features of the calendar are read. Null: follows the data.</summary>
    public bool? Calendar { get; init; }

    /// <summary>
    /// Whether it is read how long ago each value of the past was known, in steps or, of irregular times, by the clock, and
    /// values that are missing fade from the last known one towards the window's centre (after GRU-D, Che et al. 2018).
    /// Default: no; a missing value is read as the last known one, and a mask says so.
    /// </summary>
    public bool Decay { get; init; }

    /// <summary>Whether a linear map stands beside the recurrent layers. Default: yes.</summary>
    public bool Linear { get; init; } = true;

    /// <summary>The levels of the quantiles, ascending, 0.5 among them. Default: 0.1 to 0.9.</summary>
    public IReadOnlyList<float> Levels { get; init; } = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f];

    /// <summary>
    /// What is said of a value to come. <see cref="ForecastDistribution.NegativeBinomial"/> is of counts: targets are whole
    /// numbers from 0, without logarithms, centred at <see cref="WindowCentre.Zero"/>. Default: quantiles.
    /// </summary>
    public ForecastDistribution Distribution { get; init; }

    /// <summary>How many networks are trained side by side and answer together. Null: follows the data.</summary>
    public int? Models { get; init; }

    /// <summary>
    /// Of each series the last rows but those of the test that validate. Null: the horizon, or a tenth of the rows if those are
    /// more.
    /// </summary>
    public int? ValidationRows { get; init; }

    /// <summary>
    /// Whether the model is trained anew on all rows, those of the validation too, for as many epochs as were best. Null: where a
    /// series has few rows.
    /// </summary>
    public bool? Refit { get; init; }

    /// <summary>Checks the range of every property.</summary>
    /// <exception cref="ArgumentException">
    /// A value is outside its range; the message names the property and the range.
    /// </exception>
    public void Validate()
    {
        TrainingOptionsCheck.ValidateCommon(this);
        TrainingOptionsCheck.Require(Horizon is null or (>= 1 and <= ForecasterSpec.MostSteps), Horizon, "1 to 100,000");
        TrainingOptionsCheck.Require(Lookback is null or (>= 1 and <= ForecasterSpec.MostSteps), Lookback, "1 to 100,000");
        TrainingOptionsCheck.Require(Segment is null or (>= 1 and <= ForecasterSpec.MostSteps), Segment, "1 to 100,000");
        TrainingOptionsCheck.Require(Season is null or (>= 1 and <= ForecasterSpec.MostSteps), Season, "1 (none) to 100,000");
        TrainingOptionsCheck.Require(Models is null or (>= 1 and <= ForecasterSpec.MostNetworks), Models, "1 to 64");
        TrainingOptionsCheck.Require(ValidationRows is null or >= 1, ValidationRows, "at least 1");
        TrainingOptionsCheck.RequireKnown(Centre);
        TrainingOptionsCheck.RequireKnown(Distribution);
        ForecastCounts.Validate(this);
    }
}
