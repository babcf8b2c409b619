using System.Globalization;

namespace Recurant.Reference;

/// <summary>The result of checking one tensor's gradient.</summary>
/// <param name="Name">The tensor's name.</param>
/// <param name="Count">How many elements were checked: all of them.</param>
/// <param name="LargestRelativeError">The worst relative error; infinity where a value is not finite.</param>
/// <param name="Index">The element that has it.</param>
/// <param name="Analytic">Its gradient under test.</param>
/// <param name="Numeric">The gradient it was compared with.</param>
/// <param name="AtKink">How many elements lie exactly on a kink of the loss and were held against its one-sided slopes.</param>
public readonly record struct GradientCheckRow(
    string Name, int Count, double LargestRelativeError, int Index, double Analytic, double Numeric, int AtKink)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(GradientCheckRow), PrintMembers);
}

/// <summary>Finite differences: is a gradient computed by hand the slope of the loss?</summary>
/// <remarks>
/// <code>
/// n = (J(w + e) - J(w - e)) / (2 e)                                           (1)
/// error = |a - n| / max(floor, |a| + |n|)                                     (2)
/// </code>
/// The error (2) is relative for gradients above the floor and absolute, in units of the floor, below it: the rounding of J
/// (about 1e-16) divided by e leaves about 1e-11 in n, which would drown the relative error of a gradient near zero. With the
/// default floor of 1e-4 and e = 1e-5, right gradients score below 1e-6.
/// <para>
/// Relu and max pooling have kinks, where a central difference is no slope. If e straddles one that is near, a smaller e does
/// not: an element that disagrees is measured again with e/10 and e/100, and the best agreement counts. A wrong gradient
/// disagrees at every e. If w lies exactly on a kink, the slopes to the left and to the right differ at the smallest e too; then
/// any value between the two is right (a subgradient), so the error is the distance to that interval.
/// </para>
/// </remarks>
public static class GradientCheck
{
    /// <summary>e, the step of the finite difference: 1e-5.</summary>
    public const double Step = 1e-5;

    /// <summary>The magnitude below which errors are absolute: 1e-4.</summary>
    public const double Floor = 1e-4;

    /// <summary>An element whose error exceeds this is looked at again for a kink.</summary>
    private const double Suspicious = 1e-7;

    /// <summary>
    /// One-sided slopes over e/100 that differ by more than this share mark a kink. Where the loss is smooth they differ by its
    /// second derivative times 1e-7.
    /// </summary>
    private const double KinkShare = 1e-4;

    /// <summary>A difference of slopes below this is rounding: about 1e-15 in J over e/100.</summary>
    private const double KinkFloor = 1e-7;

    /// <summary>Checks the gradients of a loss at a point, element by element.</summary>
    /// <param name="point">The tensors that the loss depends on. Left as they were.</param>
    /// <param name="gradients">The gradients under test, with the names of the point's tensors; others are ignored.</param>
    /// <param name="loss">J, computed from tensors alone.</param>
    /// <param name="floor">The magnitude below which errors are absolute. Default: <see cref="Floor"/>.</param>
    /// <returns>One row for each tensor of the point.</returns>
    /// <exception cref="ArgumentException">A gradient is missing or has the wrong size.</exception>
    public static IReadOnlyList<GradientCheckRow> Run(
        ReferenceTensors point, ReferenceTensors gradients, Func<ReferenceTensors, double> loss, double floor = Floor)
    {
        ArgumentNullException.ThrowIfNull(point);
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentNullException.ThrowIfNull(loss);
        ReferenceTensors moved = point.Copy();
        List<GradientCheckRow> rows = [];
        foreach (string name in point.Names)
        {
            double[] analytic = SameSize(name, point[name], gradients);
            double[] values = moved[name];
            GradientCheckRow worst = new(name, values.Length, -1, 0, 0, 0, 0);
            for (int i = 0; i < values.Length; i++)
            {
                double start = values[i];
                double LossAt(double offset)
                {
                    values[i] = start + offset;
                    double result = loss(moved);
                    values[i] = start;
                    return result;
                }

                (double numeric, bool kink) = Slope(LossAt, analytic[i], floor);
                worst = Worst(worst, i, analytic[i], numeric, floor) with { AtKink = worst.AtKink + (kink ? 1 : 0) };
            }

            rows.Add(worst);
        }

        return rows;
    }

    /// <summary>
    /// Compares gradients that were computed in two ways, such as production's single precision with the reference's.
    /// </summary>
    /// <param name="analytic">The values under test.</param>
    /// <param name="expected">The values to hold them against; every tensor in it is compared.</param>
    /// <param name="share">
    /// The floor of (2) as a share of the tensor's largest expected magnitude: single precision rounds sums of large terms, so
    /// that a small element is only as exact as its large neighbours. Default: 0.01.
    /// </param>
    /// <param name="floor">The smallest floor, for tensors that are near zero altogether. Default: 1e-6.</param>
    /// <returns>One row for each tensor, with the expected value as its numeric one.</returns>
    /// <exception cref="ArgumentException">A tensor is missing or has the wrong size.</exception>
    public static IReadOnlyList<GradientCheckRow> Compare(
        ReferenceTensors analytic, ReferenceTensors expected, double share = 0.01, double floor = 1e-6)
    {
        ArgumentNullException.ThrowIfNull(analytic);
        ArgumentNullException.ThrowIfNull(expected);
        List<GradientCheckRow> rows = [];
        foreach (string name in expected.Names)
        {
            double[] right = expected[name];
            double[] given = SameSize(name, right, analytic);
            double largest = floor;
            foreach (double value in right) largest = Math.Max(largest, share * Math.Abs(value));
            GradientCheckRow worst = new(name, right.Length, -1, 0, 0, 0, 0);
            for (int i = 0; i < right.Length; i++) worst = Worst(worst, i, given[i], right[i], largest);
            rows.Add(worst);
        }

        return rows;
    }

    /// <summary>(2) |a - n| / max(floor, |a| + |n|); infinity where one of them is not finite.</summary>
    /// <param name="analytic">a.</param>
    /// <param name="numeric">n.</param>
    /// <param name="floor">The magnitude below which the error is absolute. Default: <see cref="Floor"/>.</param>
    /// <returns>The error, from 0.</returns>
    public static double RelativeError(double analytic, double numeric, double floor = Floor) =>
        double.IsFinite(analytic) && double.IsFinite(numeric)
            ? Math.Abs(analytic - numeric) / Math.Max(floor, Math.Abs(analytic) + Math.Abs(numeric))
            : double.PositiveInfinity;

    private static (double Numeric, bool Kink) Slope(Func<double, double> lossAt, double analytic, double floor)
    {
        // (1) n = (J(w + e) - J(w - e)) / (2 e)
        double best = (lossAt(Step) - lossAt(-Step)) / (2 * Step);
        for (double e = Step / 10; e > Step / 200 && RelativeError(analytic, best, floor) > Suspicious; e /= 10)
        {
            double again = (lossAt(e) - lossAt(-e)) / (2 * e);
            best = RelativeError(analytic, again, floor) < RelativeError(analytic, best, floor) ? again : best;
        }

        if (RelativeError(analytic, best, floor) > Suspicious)
        {
            const double Small = Step / 100;
            double here = lossAt(0), left = (here - lossAt(-Small)) / Small, right = (lossAt(Small) - here) / Small;
            if (Math.Abs(left - right) > KinkFloor + KinkShare * (Math.Abs(left) + Math.Abs(right)))
            {
                return (Math.Clamp(analytic, Math.Min(left, right), Math.Max(left, right)), true);
            }
        }

        return (best, false);
    }

    private static GradientCheckRow Worst(GradientCheckRow worst, int index, double analytic, double numeric, double floor)
    {
        double error = RelativeError(analytic, numeric, floor);
        return error > worst.LargestRelativeError
            ? worst with { LargestRelativeError = error, Index = index, Analytic = analytic, Numeric = numeric }
            : worst;
    }

    private static double[] SameSize(string name, double[] model, ReferenceTensors gradients)
    {
        if (!gradients.TryGet(name, out double[]? values) || values.Length != model.Length)
        {
            string found = values is null ? "there is none" : $"it has {values.Length}";
            throw new ArgumentException($"The gradient of '{name}' needs {model.Length} values, but {found}.", nameof(gradients));
        }

        return values;
    }
}
