namespace Recurant.Heads;

/// <summary>Counts right and wrong tags and spans, sentence after sentence.</summary>
internal sealed class TagScore
{
    private readonly OrderedDictionary<string, Counter> _tags = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Counter> _kinds = new(StringComparer.Ordinal);
    private readonly bool _hasSpans;
    private int _sentences, _words, _right, _unknown, _unknownRight;

    /// <param name="tags">The model's tags, whose order the result keeps.</param>
    public TagScore(IReadOnlyList<string> tags)
    {
        _hasSpans = TagSpan.AreMarkedBy(tags);
        foreach (string tag in tags) _tags.Add(tag, new Counter());
    }

    /// <summary>Counts a sentence.</summary>
    /// <param name="right">The right tags.</param>
    /// <param name="found">The tags found.</param>
    /// <param name="unknown">Tells of the t-th word whether the model does not know it.</param>
    public void Add(IReadOnlyList<string> right, IReadOnlyList<string> found, Func<int, bool> unknown)
    {
        _sentences++;
        for (int t = 0; t < right.Count; t++)
        {
            bool isRight = right[t] == found[t], isUnknown = unknown(t);
            _words++;
            CounterOf(right[t]).Present++;
            CounterOf(found[t]).Found++;
            if (isUnknown) _unknown++;
            if (!isRight) continue;
            _right++;
            CounterOf(right[t]).Right++;
            if (isUnknown) _unknownRight++;
        }

        if (!_hasSpans) return;
        HashSet<TagSpan> present = [.. TagSpan.Read(right)];
        foreach (TagSpan span in present) KindOf(span).Present++;
        foreach (TagSpan span in TagSpan.Read(found))
        {
            KindOf(span).Found++;
            if (present.Contains(span)) KindOf(span).Right++;
        }
    }

    /// <summary>The result.</summary>
    /// <param name="loss">The mean loss of a word.</param>
    public TaggerEvaluation ToEvaluation(double loss)
    {
        TagCount[] kinds = [.. _kinds.Select(kind => kind.Value.ToCount(kind.Key))];
        return new TaggerEvaluation
        {
            Loss = loss,
            Sentences = _sentences,
            Words = _words,
            Accuracy = (double)_right / Math.Max(1, _words),
            UnknownWords = _unknown,
            UnknownAccuracy = (double)_unknownRight / Math.Max(1, _unknown),
            Tags = [.. _tags.Select(tag => tag.Value.ToCount(tag.Key))],
            Spans = _hasSpans
                ? new TagCount(
                    "all", kinds.Sum(kind => kind.Right), kinds.Sum(kind => kind.Found), kinds.Sum(kind => kind.Present))
                : null,
            Kinds = kinds,
        };
    }

    private Counter CounterOf(string tag)
    {
        if (!_tags.TryGetValue(tag, out Counter? counter)) _tags.Add(tag, counter = new Counter());
        return counter;
    }

    private Counter KindOf(TagSpan span)
    {
        if (!_kinds.TryGetValue(span.Kind, out Counter? counter)) _kinds.Add(span.Kind, counter = new Counter());
        return counter;
    }

    private sealed class Counter
    {
        public int Right, Found, Present;

        public TagCount ToCount(string name) => new(name, Right, Found, Present);
    }
}
