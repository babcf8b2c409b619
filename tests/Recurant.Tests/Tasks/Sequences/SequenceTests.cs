using static Recurant.Tests.Tasks.Sequences.SequenceCase;

namespace Recurant.Tests.Tasks.Sequences;

/// <summary>Labels and numbers of sequences, and of their steps.</summary>
public sealed class SequenceTests : IDisposable
{
    private const float NaN = float.NaN;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Classifier_SequencesThatDiffer_TellsAllOfThem()
    {
        SeriesTable test = Labels(17, seed: 9);
        SequenceClassifier model = SequenceClassifier.Train(Labels(), Small with { Epochs = 6 });
        Assert.Equal(SeriesAnswer.Label, model.Model.Spec.Answer);
        Evaluation score = model.Evaluate(test);
        Assert.Equal((1, 17), (score.Accuracy, score.Rows));
        IReadOnlyList<Prediction> answers = model.Predict(test);
        Assert.Equal(Enumerable.Range(0, 17).Select(i => i % 2 == 0 ? "down" : "up"), answers.Select(each => each.Label));
        Assert.All(answers, each => Assert.Equal(1f, each.Probabilities.Sum(pair => pair.Value), 1e-5f));
        Assert.Equal(1, SimpleStatistics.Labels(model.Model, Labels(), test).Accuracy);
        // Each alone as among others: a sequence is read by itself.
        Assert.Equal(
            answers[3].Probability, model.Predict(test.FirstRows(i => i == 3 ? int.MaxValue : 0))[0].Probability, 1e-5f);
    }

    [Fact]
    public void Labeller_StepsThatDiffer_TellsAllOfThem()
    {
        SeriesTable test = StepLabels(5, seed: 9);
        SequenceLabeller model = SequenceLabeller.Train(StepLabels(), Small with { Epochs = 20 });
        Evaluation score = model.Evaluate(test);
        Assert.Equal((1, test.Rows), (score.Accuracy, score.Rows));
        IReadOnlyList<IReadOnlyList<StepLabel>> answers = model.Predict(test);
        Assert.Equal(test.Series.Select(span => span.Count), answers.Select(steps => steps.Count));
        Assert.Equal(
            ["up", "up", "up", "down", "down", "down", "up", "up", "up"], answers[0].Select(step => step.Label));
    }

    [Fact]
    public void Regressor_NumbersOfALevel_ComesNearThem()
    {
        SeriesTable test = Numbers(16, seed: 9);
        SequenceRegressor model = SequenceRegressor.Train(Numbers(), Small with { Epochs = 20 });
        Assert.Equal(SeriesAnswer.Number, model.Model.Spec.Answer);
        RegressionScore score = model.Evaluate(test);
        // The numbers have a deviation of 5.7, and their noise alone makes an error of 0.6.
        Assert.InRange(score.RootMeanSquaredError, 0, 1.5);
        Assert.InRange(score.R2!.Value, 0.9, 1);
        Assert.Equal(16, model.Predict(test).Count);
        Assert.All(model.Predict(test), numbers => Assert.Single(numbers));
        Assert.True(SimpleStatistics.Numbers(model.Model, Numbers(), test).RootMeanSquaredError < 1.5);
    }

    [Fact]
    public void Regressor_NumbersOfEachStep_AnswersEachStep()
    {
        SeriesTable Steps(ulong seed) => Table(
            12, (_, level) => 4 * level + 0.25f, level: (i, t) => ((i + t) % 5 - 2) / 2f, seed: seed, length: i => 8 + i % 3);
        SequenceRegressor model = SequenceRegressor.Train(Steps(1), Small with { Epochs = 20 });
        Assert.Equal(SeriesAnswer.StepNumbers, model.Model.Spec.Answer);
        SeriesTable test = Steps(9);
        Assert.Equal(test.Series.Select(span => span.Count), model.Predict(test).Select(numbers => numbers.Length));
        RegressionScore score = model.Evaluate(test);
        Assert.Equal(test.Rows, score.Rows);
        // The deviation is 2.8.
        Assert.InRange(score.RootMeanSquaredError, 0, 1.2);
    }

    [Fact]
    public void Regressor_NumberThatChangesAlongASequence_AnswersTheLastAndCaps()
    {
        // What is left of a life: 9, 8, .. of sequences of unequal lengths, the last rows cut off.
        SeriesTable table = Table(
            20, (_, level) => 10.5f * (1 - level), level: (i, t) => t / (12f + i % 4), length: i => 5 + i % 7);
        SequenceRegressor model = SequenceRegressor.Train(
            table, Small with { Answer = SeriesAnswer.Number, Cap = 9f, Bidirectional = false });
        Assert.Equal((9f, 20), (model.Model.Spec.TargetCap, model.Predict(table).Count));
        Assert.Equal(20, model.Evaluate(table).Rows);
        Assert.All(model.Predict(table), numbers => Assert.True(float.IsFinite(Assert.Single(numbers))));
    }

    [Fact]
    public void Labels_Numbers_AreInTheOrderOfNumbersAndNamesInTheirs()
    {
        SeriesTable numbers = Table(24, (i, _) => ((float[])[10, 2, 1])[i % 3], level: (i, _) => i % 3 - 1);
        SequenceClassifier model = SequenceClassifier.Train(numbers, Small with { Epochs = 8 });
        Assert.Equal(["1", "2", "10"], model.Model.Labels);
        Assert.Equal(["10", "2", "1"], model.Predict(numbers).Take(3).Select(each => each.Label));
        Assert.Equal(["down", "up"], SequenceClassifier.Train(Labels(), Small).Model.Labels);
    }

    [Theory]
    [InlineData(SeriesAnswer.Label)]
    [InlineData(SeriesAnswer.StepLabels)]
    [InlineData(SeriesAnswer.Number)]
    [InlineData(SeriesAnswer.StepNumbers)]
    public void Train_AnyThreadsAgainAndLoaded_GivesTheSameBits(SeriesAnswer answer)
    {
        (SeriesTable table, SequenceOptions options) = Of(answer);
        options = options with { Models = 2, Refit = true };
        byte[] expected = Train(table, options);
        Assert.Equal(expected, Train(table, options));
        Assert.Equal(expected, Train(table, options with { Threads = 2 }));
        Assert.NotEqual(expected, Train(table, options with { Seed = 2 }));

        string path = _directory["m.safetensors"];
        File.WriteAllBytes(path, expected);
        SeriesModel read = ModelFile.Load<SeriesModel>(path);
        Assert.Equal(expected, ModelFile.ToBytes(read));
        Assert.Equal(answer, read.Spec.Answer);
        float[] one = Answers(read, table, 1);
        Assert.All(one, value => Assert.True(float.IsFinite(value)));
        Bits.AssertEqual(one, Answers(read, table, 2), "2 threads");
    }

    [Theory]
    [InlineData(SeriesAnswer.Label)]
    [InlineData(SeriesAnswer.StepLabels)]
    [InlineData(SeriesAnswer.Number)]
    public void Train_StoppedInEitherStageAndContinued_GivesTheSameFile(SeriesAnswer answer)
    {
        (SeriesTable table, SequenceOptions options) = Of(answer);
        options = options with { Refit = true };
        byte[] expected = Train(table, options);
        var copies = new List<string>();
        int saved = 0;
        Train(table, options with
        {
            Checkpoint = new CheckpointOptions
            {
                Directory = _directory["run"], Interval = TimeSpan.Zero,
                Saved = () =>
                {
                    if (saved++ % 11 == 4) copies.Add(_directory.CopyOfRun($"after {saved}"));
                },
            },
        });
        var stages = new HashSet<string>();
        foreach (string copy in copies)
        {
            stages.Add(RunStateJson.ReadStage(
                File.ReadAllText(Path.Combine(CheckpointStore.Last(copy)!, CheckpointStore.RunFile))));
            var last = new CheckpointOptions { Directory = copy, Start = CheckpointStart.Resume };
            Assert.Equal(expected, Train(table, options with { Checkpoint = last }));
        }

        Assert.Equal(["model", "refit"], stages.Order(StringComparer.Ordinal));
        SeriesTable other = With(table, "z", row => row % 3);
        var resumed = new CheckpointOptions { Directory = copies[0], Start = CheckpointStart.Resume };
        Assert.Contains("belongs to another run", Assert.Throws<InvalidDataException>(
            () => Train(other, options with { Checkpoint = resumed })).Message);
    }

    [Fact]
    public void Train_MissingValues_AreMaskedAndLearntAround()
    {
        SeriesTable table = Labels(), holes = With(table, "x", row => row % 5 == 2 ? NaN : table.Columns[0][row]);
        SequenceClassifier model = SequenceClassifier.Train(holes, Small with { Epochs = 8 });
        Assert.True(model.Model.Spec.Columns.Single(column => column.Name == "x").HasMissing);
        Assert.Equal(1, model.Evaluate(holes).Accuracy);
        Assert.All(
            model.Predict(With(table, "x", _ => NaN)), each => Assert.True(float.IsFinite(each.Probability)));
        // Where an answer is missing nothing is learnt, and nothing is scored.
        SeriesTable some = With(table, "answer", row => row < table.Series[4].First ? NaN : table.Columns[1][row]);
        Assert.Equal(20, SequenceClassifier.Train(some, Small).Evaluate(some).Rows);
    }

    /// <summary>
    /// An answer that is what was last seen times e^(-0.4 t): nothing but the clock tells t. Without it the mean decay is left,
    /// which explains 0.956 of the variance.
    /// </summary>
    [Fact]
    public void Train_IrregularTimes_AreLearntFromWithDecayAlone()
    {
        SeriesTable table = Fading(1), test = Fading(2);
        SequenceOptions options = Small with
        {
            Bidirectional = false, Hidden = 16, Epochs = 20, Convolutions = 0, LearningRate = 0.01f,
        };
        SequenceRegressor fading = SequenceRegressor.Train(table, options with { Decay = true });
        Assert.Equal(10_000_000L, fading.Model.Spec.Columns.Single(column => column.Name == "x").AgeUnit);
        double with = fading.Evaluate(test).R2!.Value, without = SequenceRegressor.Train(table, options).Evaluate(test).R2!.Value;
        Assert.True(with > 0.995 && without < 0.98, $"{with}, {without}");
        // The unit stands in the model file: a table of other times counts by it.
        SeriesModel read = ModelFile.Load<SeriesModel>(ModelFile.ToBytes(fading.Model));
        Assert.Equal(fading.Model.Spec.Columns, read.Spec.Columns);
        Assert.Equal(
            fading.Predict(test).SelectMany(each => each), new SequenceRegressor(read).Predict(test).SelectMany(each => each));
        SeriesExplanation explanation = Explainer.Explain(read, test, series: 1);
        Assert.True(explanation.Gap < 0.01 * Math.Abs(explanation.Value - explanation.Baseline) + 1e-4);

        static SeriesTable Fading(ulong seed)
        {
            const int Sequences = 40, Steps = 24;
            float[] random = Bits.Random(2 * Sequences * Steps, seed);
            var (x, answers, times) = (new List<float>(), new List<float>(), new List<long>());
            for (int i = 0; i < Sequences; i++)
            {
                (double clock, double seen, float last) = (0, 0, 0);
                for (int t = 0; t < Steps; t++)
                {
                    float a = random[2 * x.Count], b = random[2 * x.Count + 1];
                    clock += t == 0 ? 0 : 0.2 + Math.Abs(b) * 3;
                    bool isSeen = t % 3 == 0;
                    if (isSeen) (last, seen) = (2 * a, clock);
                    answers.Add((float)(last * Math.Exp(-0.4 * (clock - seen))));
                    times.Add((long)(clock * TimeSpan.TicksPerSecond));
                    x.Add(isSeen ? last : NaN);
                }
            }

            return new SeriesTable(
                "t", [new SeriesColumn("x", [.. x]), new SeriesColumn("answer", [.. answers])],
                [.. Enumerable.Range(0, Sequences).Select(i => new SeriesSpan($"s{i}", i * Steps, Steps))], [.. times],
                new TimeAxis(new TimeRule(TimeUnit.Irregular, TimeSpan.TicksPerSecond)));
        }
    }

    [Fact]
    public void Train_OwnValidation_IsNotLearntFrom()
    {
        SeriesTable first = Labels(seed: 2), second = Labels(10, seed: 3);
        SeriesTable wild = With(second, "x", row => 1000 * second.Columns[0][row]);
        SequenceOptions options = Small with { Refit = false };
        TrainingResult<SeriesModel, Evaluation> one = SequenceTrainer.TrainLabels(first, options, second);
        Assert.Equal(10, one.Validation.Rows);
        Assert.Equal(one.Model.Spec.Columns, SequenceTrainer.TrainLabels(first, options, wild).Model.Spec.Columns);
    }

    [Fact]
    public void Predict_TheTargetItself_IsNotRead()
    {
        SeriesTable table = Labels();
        SequenceClassifier model = SequenceClassifier.Train(table, Small);
        SeriesTable without = new("t", [table.Columns[0], table.Columns[2]], table.Series);
        Assert.Equal(
            model.Predict(table).Select(each => each.Probability), model.Predict(without).Select(each => each.Probability));
        Assert.DoesNotContain(model.Model.Spec.Columns, column => column.Name == "answer");
        Assert.Contains(
            "t: there is no column \"answer\" with the right answers",
            Assert.Throws<InvalidDataException>(() => model.Evaluate(without)).Message);
    }

    [Fact]
    public void Models_OfOtherTables_AreRefusedByName()
    {
        SeriesTable table = Labels();
        SequenceClassifier model = SequenceClassifier.Train(table, Small);
        Fails("there is no column \"x\", which the model reads", () => model.Predict(
            new SeriesTable("t", [.. table.Columns.Skip(1)], table.Series)));
        Fails("the column \"x\" has categories (a), but the model learnt from numbers there", () => model.Predict(
            new SeriesTable("t",
                [new SeriesColumn("x", new float[table.Rows], ["a"]), .. table.Columns.Skip(1)], table.Series)));
        Fails("none of its ", () => model.Evaluate(With(table, "answer", _ => NaN)));
        Fails("row 1 of the column \"answer\" has the label \"sideways\", which is none of the model's: down, up", () =>
            model.Evaluate(Table(4, (_, _) => 0, ["sideways"])));
        Fails("The model answers with", () => _ = new SequenceLabeller(model.Model));
        Fails("The model answers with", () => _ = new SequenceRegressor(model.Model));
        Fails("there is no column \"nothing\"", () => SequenceClassifier.Train(table, Small with { Target = "nothing" }));
        Fails("holds the label \"up\" alone", () => SequenceClassifier.Train(Table(8, (_, _) => 0, ["up"]), Small));
        Assert.Contains("holds labels, but numbers were asked for", Assert.Throws<ArgumentException>(
            () => SequenceRegressor.Train(table, Small)).Message);

        static void Fails(string part, Action action) =>
            Assert.Contains(part, Assert.Throws<InvalidDataException>(action).Message);
    }

    [Fact]
    public void Classifier_LongSequences_AreReadSeveralStepsAtOnce()
    {
        SeriesTable Long(ulong seed) => Table(
            12, (_, level) => level > 0 ? 0 : 1, ["up", "down"], seed: seed, length: i => i == 0 ? 1 : 120 + 5 * i);
        SequenceClassifier model = SequenceClassifier.Train(Long(1), Small with { Epochs = 4 });
        Assert.Equal(2, model.Model.Spec.Join);
        Assert.Equal(1, model.Evaluate(Long(2)).Accuracy);
    }

    private static (SeriesTable, SequenceOptions) Of(SeriesAnswer answer) => (answer switch
    {
        SeriesAnswer.Label => Labels(),
        SeriesAnswer.StepLabels => StepLabels(),
        SeriesAnswer.Number => Numbers(),
        _ => Table(12, (_, level) => 4 * level + 0.25f, level: (i, t) => ((i + t) % 5 - 2) / 2f, length: i => 8 + i % 3),
    }, Small with { Answer = answer });

    private static byte[] Train(SeriesTable table, SequenceOptions options) => ModelFile.ToBytes(
        options.Answer is SeriesAnswer.Label or SeriesAnswer.StepLabels ? SequenceTrainer.TrainLabels(table, options).Model
            : SequenceTrainer.TrainNumbers(table, options).Model);

    private static float[] Answers(SeriesModel model, SeriesTable table, int threads) => model.Spec.Answer switch
    {
        SeriesAnswer.Label => [.. new SequenceClassifier(model, threads).Predict(table).Select(each => each.Probability)],
        SeriesAnswer.StepLabels =>
            [.. new SequenceLabeller(model, threads).Predict(table).SelectMany(steps => steps.Select(each => each.Probability))],
        _ => [.. new SequenceRegressor(model, threads).Predict(table).SelectMany(numbers => numbers)],
    };
}
