using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads pairs of texts for the commands: a file of pairs, or two files of lines, given as SOURCE,TARGET.</summary>
internal static class PairData
{
    /// <summary>Whether a name is that of two files of lines.</summary>
    public static bool AreFiles(string name) =>
        !File.Exists(name) && name.Split(',') is [{ Length: > 0 } source, { Length: > 0 } target]
        && (File.Exists(source) || File.Exists(target));

    /// <summary>The settings with the data of --source and --target, where these are files.</summary>
    /// <exception cref="UsageException">One of the two is missing.</exception>
    public static TrainSettings WithFiles(TrainSettings settings)
    {
        bool isColumn = settings.Data is { Length: > 0 } data && data != Joined(settings);
        if (isColumn || (settings.Source is null && settings.Target is null)) return settings;
        if (settings.Source is null || settings.Target is null)
        {
            string given = settings.Source is null
                ? "--target" : "--source", missing = settings.Source is null ? "--source" : "--target";
            throw new UsageException($"{given} without DATA is a file of lines and needs {missing} FILE as well.");
        }

        return settings with { Data = Joined(settings) };
    }

    /// <summary>Reads pairs and passes the warnings on; of the SDK's messages those to test with.</summary>
    public static PairDataset Read(string name, TrainSettings settings, Invocation call)
    {
        if (SdkParts.Translations(name, call) is { } parts) return parts.Test;
        PairDataset data;
        if (AreFiles(name) || name == Joined(settings))
        {
            string[] files = name.Split(',');
            data = PairDatasetReader.ReadLines(settings.File(files[0]), settings.File(files[1]));
        }
        else
        {
            bool hasFiles = settings.Data is not null && settings.Data == Joined(settings);
            data = PairDatasetReader.Read(settings.File(name), new PairFormatOptions
            {
                SourceColumn = hasFiles ? null : settings.Source,
                TargetColumn = hasFiles ? null : settings.Target,
                Format = settings.Format,
                Delimiter = settings.Delimiter,
            });
        }

        call.Tell([$"{name}: pairs of texts; {Numbers.Of(data.Count, "pair")}", .. data.Warnings]);
        if (name == settings.Data && !call.Quiet)
        {
            DataPreview.Tell(call.Terminal, data.Pairs.Select(pair => (pair.Source, pair.Target)), isPair: true);
        }

        return data;
    }

    /// <summary>Divides pairs into those to learn from and those to test with: the same for all seeds.</summary>
    /// <exception cref="InvalidDataException">There are too few.</exception>
    public static (PairDataset Train, PairDataset Test) SetTestAside(PairDataset all)
    {
        const int Every = 10;
        if (all.Count < 2 * Every) throw TestPart.TooFew(all.Name, Numbers.Of(all.Count, "pair"));

        // Pairs that are equal, or share a side, must not stand in both parts: neighbours often do.
        PairDataset Part(bool test) =>
            all.Subset([.. Enumerable.Range(0, all.Count).Where(row => IsTest(all.Pairs[row].Source) == test)]);
        bool IsTest(string text) => Hash(text) % Every == 0;
        static uint Hash(string text)
        {
            // FNV-1a, the same on every machine.
            uint hash = 2166136261;
            foreach (char c in text) hash = (hash ^ c) * 16777619;
            return (hash ^ (hash >> 15)) * 2654435769 >> 7;
        }

        (PairDataset train, PairDataset test) = (Part(false), Part(true));
        return test.Count > 0 && train.Count > 0
            ? (train, test)
            : throw new InvalidDataException(
                $"{all.Name}: the sources hardly differ, so none can be set aside for the test. Give a file of its own with "
                    + $"--test.");
    }

    private static string Joined(TrainSettings settings) => $"{settings.Source},{settings.Target}";
}
