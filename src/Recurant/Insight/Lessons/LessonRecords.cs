namespace Recurant.Insight;

/// <summary>The parts of a lesson.</summary>
public enum LessonPart
{
    /// <summary>The weights, and which tensor of a model file each is.</summary>
    Weights,

    /// <summary>From the words to the loss.</summary>
    Forward,

    /// <summary>From the loss to the gradients, as sums over time.</summary>
    Backward,

    /// <summary>The gradient of W as the sum over t and k, with every factor.</summary>
    Expanded,

    /// <summary>One step of gradient descent, and the new loss.</summary>
    Update,
}

/// <summary>What a line does with its sum.</summary>
public enum LessonFunction
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>1 / (1 + exp(-s)).</summary>
    Sigmoid,

    /// <summary>max(0, s).</summary>
    Relu,

    /// <summary>exp(s).</summary>
    Exp,

    /// <summary>-ln s.</summary>
    MinusLog,

    /// <summary>The largest term instead of the sum.</summary>
    Max,
}

/// <summary>One term of a sum: a product of factors.</summary>
/// <param name="Name">The product with letters, for example <c>U[1,2] x_3[2]</c>.</param>
/// <param name="Factors">The numbers put in. A first factor of -1 with others behind it is a minus sign.</param>
/// <param name="LeftOut">How many terms it stands for, where it is the sum of those not shown; else 0.</param>
public sealed record LessonTerm(string Name, IReadOnlyList<double> Factors, int LeftOut = 0) : InsightRecord
{
    /// <summary>The product.</summary>
    public double Value
    {
        get
        {
            double product = 1;
            foreach (double factor in Factors) product *= factor;
            return product;
        }
    }
}

/// <summary>One number of a lesson: <c>name = function(sum of the terms / divisor)</c>.</summary>
public sealed record LessonLine : InsightRecord
{
    /// <summary>Its name, for example <c>h_3[1]</c>: unit 1 after the third word. Everything counts from 1.</summary>
    public required string Name { get; init; }

    /// <summary>The terms; never none.</summary>
    public required IReadOnlyList<LessonTerm> Terms { get; init; }

    /// <summary>What the sum of the terms is divided by. Default: 1.</summary>
    public double Divisor { get; init; } = 1;

    /// <summary>The divisor's name; empty where there is none.</summary>
    public string DivisorName { get; init; } = "";

    /// <summary>The function of the sum. Default: none.</summary>
    public LessonFunction Function { get; init; }

    /// <summary>The sum of the terms, divided.</summary>
    public double Sum => Terms.Sum(term => term.Value) / Divisor;

    /// <summary>The number, as the reference computed it.</summary>
    public required double Value { get; init; }
}

/// <summary>An equation with its numbers: one line for each unit or class.</summary>
public sealed record LessonEquation
{
    /// <summary>What it gives, for example <c>h_3</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The equation with letters.</summary>
    public required string Formula { get; init; }

    /// <summary>The shapes of both sides, for example <c>[3] = [3,5] [5] + [3,3] [3]</c>.</summary>
    public required string Shapes { get; init; }

    /// <summary>The lines that are shown.</summary>
    public required IReadOnlyList<LessonLine> Lines { get; init; }

    /// <summary>How many lines are not shown.</summary>
    public int LinesLeftOut { get; init; }

    /// <summary>The node of the unrolled network that it belongs to: X, H, Y or J; empty for none.</summary>
    public string Node { get; init; } = "";

    /// <summary>A remark; empty for none.</summary>
    public string Note { get; init; } = "";
}

/// <summary>A matrix or vector of a lesson; of a large one the first rows and columns.</summary>
public sealed record LessonMatrix : InsightRecord
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The equation with letters; empty for none.</summary>
    public string Formula { get; init; } = "";

    /// <summary>The name with its equation, each once: what stands above the numbers.</summary>
    public string Heading => Formula.Length == 0 ? Name
        : Formula.StartsWith(Name, StringComparison.Ordinal) ? Formula : $"{Name}: {Formula}";

    /// <summary>The number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>The number of columns.</summary>
    public required int Columns { get; init; }

    /// <summary>The rows that are shown, each with its shown columns.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Shown { get; init; }

    /// <summary>Names of the shown columns, such as words; empty: numbers from 1.</summary>
    public IReadOnlyList<string> ColumnNames { get; init; } = [];

    /// <summary>Names of the shown rows, such as classes; empty: numbers from 1.</summary>
    public IReadOnlyList<string> RowNames { get; init; } = [];

    /// <summary>
    /// The root of the sum of all squares, those not shown included; NaN where only the shown rows were computed.
    /// </summary>
    public required double Norm { get; init; }
}

/// <summary>A page of a lesson.</summary>
public sealed record LessonSection
{
    /// <summary>The part it belongs to.</summary>
    public required LessonPart Part { get; init; }

    /// <summary>The time step from 1; 0 where it speaks of all.</summary>
    public int Step { get; init; }

    /// <summary>The recurrent layer from 1; 0 where it belongs to none.</summary>
    public int Layer { get; init; }

    /// <summary>The direction of that layer: 0 forward, 1 backward.</summary>
    public int Direction { get; init; }

    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Sentences above the numbers.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The equations in the order of computing.</summary>
    public IReadOnlyList<LessonEquation> Equations { get; init; } = [];

    /// <summary>The matrices.</summary>
    public IReadOnlyList<LessonMatrix> Matrices { get; init; } = [];
}

/// <summary>Which tensor of a model file a letter of the chapter is.</summary>
/// <param name="Symbol">The letter: U, W, V, of gates U_i, W_f and so on.</param>
/// <param name="Tensor">The tensor's name in the model file.</param>
/// <param name="FirstRow">The first of its rows, from 1.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Columns">How many columns; 0 for a vector.</param>
/// <param name="Meaning">What it does.</param>
public sealed record LessonTensor(string Symbol, string Tensor, int FirstRow, int Rows, int Columns, string Meaning);

/// <summary>One term of the expanded sum: what step k did to the loss through what enters at step t.</summary>
/// <param name="Layer">The recurrent layer, from 1.</param>
/// <param name="Direction">0 forward, 1 backward.</param>
/// <param name="T">Where the gradient enters, from 1.</param>
/// <param name="K">Whose W is meant, from 1; not after t in the direction of reading.</param>
/// <param name="StateNorm">The length of dJ_t/ds_k.</param>
/// <param name="GradientNorm">The length of the term: the part of dJ/dW that comes from t through k.</param>
public sealed record LessonPath(int Layer, int Direction, int T, int K, double StateNorm, double GradientNorm) : InsightRecord;
