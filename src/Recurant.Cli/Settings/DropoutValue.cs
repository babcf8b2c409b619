namespace Recurant.Cli;

/// <summary>Reads the rates of dropout: one for the usual places, or a list of places.</summary>
internal static class DropoutValue
{
    private static readonly (string Name, Func<DropoutOptions, float, DropoutOptions> Set)[] s_places =
    [
        ("input", (dropout, rate) => dropout with { Input = rate }),
        ("layers", (dropout, rate) => dropout with { Layers = rate }),
        ("recurrent", (dropout, rate) => dropout with { Recurrent = rate }),
        ("word", (dropout, rate) => dropout with { Word = rate }),
        ("embedding", (dropout, rate) => dropout with { Embedding = rate }),
        ("output", (dropout, rate) => dropout with { Output = rate }),
    ];

    /// <summary>The places that a list names.</summary>
    public static IEnumerable<string> PlacesOf(string list) =>
        list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(item => item.Split('=')[0].Trim());

    /// <exception cref="FormatException">A place is unknown or named twice, or a rate is no number.</exception>
    public static DropoutOptions Read(string text)
    {
        if (!text.Contains('='))
        {
            float rate = SettingValue.Real(text);
            return new DropoutOptions { Input = rate, Layers = rate, Output = rate };
        }

        var dropout = new DropoutOptions();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string place = equals < 0 ? item : item[..equals].Trim();
            Func<DropoutOptions, float, DropoutOptions> set = SettingValue.Choice(place, s_places);
            if (equals < 0) throw new FormatException($"\"{item}\" lacks its rate: expected {place}=RATE.");
            if (!seen.Add(place)) throw new FormatException($"\"{place}\" is given twice.");
            dropout = set(dropout, SettingValue.Real(item[(equals + 1)..].Trim()));
        }

        return dropout;
    }
}
