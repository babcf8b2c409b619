namespace Recurant.Insight;

/// <summary>Answers with how sure the model was of each: what a review keeps of them.</summary>
/// <typeparam name="TMistake">What is told of a wrong answer.</typeparam>
internal sealed class JudgedAnswers<TMistake> where TMistake : class
{
    private readonly List<(double Probability, bool IsRight)> _answers = [];
    private readonly List<(double Probability, TMistake Mistake)> _mistakes = [];

    /// <summary>How many answers there are.</summary>
    public int Count => _answers.Count;

    /// <summary>How many of them are wrong.</summary>
    public int MistakeCount => _mistakes.Count;

    /// <summary>How often an answer is right where the model is so sure.</summary>
    public Calibration Calibration => Calibration.Of(_answers);

    /// <summary>Adds an answer.</summary>
    /// <param name="probability">How sure the model was, 0 to 1.</param>
    /// <param name="mistake">What is wrong with it; null if it is right.</param>
    public void Add(double probability, TMistake? mistake)
    {
        _answers.Add((probability, mistake is null));
        if (mistake is not null) _mistakes.Add((probability, mistake));
    }

    /// <summary>The wrong answers, the surest first, of those that are as sure as others the earliest.</summary>
    /// <param name="most">How many at most.</param>
    /// <param name="sourceOf">Of wrong answers with the same source only the surest is meant; null for all.</param>
    public IReadOnlyList<TMistake> Surest(int most, Func<TMistake, object>? sourceOf = null)
    {
        IEnumerable<TMistake> sorted = _mistakes.OrderByDescending(each => each.Probability).Select(each => each.Mistake);
        return [.. (sourceOf is null ? sorted : sorted.DistinctBy(sourceOf, ReferenceEqualityComparer.Instance)).Take(most)];
    }
}
