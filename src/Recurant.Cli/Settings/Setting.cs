namespace Recurant.Cli;

/// <summary>What kind of JSON value a setting takes in a configuration file.</summary>
internal enum SettingKind
{
    Text,
    Path,
    Number,
    Flag,
}

/// <summary>Why a setting would change nothing.</summary>
/// <param name="Reason">The reason.</param>
/// <param name="Remedy">What to do instead.</param>
internal sealed record Idle(string Reason, string Remedy = "Leave it out")
{
    public static implicit operator Idle?(string? reason) => reason is null ? null : new Idle(reason);
}

/// <summary>
/// One thing a user can decide about a training run: an option of the command line and a key of the configuration file
/// at once, with the one description that help, <c>init</c> and messages share.
/// </summary>
/// <param name="Name">The option without its hyphens, and the key in the file.</param>
/// <param name="Group">The heading under which help and <c>init</c> list it.</param>
/// <param name="Value">
/// The value's name in help, such as N, FILE or COLUMN, or its choices, such as <c>elman|lstm|gru</c>.
/// </param>
/// <param name="Help">What it does, and its default, in one or two sentences.</param>
/// <param name="Set">Writes the value into the settings; a bad value is a <see cref="FormatException"/>.</param>
internal sealed record Setting(
    string Name, string Group, string Value, string Help, Func<TrainSettings, string, TrainSettings> Set)
{
    /// <summary>What kind of value it takes, which the name of its value tells.</summary>
    public SettingKind Kind { get; } = Value switch
    {
        "true|false" => SettingKind.Flag,
        "N" or "X" or "N|onehot" => SettingKind.Number,
        _ when Value.Contains("FILE", StringComparison.Ordinal) || Value.Contains("DIR", StringComparison.Ordinal) =>
            SettingKind.Path,
        _ => SettingKind.Text,
    };

    /// <summary>Where it would change nothing, with the reason; beside the tasks that do not have it.</summary>
    public IReadOnlyList<Func<SettingUse, Idle?>> Unless { get; init; } = [];

    /// <summary>Whether the value stays out of the training record, since it cannot change the model.</summary>
    public bool IsUnrecorded { get; init; }

    /// <summary>Sets the value and checks its range.</summary>
    /// <param name="settings">The settings so far.</param>
    /// <param name="value">The value as text.</param>
    /// <param name="place">Where the value stands, for the message: an option, or a file with line and column.</param>
    /// <exception cref="UsageException">The value is of the wrong kind or out of range.</exception>
    public TrainSettings Apply(TrainSettings settings, string value, string place)
    {
        try
        {
            TrainSettings changed = Set(settings, value);
            changed.Training.Validate();
            return changed with { Given = [.. settings.Given.Where(given => given.Setting != this), (this, value)] };
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException)
        {
            throw new UsageException(
                fault is ArgumentException ? InUsersWords(place, fault.Message) : $"{place}: {fault.Message}");
        }
    }

    /// <summary>
    /// The core says "Epochs is 0; it must be ..."; whoever wrote <c>--epochs 0</c> knows the option and not the property.
    /// </summary>
    private static string InUsersWords(string place, string message)
    {
        int end = message.IndexOf(" is ", StringComparison.Ordinal);
        string property = end < 0 ? "" : message[..end];
        if (property.Length == 0 || property.Contains(' ', StringComparison.Ordinal)) return $"{place}: {message}";
        int dot = property.IndexOf('.', StringComparison.Ordinal);
        string part = dot < 0 ? "" : ": " + property[(dot + 1)..].ToLowerInvariant();
        return place + part + message[end..];
    }
}
