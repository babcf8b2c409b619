namespace Recurant.Tasks;

/// <summary>What the steps of one sequence of a generated problem did to the answer.</summary>
public sealed record ProblemExplanation
{
    /// <summary>The problem: "adding:200".</summary>
    public required string Problem { get; init; }

    /// <summary>What is asked: the sum, or the ten symbols by number.</summary>
    public required IReadOnlyList<double> Expected { get; init; }

    /// <summary>What the network said: the sum, or the most probable symbols.</summary>
    public required IReadOnlyList<double> Answer { get; init; }

    /// <summary>The steps.</summary>
    public required IReadOnlyList<StepEffect> Steps { get; init; }
}

/// <summary>One step of a sequence.</summary>
/// <param name="Input">What is read: of adding the number and its mark, of copying the symbol (8: blank, 9: mark).</param>
/// <param name="Effect">
/// Of adding: the answer less the answer with the number 0 in the step's place, its mark staying. Of copying: the sum of ln p
/// over the ten right symbols,
/// less the same with a blank in its place.
/// </param>
public sealed record StepEffect(IReadOnlyList<double> Input, double Effect) : InsightRecord;
