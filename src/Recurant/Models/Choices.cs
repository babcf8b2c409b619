namespace Recurant.Models;

/// <summary>
/// What the values of settings are called: one name each, in commands, JSON and model files alike.
/// </summary>
public static class Choices
{
    static Choices()
    {
        Table<CellKind>.Rows = [.. CellCatalogue.All.Select(entry => (entry.Name, entry.Kind))];
        Table<ModelKind>.Rows =
            [("recurrent", ModelKind.Recurrent), ("feedforward", ModelKind.FeedForward), ("bag-of-words", ModelKind.BagOfWords)];
        Table<Activation>.Rows = [("tanh", Activation.Tanh), ("relu", Activation.Relu), ("sigmoid", Activation.Sigmoid)];
        Table<ElmanForm>.Rows = [("hidden", ElmanForm.Hidden), ("preactivation", ElmanForm.PreActivation)];
        Table<GruReset>.Rows = [("inside", GruReset.Inside), ("outside", GruReset.Outside)];
        Table<TokenUnit>.Rows = [("word", TokenUnit.Word), ("char", TokenUnit.Character), ("subword", TokenUnit.Subword)];
        Table<Pooling>.Rows =
            [("last", Pooling.Last), ("mean", Pooling.Mean), ("max", Pooling.Max), ("attention", Pooling.Attention)];
        Table<RecurrentStart>.Rows =
        [
            ("usual", RecurrentStart.Usual), ("orthogonal", RecurrentStart.Orthogonal), ("identity", RecurrentStart.Identity),
        ];
        Table<OptimizerKind>.Rows =
        [
            ("sgd", OptimizerKind.Sgd), ("momentum", OptimizerKind.Momentum), ("nesterov", OptimizerKind.Nesterov),
            ("adam", OptimizerKind.Adam), ("adamw", OptimizerKind.AdamW), ("rmsprop", OptimizerKind.RmsProp),
            ("adagrad", OptimizerKind.AdaGrad),
        ];
        Table<ScheduleKind>.Rows =
        [
            ("constant", ScheduleKind.Constant), ("linear", ScheduleKind.Linear), ("cosine", ScheduleKind.Cosine),
            ("plateau", ScheduleKind.Plateau),
        ];
        Table<AttentionKind>.Rows =
        [
            ("dot", AttentionKind.Dot), ("general", AttentionKind.General), ("additive", AttentionKind.Additive),
            ("bahdanau", AttentionKind.Bahdanau),
        ];
        Table<ColumnRole>.Rows =
        [
            ("target", ColumnRole.Target), ("known", ColumnRole.Known), ("past", ColumnRole.Past), ("static", ColumnRole.Static),
        ];
        Table<TimeUnit>.Rows =
        [
            ("irregular", TimeUnit.Irregular), ("ticks", TimeUnit.Ticks), ("days", TimeUnit.Days),
            ("business-days", TimeUnit.BusinessDays), ("months", TimeUnit.Months), ("month-ends", TimeUnit.MonthEnds),
        ];
        Table<WindowCentre>.Rows =
        [
            ("mean", WindowCentre.Mean), ("last", WindowCentre.Last), ("season", WindowCentre.Season), ("horizon",
                WindowCentre.Horizon),
            ("none", WindowCentre.None), ("zero", WindowCentre.Zero),
        ];
        Table<ForecastDistribution>.Rows =
        [
            ("quantiles", ForecastDistribution.Quantiles), ("gaussian", ForecastDistribution.Gaussian),
            ("student-t", ForecastDistribution.StudentT), ("negative-binomial", ForecastDistribution.NegativeBinomial),
        ];
        Table<SeriesAnswer>.Rows =
        [
            ("label", SeriesAnswer.Label), ("step-labels", SeriesAnswer.StepLabels), ("number", SeriesAnswer.Number),
            ("step-numbers", SeriesAnswer.StepNumbers),
        ];
        Table<SoundConvention>.Rows =
            [("kaldi", SoundConvention.Kaldi), ("htk", SoundConvention.Htk), ("librosa", SoundConvention.Librosa)];
        Table<SoundFeatureKind>.Rows = [("log-mel", SoundFeatureKind.LogMel), ("mfcc", SoundFeatureKind.Mfcc)];
        Table<FrameWindow>.Rows =
        [
            ("povey", FrameWindow.Povey), ("hamming", FrameWindow.Hamming), ("hann", FrameWindow.Hann),
            ("rectangular", FrameWindow.Rectangular),
        ];
        Table<FramePadding>.Rows =
            [("none", FramePadding.None), ("zeros", FramePadding.Zeros), ("reflect", FramePadding.Reflect)];
        Table<MelScale>.Rows = [("htk", MelScale.Htk), ("slaney", MelScale.Slaney)];
        Table<ZerothCoefficient>.Rows =
        [
            ("cepstrum", ZerothCoefficient.Cepstrum), ("log-energy", ZerothCoefficient.LogEnergy),
            ("none", ZerothCoefficient.None),
        ];
        Table<ClipNormalisation>.Rows =
        [
            ("none", ClipNormalisation.None), ("mean", ClipNormalisation.Mean), ("mean-variance", ClipNormalisation.MeanVariance),
        ];
        Table<TiedVectors>.Rows = [("none", TiedVectors.None), ("output", TiedVectors.Output), ("all", TiedVectors.All)];
    }

    /// <summary>All values of a setting, each with its name.</summary>
    /// <typeparam name="T">The setting, such as <see cref="CellKind"/>.</typeparam>
    /// <exception cref="ArgumentException">There are no names for this type.</exception>
    public static IReadOnlyList<(string Name, T Value)> Of<T>() where T : struct, Enum =>
        Table<T>.Rows ?? throw new ArgumentException($"{typeof(T).Name} is no setting with names.");

    /// <summary>The name of a value.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public static string NameOf<T>(T value) where T : struct, Enum
    {
        foreach ((string name, T candidate) in Of<T>())
        {
            if (EqualityComparer<T>.Default.Equals(candidate, value)) return name;
        }

        throw new ArgumentException($"{typeof(T).Name} has no value {value}.", nameof(value));
    }

    /// <summary>The value of a name; false if there is none.</summary>
    public static bool TryParse<T>(string? name, out T value) where T : struct, Enum
    {
        foreach ((string candidate, T known) in Of<T>())
        {
            if (candidate != name) continue;
            value = known;
            return true;
        }

        value = default;
        return false;
    }

    private static class Table<T>
    {
        public static (string Name, T Value)[]? Rows { get; set; }
    }
}
