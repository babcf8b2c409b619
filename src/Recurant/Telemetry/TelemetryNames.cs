namespace Recurant.Telemetry;

/// <summary>
/// What the meter, the activities and their attributes are called: docs/hosting.md. A listener that knows <see cref="Source"/>
/// hears all of them; while nobody listens they cost a look at a flag. No number of a model depends on them.
/// </summary>
public static class TelemetryNames
{
    /// <summary>The name of the meter and of the activity source.</summary>
    public const string Source = "Recurant";

    /// <summary>Histogram, in seconds: how long a call of a predictor took. Its count is the number of calls.</summary>
    public const string PredictDuration = "recurant.predict.duration";

    /// <summary>Counter: texts, sentences or images that were answered.</summary>
    public const string PredictItems = "recurant.predict.items";

    /// <summary>Counter: tokens that were read and written, told apart by <see cref="TokenType"/>.</summary>
    public const string PredictTokens = "recurant.predict.tokens";

    /// <summary>Up-down counter: calls of predictors that are under way.</summary>
    public const string PredictActive = "recurant.predict.active";

    /// <summary>Histogram, in seconds: how long a training run took.</summary>
    public const string TrainDuration = "recurant.train.duration";

    /// <summary>Counter: training steps.</summary>
    public const string TrainSteps = "recurant.train.steps";

    /// <summary>Counter: tokens that training steps read.</summary>
    public const string TrainTokens = "recurant.train.tokens";

    /// <summary>Counter: epochs that are over.</summary>
    public const string TrainEpochs = "recurant.train.epochs";

    /// <summary>Gauge, in nats: the mean training loss of the last epoch.</summary>
    public const string TrainLoss = "recurant.train.loss";

    /// <summary>Gauge, in nats: the validation loss after the last epoch.</summary>
    public const string TrainValidationLoss = "recurant.train.validation_loss";

    /// <summary>Gauge, in tokens a second: the training speed of the last epoch.</summary>
    public const string TrainSpeed = "recurant.train.speed";

    /// <summary>Histogram, in seconds: how long it took to read a model file. Its count is the number of loads.</summary>
    public const string LoadDuration = "recurant.model.load.duration";

    /// <summary>The activity of a call of a predictor.</summary>
    public const string PredictActivity = "recurant.predict";

    /// <summary>The activity of a training run.</summary>
    public const string TrainActivity = "recurant.train";

    /// <summary>The activity of reading a model file.</summary>
    public const string LoadActivity = "recurant.model.load";

    /// <summary>Attribute: the task, one of <c>classify</c>, <c>tag</c>, <c>lm</c>, <c>translate</c>, <c>caption</c> and
    /// <c>problem</c>.</summary>
    public const string Task = "recurant.task";

    /// <summary>Attribute of tokens: <c>input</c> for those read, <c>output</c> for those written.</summary>
    public const string TokenType = "recurant.token.type";

    /// <summary>Attribute of training: the stage, such as <c>model</c> or <c>pre-training</c>.</summary>
    public const string Stage = "recurant.train.stage";

    /// <summary>
    /// Attribute of a training run that is over: <c>completed</c>, <c>early_stopping</c>, <c>budget</c> or <c>cancelled</c>.
    /// </summary>
    public const string Outcome = "recurant.train.outcome";

    /// <summary>Attribute of calls that threw: the full name of the exception's class, as OpenTelemetry has it.</summary>
    public const string ErrorType = "error.type";

    /// <summary>Attribute of an activity: the number of texts, sentences or images.</summary>
    public const string Items = "recurant.items";

    /// <summary>Attribute of an activity: the path of a model file, as OpenTelemetry has it.</summary>
    public const string FilePath = "file.path";
}
