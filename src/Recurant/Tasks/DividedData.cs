namespace Recurant.Tasks;

/// <summary>The data of a run: what is learnt from, and what the model is checked with after every epoch.</summary>
/// <param name="Train">What is learnt from.</param>
/// <param name="Validation">What the model is checked with; of much data a choice, where there is little time.</param>
internal sealed record DividedData<T>(T Train, T Validation)
{
    /// <summary>The fingerprints of the data before they were divided; empty where no checkpoints are kept.</summary>
    public string TrainGiven { get; init; } = "";

    public string ValidationGiven { get; init; } = "";

    /// <summary>How many validation rows there were before some were chosen for want of time.</summary>
    public int ValidationRows { get; init; }

    /// <summary>The beginning of a run's identity.</summary>
    /// <param name="what">What the data are: "texts".</param>
    /// <param name="options">The options of the run.</param>
    /// <param name="causes">What the seed may follow from.</param>
    public IEnumerable<(string Name, string Value)> Identity(
        string what, LearningOptions options, params IEnumerable<(string Name, string Value)> causes) =>
    [
        RunIdentity.Version, ($"training {what}", TrainGiven), ($"validation {what}", ValidationGiven), .. causes,
        RunIdentity.Of("Seed", options.Seed), RunIdentity.Of("ValidationFraction", options.ValidationFraction),
    ];
}

/// <summary>Data that need not be divided.</summary>
internal static class DividedData
{
    /// <summary>What stands for both parts where there are none.</summary>
    public static DividedData<T> None<T>(T empty) => new(empty, empty);
}

/// <summary>How data of one kind are divided.</summary>
/// <param name="What">What the rows are: "sentences".</param>
/// <param name="NameOf">The name of the data.</param>
/// <param name="CountOf">The number of rows.</param>
/// <param name="Subset">The rows with the given numbers.</param>
/// <param name="Fingerprint">What the data are told from others by.</param>
/// <param name="CharactersOf">What a row takes to be scored, as a number of characters that are read.</param>
internal sealed record DataKind<T>(
    string What, Func<T, string> NameOf, Func<T, int> CountOf, Func<T, int[], T> Subset, Func<T, string> Fingerprint,
    Func<T, int, long> CharactersOf) where T : class
{
    /// <summary>Sets a share aside. Default: any rows.</summary>
    public Func<T, double, ulong, PhaseWork, (T First, T Second)>? Split { get; init; }

    /// <summary>The most rows that a model is checked with after every epoch. Default: all.</summary>
    public int MostValidation { get; init; } = int.MaxValue;

    /// <summary>Divides data, or takes what is given to check the model with.</summary>
    /// <exception cref="InvalidDataException">There is nothing to learn from, or to check the model with.</exception>
    public DividedData<T> Divide(T all, T? validation, LearningOptions options, PhaseWork work)
    {
        if (CountOf(all) == 0) throw new InvalidDataException($"{NameOf(all)}: there are no {What} to train on.");
        if (validation is not null && CountOf(validation) == 0)
        {
            throw new InvalidDataException(
                $"{NameOf(validation)}: there are no {What} to check the model with. Give at least one.");
        }

        bool isFingerprinted = options.Checkpoint is not null;
        (T train, T held) = validation is not null ? (all, validation)
            : Split is null ? Random(all, options.ValidationFraction, options.Seed)
            : Split(all, options.ValidationFraction, options.Seed, work);
        int given = CountOf(held);
        if (given == 0)
        {
            throw new InvalidDataException(
                $"{NameOf(all)}: {CountOf(all)} {What} are too few, or too much alike, to set some aside for validation. "
                + $"Give more, or {What} of their own to validate with (--valid on the command line).");
        }

        if (given > MostValidation) held = Random(held, (double)MostValidation / given, seed: 0).Second;
        int rows = CountOf(held);
        if (TimeShare.ValidationCharacters(options.Budget) is { } most)
        {
            T whole = held;
            held = Subset(whole, DatasetSample.Rows(rows, row => CharactersOf(whole, row), most));
        }

        return new DividedData<T>(train, held)
        {
            TrainGiven = isFingerprinted ? Fingerprint(all) : "",
            ValidationGiven = !isFingerprinted ? "" : validation is null ? "set aside" : Fingerprint(validation),
            ValidationRows = rows,
        };
    }

    /// <summary>Two parts, each in the order of the whole.</summary>
    private (T First, T Second) Random(T data, double secondFraction, ulong seed)
    {
        int[] order = [.. Enumerable.Range(0, CountOf(data))];
        new Philox(seed, RandomPurpose.Splitting).Shuffle(order);
        int count = Math.Min(order.Length - 1, (int)Math.Ceiling(secondFraction * order.Length));
        var isSecond = new bool[order.Length];
        foreach (int i in order.AsSpan(0, Math.Max(0, count))) isSecond[i] = true;
        return (Part(false), Part(true));

        T Part(bool second) => Subset(data, [.. Enumerable.Range(0, isSecond.Length).Where(i => isSecond[i] == second)]);
    }
}
