using System.Globalization;

namespace Recurant.Tasks;

/// <summary>The label of a step.</summary>
/// <param name="Label">The most probable label.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
public sealed record StepLabel(string Label, float Probability)
{
    /// <inheritdoc/>
    public override string ToString() => InvariantRecord.ToString(nameof(StepLabel), PrintMembers);
}

/// <summary>
/// Learns to tell which label a sequence of measurements has. May be used from many threads at once.
/// <code>
/// SequenceClassifier model = SequenceClassifier.Train(table, new SequenceOptions { Target = "gesture" });
/// string label = model.Predict(others)[0].Label;
/// </code>
/// </summary>
public sealed class SequenceClassifier : FrontDoor<SequenceClassifier, SeriesModel>, IFrontDoor<SequenceClassifier, SeriesModel>
{
    private readonly WorkspacePool<SequenceScorer> _scorers;

    /// <summary>Wraps a model.</summary>
    /// <param name="model">The model; it must not be trained meanwhile.</param>
    /// <param name="threads">Threads for one call; 0 for one a core. The result does not depend on it. Default: 0.</param>
    /// <exception cref="InvalidDataException">The model answers with something else.</exception>
    public SequenceClassifier(SeriesModel model, int threads = 0)
        : base(SequenceDoor.Require(model, SeriesAnswer.Label)) => _scorers = SequenceDoor.PoolOf(model, threads);

    static SequenceClassifier IFrontDoor<SequenceClassifier, SeriesModel>.Of(SeriesModel model, int threads) =>
        new(model, threads);

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<SeriesModel, Evaluation>? Training { get; private init; }

    /// <summary>Trains a classifier; see <see cref="SequenceTrainer.TrainLabels"/> for parameters and exceptions.</summary>
    public static SequenceClassifier Train(
        SeriesTable train, SequenceOptions options, SeriesTable? validation = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainingResult<SeriesModel, Evaluation> result = SequenceTrainer.TrainLabels(
            train, options with { Answer = SeriesAnswer.Label }, validation, progress, cancellation);
        return new SequenceClassifier(result.Model, options.Threads) { Training = result };
    }

    /// <summary>Tells the label of every sequence of a table, in their order.</summary>
    /// <param name="table">The sequences, with the columns of the training data.</param>
    /// <param name="cancellation">Looked at between batches.</param>
    /// <exception cref="InvalidDataException">A column of the model is not there.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public IReadOnlyList<Prediction> Predict(SeriesTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return SequenceDoor.Answer(Model, _scorers, table, answers =>
        {
            int best = CrossEntropy.ArgMax(answers);
            var all = new KeyValuePair<string, float>[answers.Length];
            for (int j = 0; j < all.Length; j++) all[j] = new(Model.Labels[j], answers[j]);
            return new Prediction { Label = Model.Labels[best], Probability = answers[best], Probabilities = all };
        }, cancellation);
    }

    /// <summary>Feeds the model a sequence step by step: each answer is that to the sequence so far.</summary>
    /// <param name="threads">
    /// The number of threads that divide a step among them, where the layers are large enough; 0 for one a core. Default: 1.
    /// </param>
    /// <exception cref="NotSupportedException">The model reads sequences from both ends.</exception>
    public SequenceStream Stream(int threads = 1) => new(Model, threads);

    /// <summary>Scores the classifier on sequences whose labels are known.</summary>
    /// <inheritdoc cref="Predict"/>
    public Evaluation Evaluate(SeriesTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return _scorers.Use(scorer => scorer.Labels(
            new SequenceRows(table, Model, needsTarget: true), SequenceData.Whole(table), cancellation));
    }
}

/// <summary>Learns to tell which label each step of a sequence has. May be used from many threads at once.</summary>
public sealed class SequenceLabeller : FrontDoor<SequenceLabeller, SeriesModel>, IFrontDoor<SequenceLabeller, SeriesModel>
{
    private readonly WorkspacePool<SequenceScorer> _scorers;

    /// <summary>Wraps a model.</summary>
    /// <inheritdoc cref="SequenceClassifier(SeriesModel, int)"/>
    public SequenceLabeller(SeriesModel model, int threads = 0)
        : base(SequenceDoor.Require(model, SeriesAnswer.StepLabels)) => _scorers = SequenceDoor.PoolOf(model, threads);

    static SequenceLabeller IFrontDoor<SequenceLabeller, SeriesModel>.Of(SeriesModel model, int threads) => new(model, threads);

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<SeriesModel, Evaluation>? Training { get; private init; }

    /// <summary>Trains a labeller; see <see cref="SequenceTrainer.TrainLabels"/> for parameters and exceptions.</summary>
    public static SequenceLabeller Train(
        SeriesTable train, SequenceOptions options, SeriesTable? validation = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainingResult<SeriesModel, Evaluation> result = SequenceTrainer.TrainLabels(
            train, options with { Answer = SeriesAnswer.StepLabels }, validation, progress, cancellation);
        return new SequenceLabeller(result.Model, options.Threads) { Training = result };
    }

    /// <summary>Tells the label of every step of every sequence of a table.</summary>
    /// <inheritdoc cref="SequenceClassifier.Predict"/>
    public IReadOnlyList<IReadOnlyList<StepLabel>> Predict(SeriesTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        int classes = Model.Labels.Count;
        return SequenceDoor.Answer(Model, _scorers, table, answers =>
        {
            var labels = new StepLabel[answers.Length / classes];
            for (int step = 0; step < labels.Length; step++)
            {
                ReadOnlySpan<float> of = answers.Slice(step * classes, classes);
                int best = CrossEntropy.ArgMax(of);
                labels[step] = new StepLabel(Model.Labels[best], of[best]);
            }

            return (IReadOnlyList<StepLabel>)labels;
        }, cancellation);
    }

    /// <summary>Feeds the model a sequence step by step: each answer is that to the step.</summary>
    /// <inheritdoc cref="SequenceClassifier.Stream"/>
    public SequenceStream Stream(int threads = 1) => new(Model, threads);

    /// <summary>Scores the labeller on steps whose labels are known.</summary>
    /// <inheritdoc cref="SequenceClassifier.Evaluate"/>
    public Evaluation Evaluate(SeriesTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return _scorers.Use(scorer => scorer.Labels(
            new SequenceRows(table, Model, needsTarget: true), SequenceData.Whole(table), cancellation));
    }
}

/// <summary>
/// Learns to tell a number of a sequence, such as a remaining life, or one of each step. May be used from many threads at once.
/// </summary>
public sealed class SequenceRegressor : FrontDoor<SequenceRegressor, SeriesModel>, IFrontDoor<SequenceRegressor, SeriesModel>
{
    private readonly WorkspacePool<SequenceScorer> _scorers;

    /// <summary>Wraps a model.</summary>
    /// <inheritdoc cref="SequenceClassifier(SeriesModel, int)"/>
    public SequenceRegressor(SeriesModel model, int threads = 0)
        : base(SequenceDoor.Require(model, SeriesAnswer.Number, SeriesAnswer.StepNumbers)) =>
        _scorers = SequenceDoor.PoolOf(model, threads);

    static SequenceRegressor IFrontDoor<SequenceRegressor, SeriesModel>.Of(SeriesModel model, int threads) => new(model, threads);

    /// <summary>What is known of the training; null for a loaded model.</summary>
    public TrainingResult<SeriesModel, RegressionScore>? Training { get; private init; }

    /// <summary>Trains a regressor; see <see cref="SequenceTrainer.TrainNumbers"/> for parameters and exceptions.</summary>
    public static SequenceRegressor Train(
        SeriesTable train, SequenceOptions options, SeriesTable? validation = null, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainingResult<SeriesModel, RegressionScore> result =
            SequenceTrainer.TrainNumbers(train, options, validation, progress, cancellation);
        return new SequenceRegressor(result.Model, options.Threads) { Training = result };
    }

    /// <summary>Tells the number of every sequence of a table, or those of all its steps.</summary>
    /// <inheritdoc cref="SequenceClassifier.Predict"/>
    /// <returns>For each sequence one number, or one for each step.</returns>
    public IReadOnlyList<float[]> Predict(SeriesTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return SequenceDoor.Answer(Model, _scorers, table, answers => answers.ToArray(), cancellation);
    }

    /// <summary>Feeds the model a sequence step by step: each answer is that to the step, or to the sequence so far.</summary>
    /// <inheritdoc cref="SequenceClassifier.Stream"/>
    public SequenceStream Stream(int threads = 1) => new(Model, threads);

    /// <summary>Scores the regressor on numbers that are known; of one a sequence, that of its last row.</summary>
    /// <inheritdoc cref="SequenceClassifier.Evaluate"/>
    public RegressionScore Evaluate(SeriesTable table, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return _scorers.Use(scorer => scorer.Numbers(
            new SequenceRows(table, Model, needsTarget: true), SequenceData.Whole(table), cancellation));
    }
}

/// <summary>What the three front doors share.</summary>
internal static class SequenceDoor
{
    public delegate T Read<T>(ReadOnlySpan<float> answers);

    /// <summary>A model that answers with the right thing.</summary>
    public static SeriesModel Require(SeriesModel model, params ReadOnlySpan<SeriesAnswer> answers)
    {
        ArgumentNullException.ThrowIfNull(model);
        return answers.Contains(model.Spec.Answer) ? model : throw new InvalidDataException(
            $"The model answers with {Choices.NameOf(model.Spec.Answer)}; it is a {model.Noun}. Use the class that fits it.");
    }

    public static WorkspacePool<SequenceScorer> PoolOf(SeriesModel model, int threads) =>
        WorkspacePool.Of(model, threads, workers => new SequenceScorer(model, workers));

    public static IReadOnlyList<T> Answer<T>(
        SeriesModel model, WorkspacePool<SequenceScorer> scorers, SeriesTable table, Read<T> read, CancellationToken cancellation)
    {
        WatchedCall call = WatchedCall.Predict(model.Task, table.Series.Count);
        try
        {
            var answers = new T[table.Series.Count];
            var rows = new SequenceRows(table, model, needsTarget: false);
            scorers.Use(scorer =>
            {
                scorer.Answer(rows, SequenceData.Whole(table), (number, numbers) => answers[number] = read(numbers),
                    cancellation);
                return true;
            });
            if (call.IsWatched) call.EndPredict(table.Rows);
            return answers;
        }
        catch (Exception fault) when (call.Fails(fault))
        {
            throw;
        }
    }
}
