namespace Recurant.Samples.MakeReviews;

/// <summary>A thing one reviews: its kind (W, T, A, M, F, H, P), whether it is plural, and its link as words.txt tells.</summary>
internal sealed record Noun(char Kind, bool Many, int Weight, string Link, string Word);

/// <summary>An adjective with its polarity and the kinds of things it fits.</summary>
internal sealed record Adjective(
    bool Positive, bool Strong, string Kinds, int Weight, bool TakesVery, bool TakesMore, string Word);

/// <summary>A phrase with a polarity and no further structure.</summary>
internal sealed record Phrase(bool Positive, string Words);

/// <summary>Everything in <c>words.txt</c>.</summary>
internal sealed class WordBank
{
    public List<Noun> Nouns { get; } = [];

    public List<Adjective> Adjectives { get; } = [];

    public List<Phrase> Things { get; } = [];

    public List<Phrase> Qualities { get; } = [];

    public List<string> Openers { get; } = [];

    public List<string> Closers { get; } = [];

    public static WordBank Read(string path)
    {
        var bank = new WordBank();
        foreach (var line in File.ReadLines(path))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var f = line.Split(' ');
            string Rest(int from) => string.Join(' ', f[from..]);
            switch (f[0])
            {
                case "noun":
                    bank.Nouns.Add(new Noun(f[1][0], f[2] == "many", int.Parse(f[3]), f[4], Rest(5)));
                    break;
                case "adjective":
                    bank.Adjectives.Add(new Adjective(
                        f[1] == "positive", f[2] == "strong", f[3], int.Parse(f[4]),
                        f[5].Contains('v'), f[5].Contains('m'), Rest(6)));
                    break;
                case "thing":
                    bank.Things.Add(new Phrase(f[1] == "positive", Rest(2)));
                    break;
                case "quality":
                    bank.Qualities.Add(new Phrase(f[1] == "positive", Rest(2)));
                    break;
                case "opener":
                    bank.Openers.Add(Rest(1));
                    break;
                case "closer":
                    bank.Closers.Add(Rest(1));
                    break;
                default:
                    throw new InvalidDataException($"{path}: '{f[0]}' is no kind of entry; expected noun, adjective, thing, "
                        + "quality, opener or closer.");
            }
        }

        return bank;
    }
}
