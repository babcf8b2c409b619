using System.Text;

namespace Recurant.Samples.MakeReviews;

/// <summary>A finished review. An equal <paramref name="Key"/> means the same pattern and the same words of polarity.</summary>
internal sealed record Review(bool Positive, string Text, string Key);

/// <summary>Fills the slots of one pattern, once.</summary>
internal sealed class SentenceWriter(WordBank bank, CounterHash random, Pattern pattern, bool positive)
{
    // "good" and "bad" are rather asserted than denied, so that a model that only counts words takes them at their face value.
    private const int OwnWeight = 20;
    private const int OppositeWeight = 4;

    private readonly List<string> _chosen = [];
    private readonly List<string> _used = [];
    private Noun _first = null!;
    private Noun _second = null!;

    public Review Write()
    {
        PickNouns();
        var text = Expand(pattern.Text);
        var polar = _used.Count > 0;
        text = Finish(text);

        // "good" and "bad" carry the story, so their combinations include the subject: training has them in every pattern.
        if (!polar || _used.Contains("good") || _used.Contains("bad")) _used.Add(_first.Word);
        return new Review(positive, text, $"{pattern.Text}|{positive}|{string.Join('|', _used)}|{string.Join('|', _chosen)}");
    }

    private void PickNouns()
    {
        var t = pattern.Text;
        var needsWork = t.Contains("{sw}") || t.Contains("{w}");
        var hasSecond = t.Contains("{s2}") || t.Contains("{t}");
        var house = !needsWork && random.Next(100) < 18;
        var kinds = needsWork ? "W" : house ? "FHP" : random.Next(100) < 55 ? "W" : "TAM";
        _first = PickNoun(kinds, "");
        _second = hasSecond ? PickNoun(house ? "FHP" : _first.Kind == 'W' ? _first.Link : "TAM", _first.Word) : _first;
    }

    private Noun PickNoun(string kinds, string not) =>
        random.Pick(
            bank.Nouns.Where(n => kinds.Contains(n.Kind) && n.Word != not && n.Word + "s" != not && n.Word != not + "s").ToList(),
            n => n.Weight);

    // Replaces {slot}, [a|b] and <a/b>, from left to right.
    private string Expand(string text)
    {
        var result = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            var close = text[i] switch { '{' => '}', '[' => ']', '<' => '>', _ => '\0' };
            if (close == '\0')
            {
                result.Append(text[i]);
                continue;
            }

            var end = text.IndexOf(close, i);
            var inner = text[(i + 1)..end];
            if (close == '}')
            {
                result.Append(Slot(inner));
            }
            else if (close == ']')
            {
                var options = inner.Split('|');
                var option = options[random.Next(options.Length)];
                _chosen.Add(option);
                result.Append(Expand(option));
            }
            else
            {
                result.Append(Expand(inner.Split('/')[positive ? 0 : 1]));
            }

            i = end;
        }

        return result.ToString();
    }

    private string Slot(string slot)
    {
        if (slot.Contains('|'))
        {
            var noun = slot.StartsWith("2:", StringComparison.Ordinal) ? _second : _first;
            return slot[(slot.IndexOf(':') + 1)..].Split('|')[noun.Many ? 1 : 0];
        }

        switch (slot)
        {
            case "s" or "sw":
                return WithArticle(_first, pattern.Text.Contains("{s2}") || pattern.Text.Contains("{w}"));
            case "s2":
                return "the " + _second.Word;
            case "w":
                return _first.Word;
            case "t":
                return _second.Word;
            case "very":
                return "{very}";
            case "Z" or "z":
                return Polar(bank.Things, slot == "Z");
            case "Q" or "q":
                return Polar(bank.Qualities, slot == "Q");
            default:
                return PickAdjective(slot);
        }
    }

    private string WithArticle(Noun noun, bool simple)
    {
        if (noun.Kind == 'W') return Determiner(simple) + noun.Word;
        if ("TAM".Contains(noun.Kind) && !simple && random.Next(100) < 25)
        {
            var works = bank.Nouns.Where(n => n.Kind == 'W' && n.Link.Contains(noun.Kind)).ToList();
            var article = random.Next(2) == 0 ? "this" : "the";
            return $"the {noun.Word} {noun.Link} {article} {random.Pick(works, w => w.Weight).Word}";
        }

        return (noun.Kind is 'F' or 'H' && random.Next(3) == 0 ? "our " : "the ") + noun.Word;
    }

    private string Determiner(bool simple) => random.Next(100) switch
    {
        < 46 => "the ",
        < 93 => "this ",
        _ => simple ? "the " : "the whole ",
    };

    private string Polar(List<Phrase> phrases, bool ours)
    {
        var options = phrases.Where(p => p.Positive == (positive == ours)).ToList();
        var words = options[random.Next(options.Count)].Words;
        _used.Add(words);
        return words;
    }

    // X or Y, or the mild x or y; then S: strong only, m: takes "more", 2: fits the second thing, *: fits everything.
    private string PickAdjective(string slot)
    {
        var wanted = (slot[0] is 'X' or 'x') == positive;
        var mild = char.IsLower(slot[0]);
        var kind = slot.Contains('2') ? _second.Kind : _first.Kind;
        var options = bank.Adjectives.Where(a => a.Positive == wanted
            && (!mild || !a.Strong)
            && (!slot.Contains('S') || a.Strong)
            && (!slot.Contains('m') || a.TakesMore)
            && (slot.Contains('*') ? a.Kinds.Length == 7 : a.Kinds.Contains(kind))
            && !_used.Contains(a.Word)).ToList();
        var storyWeight = wanted == positive ? OwnWeight : OppositeWeight;
        var adjective = random.Pick(options, a => a.Word is "good" or "bad" ? storyWeight : a.Weight);
        _used.Add(adjective.Word);
        return adjective.Word;
    }

    private string Finish(string text)
    {
        text = Intensify(text);
        if (random.Next(100) < 9)
        {
            var opener = bank.Openers[random.Next(bank.Openers.Count)];
            text = opener + " " + text;
        }
        else if (random.Next(100) < 5 && !text.Contains('?'))
        {
            text += ", " + bank.Closers[random.Next(bank.Closers.Count)];
        }

        text = Articles(text);
        text = Capitals(text);
        var mark = random.Next(100);
        return text.EndsWith('?') ? text : text + (mark < 60 ? "." : mark < 66 ? "!" : "");
    }

    // "very" before adjectives of degree, "truly" and the like before those that are extreme already.
    private string Intensify(string text)
    {
        var at = text.IndexOf("{very}", StringComparison.Ordinal);
        if (at < 0) return text;
        var word = text[(at + 7)..].Split(' ', ',', '.')[0];
        string[] options = bank.Adjectives.Single(a => a.Word == word).TakesVery
            ? ["very", "really", "very"]
            : ["truly", "really", "absolutely", "simply"];
        return text.Replace("{very}", options[random.Next(options.Length)]);
    }

    private static string Articles(string text)
    {
        for (int at; (at = text.IndexOf("a(n) ", StringComparison.Ordinal)) >= 0;)
        {
            var vowel = "aeiou".Contains(text[at + 5]);
            text = text[..at] + (vowel ? "an " : "a ") + text[(at + 5)..];
        }

        return text;
    }

    private static string Capitals(string text)
    {
        var letters = text.ToCharArray();
        for (var i = 0; i < letters.Length; i++)
        {
            if (i == 0 || (i > 1 && letters[i - 2] == '?')) letters[i] = char.ToUpperInvariant(letters[i]);
        }

        return new string(letters);
    }
}
