namespace Recurant.Tasks;

/// <summary>
/// The run of a classifier, or the runs of several that become one, one after another. A checkpoint holds the models that are
/// finished and the state of the run under way, so a finished model is not trained again.
/// </summary>
internal sealed class ClassifierRuns(
    PreparedData data, Workers workers, RunClock clock, IProgress<TrainingProgress>? progress,
    CancellationToken cancellation, RunCheckpoint? checkpoint)
{
    private readonly List<PreparedData> _models = [data];
    private readonly List<FinishedRun> _finished = [];
    private readonly int _count = data.Plan.Options.Models;
    private double _secondsBefore;

    public TrainingResult<ClassifierModel, Evaluation> Run()
    {
        if (data.Pretraining is { } pretraining)
        {
            if (checkpoint?.IsPast(LearningPlan.PretrainingStage) != true)
            {
                _secondsBefore = pretraining.Run(
                    data.Identity, workers, clock, progress, cancellation, checkpoint);
            }

            pretraining.Apply(data.Model);
        }

        // Of a checkpoint of more models than there are to be, the run that begins will say that it is another's.
        if (checkpoint is not null) _finished.AddRange(checkpoint.Finished(Evaluation.Read).Take(_count - 1));
        for (int n = 1; n <= _finished.Count; n++) _models.Add(data.ForModel(n));
        while (RunNext())
        {
            _models.Add(data.ForModel(_finished.Count));
        }

        ClassifierModel model = ClassifierModel.AverageOf([.. _models.Take(_finished.Count).Select(each => each.Model)]);
        List<EpochRecord> epochs = [.. _finished.SelectMany(run => run.Epochs)];
        Evaluation validation = Validate(model);
        return new TrainingResult<ClassifierModel, Evaluation>
        {
            Model = model,
            Validation = validation,
            ValidationLeftOut = data.Divided.ValidationRows - validation.Rows,
            Epochs = epochs,
            BestEpoch = _finished[^1].Best,
            BestEpochs = [.. _finished.Select(run => run.Best)],
            Seconds = clock.Elapsed.TotalSeconds + _secondsBefore,
            End = _finished.Max(run => run.End),
            VectorsFound = data.VectorsFound,
        };
    }

    /// <summary>Trains the model that comes next; returns whether there is another after it.</summary>
    private bool RunNext()
    {
        PreparedData next = _models[^1];
        var task = new ClassifierTask(next, workers, [.. _models.SkipLast(1).Select(model => model.Model)]);
        var run = new TaskRun(task, next.Plan, workers, clock, progress, cancellation, checkpoint)
        {
            TaskName = TaskNames.Classify,
            SecondsBefore = _secondsBefore,
            Finished = [.. _finished],
        };
        TrainingEnd end;
        try
        {
            end = run.Run();
        }
        catch (OperationCanceledException) when (_finished.Count > 0)
        {
            end = TrainingEnd.Cancelled;
        }

        _secondsBefore = run.Seconds - clock.Elapsed.TotalSeconds;
        bool isWhole = end is TrainingEnd.Completed or TrainingEnd.EarlyStopping;
        if (isWhole || _finished.Count == 0)
        {
            _finished.Add(new FinishedRun(run.Epochs, run.Best.Number, end));
        }
        else
        {
            // Half a model would spoil the average: those before it are all there is.
            _finished[^1] = _finished[^1] with { End = end };
        }

        return isWhole && _finished.Count < _count;
    }

    /// <summary>The validation texts scored with the model as it is returned.</summary>
    private Evaluation Validate(ClassifierModel model)
    {
        if (_finished is [var only]) return (Evaluation)only.Epochs.First(epoch => epoch.Number == only.Best).Validation;
        return data.Validate(new ClassifierScorer(model.Networks, model.Spec.Classes, workers), PhaseWork.Of(progress, default));
    }
}
