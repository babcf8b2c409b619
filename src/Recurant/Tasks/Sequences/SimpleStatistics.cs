namespace Recurant.Tasks;

/// <summary>
/// What a model of sequences has to beat: a linear model of simple statistics, softmax or least squares.
/// <code>
/// (1) f = [mean, deviation, first, last] of each column of a sequence; of a step its own columns
/// (2) labels:  p = softmax(W f + b), the cross-entropy made small by gradient descent
/// (3) numbers: y = w f + b, the least squared error with a small ridge
/// </code>
/// </summary>
public static class SimpleStatistics
{
    private const int Steps = 500, MostRows = 50_000;
    private const float Rate = 0.5f;
    private const double Ridge = 1e-3;

    /// <summary>Scores (2) on labels.</summary>
    /// <param name="model">The model, for its columns, its labels and what it answers.</param>
    /// <param name="train">What is learnt from.</param>
    /// <param name="test">What is scored.</param>
    /// <param name="cancellation">Looked at between steps.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Evaluation Labels(
        SeriesModel model, SeriesTable train, SeriesTable test, CancellationToken cancellation = default)
    {
        (double[][] features, float[] right) = Read(model, train, MostRows, out double[] means, out double[] deviations);
        int classes = model.Spec.Outputs;
        var layer = new Dense(means.Length, classes);
        var optimizer = new Optimizer(OptimizerKind.Momentum, layer.Parameters)
        {
            LearningRate = Rate / MathF.Sqrt(means.Length), WeightDecay = (float)Ridge,
        };
        var pass = new Pass();
        SequenceBatch learnt = Batch(features);
        int[] labels = ClassesOf(right);
        for (int step = 0; step < Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            pass.Begin();
            pass.CrossEntropy(layer.Forward(pass, learnt), labels);
            pass.Backward();
            optimizer.Step();
        }

        (double[][] tested, float[] known) = Read(model, test, int.MaxValue, means, deviations);
        labels = ClassesOf(known);
        pass.Begin(PassKind.Prediction);
        SequenceBatch logits = layer.Forward(pass, Batch(tested));
        var predicted = new int[tested.Length];
        var losses = new float[tested.Length];
        for (int i = 0; i < tested.Length; i++)
        {
            Span<float> row = logits.Row(i);
            float logit = row[labels[i]];
            predicted[i] = CrossEntropy.ArgMax(row);
            losses[i] = Softmax.Apply(row, row) - logit;
        }

        return Evaluation.Of(predicted, losses, labels, classes);
    }

    /// <summary>Scores (3) on numbers.</summary>
    /// <inheritdoc cref="Labels"/>
    public static RegressionScore Numbers(
        SeriesModel model, SeriesTable train, SeriesTable test, CancellationToken cancellation = default)
    {
        (double[][] features, float[] right) = Read(model, train, MostRows, out double[] means, out double[] deviations);
        cancellation.ThrowIfCancellationRequested();
        double[] weights = LeastSquares(features, right);
        (double[][] tested, float[] known) = Read(model, test, int.MaxValue, means, deviations);
        return RegressionScore.Of(
            [.. tested.Select((row, i) => (known[i], (float)Dot(weights, row)))], model.Spec.TargetDeviation);
    }

    private static (double[][] Features, float[] Right) Read(
        SeriesModel model, SeriesTable table, int most, out double[] means, out double[] deviations)
    {
        (double[][] features, float[] right) = Read(model, table, most, null, null);
        int width = features.Length == 0 ? 0 : features[0].Length - 1;
        (means, deviations) = (new double[width], new double[width]);
        for (int j = 0; j < width; j++)
        {
            double mean = features.Average(row => row[j]);
            double deviation = Math.Sqrt(features.Average(row => (row[j] - mean) * (row[j] - mean)));
            (means[j], deviations[j]) = (mean, deviation > 1e-9 ? deviation : 1);
            foreach (double[] row in features) row[j] = (row[j] - means[j]) / deviations[j];
        }

        return (features, right);
    }

    /// <summary>(1) with a 1 behind, of all answers that are known; standardised where means are given.</summary>
    private static (double[][] Features, float[] Right) Read(
        SeriesModel model, SeriesTable table, int most, double[]? means, double[]? deviations)
    {
        var rows = new SequenceRows(table, model, needsTarget: true);
        SeriesSpec spec = model.Spec;
        var features = new List<double[]>();
        var right = new List<float>();
        var step = new float[spec.StepWidth];
        int stride = spec.IsOfSteps ? Math.Max(1, table.Rows / most) : 1;
        foreach (SequencePiece piece in SequenceData.Whole(table))
        {
            if (!spec.IsOfSteps)
            {
                float target = rows.TargetUpTo(piece.Series, piece.End);
                if (!float.IsNaN(target)) Add(OfSequence(rows, SequenceScorer.Cut(spec, piece), step), target);
                // Of a number that changes along a sequence, beginnings are learnt from as well.
                for (int end = 20; means is null && spec.Answer == SeriesAnswer.Number && end < piece.Count; end += 20)
                {
                    float at = rows.TargetUpTo(piece.Series, end);
                    if (!float.IsNaN(at)) Add(OfSequence(rows, SequenceScorer.Cut(spec, piece with { Count = end }), step), at);
                }

                continue;
            }

            for (int t = 0; t < piece.Count; t += stride)
            {
                float target = rows.Target(piece.Series, t);
                if (float.IsNaN(target)) continue;
                rows.Write(piece.Series, t, step);
                Add([.. step.Select(value => (double)value), 1], target);
            }
        }

        return ([.. features], [.. right]);

        void Add(double[] row, float target)
        {
            for (int j = 0; j < means?.Length; j++) row[j] = (row[j] - means[j]) / deviations![j];
            features.Add(row);
            right.Add(target);
        }
    }

    private static double[] OfSequence(SequenceRows rows, SequencePiece piece, float[] step)
    {
        int width = step.Length;
        var row = new double[4 * width + 1];
        row[^1] = 1;
        for (int t = 0; t < piece.Count; t++)
        {
            rows.Write(piece.Series, piece.First + t, step);
            for (int j = 0; j < width; j++)
            {
                row[4 * j] += (double)step[j] / piece.Count;
                row[4 * j + 1] += (double)step[j] * step[j] / piece.Count;
                if (t == 0) row[4 * j + 2] = step[j];
                row[4 * j + 3] = step[j];
            }
        }

        for (int j = 0; j < width; j++)
        {
            row[4 * j + 1] = Math.Sqrt(Math.Max(0, row[4 * j + 1] - row[4 * j] * row[4 * j]));
        }

        return row;
    }

    /// <summary>Features, without the 1 behind them, as sequences of one step.</summary>
    private static SequenceBatch Batch(double[][] features)
    {
        int width = features[0].Length - 1;
        var values = new float[features.Length * width];
        for (int i = 0; i < values.Length; i++) values[i] = (float)features[i / width][i % width];
        var lengths = new int[features.Length];
        Array.Fill(lengths, 1);
        var batch = new SequenceBatch();
        batch.Set(lengths, values, width);
        return batch;
    }

    private static int[] ClassesOf(float[] targets) => [.. targets.Select(target => (int)target)];

    private static double[] LeastSquares(double[][] features, float[] right)
    {
        int width = features[0].Length;
        double[][] products = [.. Enumerable.Range(0, width).Select(_ => new double[width])];
        double[][] answers = [.. Enumerable.Range(0, width).Select(_ => new double[1])];
        for (int i = 0; i < features.Length; i++)
        {
            for (int j = 0; j < width; j++)
            {
                for (int k = 0; k < width; k++) products[j][k] += features[i][j] * features[i][k];
                answers[j][0] += features[i][j] * right[i];
            }
        }

        return [.. LinearForecast.Solve(products, answers, Ridge * features.Length).Select(row => row[0])];
    }

    private static double Dot(double[] weights, double[] row)
    {
        double sum = 0;
        for (int j = 0; j < row.Length; j++) sum += weights[j] * row[j];
        return sum;
    }
}
