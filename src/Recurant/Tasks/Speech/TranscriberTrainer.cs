namespace Recurant.Tasks;

/// <summary>Trains models that write down speech.</summary>
public static class TranscriberTrainer
{
    /// <summary>Below this deviation a feature is the same in all frames, and is left as it is.</summary>
    private const double LeastDeviation = 1e-5;

    /// <summary>Trains a model to write down what is said.</summary>
    /// <param name="train">What to learn from.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="validation">What validates; null sets a share of the clips aside.</param>
    /// <param name="progress">Gets told where the run stands.</param>
    /// <param name="cancellation">Ends the run after the present step; the best weights so far are returned.</param>
    /// <exception cref="InvalidDataException">
    /// There are too few clips, nothing is said in any, one has another sample rate, or is too short for its transcript; or the
    /// checkpoint to continue from is damaged, or belongs to another run.
    /// </exception>
    /// <exception cref="ArgumentException">An option is outside its range.</exception>
    /// <exception cref="NonFiniteLossException">The loss became NaN or infinite.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before the first epoch was over.</exception>
    public static TrainingResult<SpeechModel, TranscriptScore> Train(
        SpeechDataset train, TranscriberOptions? options = null, SpeechDataset? validation = null,
        IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(train);
        options ??= new TranscriberOptions();
        options.Validate();
        string[] symbols = SpeechTexts.SymbolsOf(train.Clips.Select(clip => clip.Text), options.Unit);
        if (symbols.Length == 0)
        {
            throw new InvalidDataException(
                $"{train.Name}: all transcripts are empty. Give what was said in each clip beside its path.");
        }

        (int[] learnt, int[] held) = validation is null
            ? Divide(train, options) : ([.. Enumerable.Range(0, train.Clips.Count)], []);
        int rate = options.SampleRate
            ?? (options.Resample ? train.Clips.Min(clip => clip.SampleRate) : train.Clips[0].SampleRate);
        SpeechClip[] clips = [.. train.Clips.Select(clip => clip.Require(rate, options.Resample))];
        SpeechClip[]? others = validation is null
            ? null : [.. validation.Clips.Select(clip => clip.Require(rate, options.Resample))];
        SoundFeatureSpec sound = SpeechPlan.SoundOf(options, rate);
        var computing = new SoundFeatures(sound);
        float[][] features = [.. clips.Select(clip =>
        {
            cancellation.ThrowIfCancellationRequested();
            return computing.Compute(clip.Samples.Span);
        })];
        var plan = SpeechPlan.For(
            options, sound, symbols.Length,
            [.. clips.Zip(features, (clip, own) => (own.Length / computing.Width, NeededBy(clip.Text, symbols, options.Unit)))],
            hasValidation: validation is not null);
        var model = new SpeechModel(plan.Spec, symbols);
        (float[] mean, float[] deviation) = Statistics(learnt.Select(i => features[i]), computing.Width);

        void Start()
        {
            model.Network.Initialise(plan.Seed);
            model.Network.Mean.SetValues(mean);
            model.Network.Deviation.SetValues(deviation);
        }

        Start();
        var all = new SpeechFrames(model, clips, features);
        all.RequireSteps(train.Name);
        SpeechFrames part = validation is null ? all.Part(learnt) : all;
        SpeechFrames validating = others is null ? all.Part(held) : new SpeechFrames(model, others);
        return new StagedRun<SpeechModel, TranscriptScore>(model, plan, model.Parameters, progress, cancellation)
        {
            Options = options, Start = Start,
            Learn = workers => new SpeechTask(model, plan, part, validating, workers),
            Refit = plan.Refit ? workers => new SpeechTask(model, plan, all, validating, workers) : null,
            ReadScore = TranscriptScore.Read,
        }.Run();
    }

    /// <summary>Sets a share of the clips aside, drawn at random.</summary>
    private static (int[] Train, int[] Held) Divide(SpeechDataset data, TranscriberOptions options)
    {
        int count = (int)Math.Ceiling(options.ValidationFraction * data.Clips.Count);
        if (data.Clips.Count < 2 || count >= data.Clips.Count)
        {
            throw new InvalidDataException(
                $"{data.Name}: {data.Clips.Count} clips are too few to set some aside for validation. Give more, or clips of "
                + "their own to validate with (--valid on the command line).");
        }

        int[] order = [.. Enumerable.Range(0, data.Clips.Count)];
        new Philox(options.Seed, RandomPurpose.Splitting).Shuffle(order);
        return ([.. order.Skip(count).Order()], [.. order.Take(count).Order()]);
    }

    private static int NeededBy(string text, string[] symbols, TokenUnit unit) =>
        Loss.FramesNeeded([.. SpeechTexts.Split(text, unit).Select(symbol =>
            Array.BinarySearch(symbols, symbol, StringComparer.Ordinal))]);

    /// <summary>The mean and the deviation of each feature over all frames, in double precision.</summary>
    private static (float[] Mean, float[] Deviation) Statistics(IEnumerable<float[]> clips, int width)
    {
        double[] sums = new double[width], squares = new double[width];
        float[][] all = [.. clips];
        long frames = all.Sum(clip => (long)clip.Length / width);
        Each(all, (j, value) => sums[j] += value);
        double[] means = [.. sums.Select(sum => sum / frames)];
        Each(all, (j, value) => squares[j] += (value - means[j]) * (value - means[j]));
        return (
            [.. means.Select(mean => (float)mean)],
            [.. squares.Select(square => Math.Sqrt(square / frames) is var own && own > LeastDeviation ? (float)own : 1f)]);

        void Each(float[][] features, Action<int, double> add)
        {
            foreach (float[] clip in features)
            {
                for (int i = 0; i < clip.Length; i++) add(i % width, clip[i]);
            }
        }
    }
}
