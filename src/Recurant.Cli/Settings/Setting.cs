namespace Recurant.Cli;

/// <summary>What kind of JSON value a setting takes in a configuration file.</summary>
internal enum SettingKind
{
    Text,
    Path,
    Number,
    Flag,
}

/// <summary>
/// One thing a user can decide about a training run: an option of the command line and a key of the configuration file
/// at once, with the one description that help, <c>init</c> and messages share.
/// </summary>
internal sealed record Setting
{
    /// <summary>The option without its hyphens, and the key in the file.</summary>
    public required string Name { get; init; }

    /// <summary>The heading under which help and <c>init</c> list it.</summary>
    public required string Group { get; init; }

    /// <summary>The value's name in help, such as N, or its choices, such as <c>elman|lstm|gru</c>.</summary>
    public required string Value { get; init; }

    /// <summary>What it does, and its default, in one or two sentences.</summary>
    public required string Help { get; init; }

    public SettingKind Kind { get; init; } = SettingKind.Text;

    /// <summary>Writes the value into the settings; a bad value is a <see cref="FormatException"/>.</summary>
    public required Func<TrainSettings, string, TrainSettings> Set { get; init; }

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
