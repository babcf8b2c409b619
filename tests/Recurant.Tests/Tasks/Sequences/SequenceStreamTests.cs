namespace Recurant.Tests.Tasks.Sequences;

/// <summary>Sequences of measurements step by step, held against the whole sequence at once.</summary>
public class SequenceStreamTests
{
    private const float NaN = float.NaN;

    /// <summary>x has holes, y wild values, and k three categories of which the model knows two.</summary>
    private static readonly SeriesColumnSpec[] s_columns =
    [
        new() { Name = "x", Role = ColumnRole.Past, Mean = 0.3f, Deviation = 0.7f, HasMissing = true },
        new() { Name = "y", Role = ColumnRole.Past, Mean = -2f, Deviation = 3f },
        new() { Name = "k", Role = ColumnRole.Past, Categories = ["a", "b"] },
        new() { Name = "same", Role = ColumnRole.Past, Mean = 4f, Deviation = 0f },
    ];

    [Theory]
    [MemberData(nameof(CellVariant.All), MemberType = typeof(CellVariant))]
    public void Push_AnyCell_GivesTheBitsOfTheWholeSequence(
        CellKind cell, Activation activation, ElmanForm form, GruReset reset)
    {
        var recurrent = new RecurrentSpec
        {
            Cell = cell, Activation = activation, Form = form, GruReset = reset, HiddenSize = 10, Layers = 2,
        };
        AssertSameBits(Model(SeriesAnswer.StepLabels, spec => spec with { Recurrent = recurrent }));
        // Rows that are not complete are read and taken back.
        AssertSameBits(Model(SeriesAnswer.Label, spec => spec with { Recurrent = recurrent, Join = 3 }));
    }

    [Theory]
    [InlineData(SeriesAnswer.StepLabels, 0, 5, 1)]
    [InlineData(SeriesAnswer.StepLabels, 1, 1, 3)]
    [InlineData(SeriesAnswer.StepNumbers, 3, 4, 2)]
    [InlineData(SeriesAnswer.Label, 0, 5, 2)]
    [InlineData(SeriesAnswer.Label, 2, 5, 1)]
    [InlineData(SeriesAnswer.Number, 2, 50, 3)]
    [InlineData(SeriesAnswer.Number, 0, 5, 1)]
    public void Push_AnyAnswer_GivesTheBitsOfTheWholeSequence(SeriesAnswer answer, int convolutions, int kernel, int networks) =>
        AssertSameBits(Model(answer, spec => spec with
        {
            Convolutions = convolutions, Kernel = kernel, Networks = networks, TargetMean = 12.5f, TargetDeviation = 3.25f,
        }));

    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 6)]
    [InlineData(3, 7)]
    [InlineData(4, 1)]
    [InlineData(2, 1000)]
    public void Push_BeyondTheWindow_AnswersToTheLastStepsAlone(int join, int window) =>
        AssertSameBits(Model(SeriesAnswer.Number, spec => spec with { Join = join, Window = window, Networks = 2 }));

    /// <summary>Where steps are answered a window is for training alone.</summary>
    [Fact]
    public void Push_EachStepBeyondTheWindow_KeepsTheState() =>
        AssertSameBits(Model(SeriesAnswer.StepNumbers, spec => spec with { Window = 4 }));

    /// <summary>Values that fade with the time since they were known, by rows or by the clock.</summary>
    [Theory]
    [InlineData(SeriesAnswer.StepNumbers, 0, 1, 1_000_000)]
    [InlineData(SeriesAnswer.StepNumbers, 7, 1, 1_000_000)]
    [InlineData(SeriesAnswer.Label, 7, 3, 1_000_000)]
    [InlineData(SeriesAnswer.Number, 7, 2, 6)]
    public void Push_WithDecay_GivesTheBitsOfTheWholeSequence(SeriesAnswer answer, long unit, int join, int window) =>
        AssertSameBits(Model(answer, spec => spec with
        {
            Columns = [.. spec.Columns.Select(column => column.Categories is null ? column with { AgeUnit = unit } : column)],
            Join = join, Window = window,
        }));

    [Theory]
    [InlineData(CellKind.Gru)]
    [InlineData(CellKind.Lstm)]
    public void Push_UnitsThatThreadsDivide_GivesTheBitsOfTheWholeSequence(CellKind cell)
    {
        SeriesModel model = Model(SeriesAnswer.StepLabels, spec => spec with
        {
            Filters = 200, Recurrent = new RecurrentSpec { Cell = cell, HiddenSize = 256 },
        });
        // Else two threads would show nothing.
        Assert.True(new RecurrentStream(new Recurrent(200, model.Spec.Recurrent), threads: 2).DividesUnits);
        AssertSameBits(model);
    }

    [Fact]
    public void Stream_OfTrainedModels_AnswersAsPredict()
    {
        SequenceOptions options = SequenceCase.Small with { Bidirectional = false, Models = 2, Convolutions = 2 };
        SeriesTable steps = SequenceCase.StepLabels();
        SequenceLabeller labeller = SequenceLabeller.Train(steps, options);
        SequenceStream stream = labeller.Stream();
        Assert.Same(labeller.Model, stream.Model);
        IReadOnlyList<IReadOnlyList<StepLabel>> expected = labeller.Predict(steps);
        for (int i = 0; i < steps.Series.Count; i++, stream.Reset())
        {
            for (int t = 0; t < steps.Series[i].Count; t++)
            {
                ReadOnlySpan<float> answer = stream.Push(Values(labeller.Model, steps, i, t));
                Assert.Equal(expected[i][t], new StepLabel(stream.Label, Reductions.Max(answer)));
                Assert.Equal(t + 1, stream.Steps);
            }
        }

        SeriesTable labels = SequenceCase.Labels(), numbers = SequenceCase.Numbers();
        SequenceClassifier classifier = SequenceClassifier.Train(labels, options);
        IReadOnlyList<Prediction> kinds = classifier.Predict(labels);
        SequenceRegressor regressor = SequenceRegressor.Train(numbers, options);
        IReadOnlyList<float[]> levels = regressor.Predict(numbers);
        for (int i = 0; i < labels.Series.Count; i++)
        {
            SequenceStream ofLabels = classifier.Stream(threads: 2), ofNumbers = regressor.Stream();
            for (int t = 0; t < labels.Series[i].Count; t++) ofLabels.Push(Values(classifier.Model, labels, i, t));
            for (int t = 0; t < numbers.Series[i].Count; t++) ofNumbers.Push(Values(regressor.Model, numbers, i, t));
            Assert.Equal(kinds[i].Label, ofLabels.Label);
            Bits.AssertEqual([.. kinds[i].Probabilities.Select(pair => pair.Value)], ofLabels.Answer, $"sequence {i}");
            Bits.AssertEqual(levels[i], ofNumbers.Answer, $"number {i}");
        }
    }

    [Theory]
    [InlineData(SeriesAnswer.StepLabels, 1, 1_000_000, 1)]
    [InlineData(SeriesAnswer.StepNumbers, 1, 1_000_000, 2)]
    [InlineData(SeriesAnswer.Label, 3, 1_000_000, 1)]
    [InlineData(SeriesAnswer.Number, 2, 20, 1)]
    public void Push_Warm_AllocatesNothing(SeriesAnswer answer, int join, int window, int threads)
    {
        var stream = new SequenceStream(
            Model(answer, spec => spec with { Join = join, Window = window, Networks = 2 }), threads);
        float[] values = [0.5f, NaN, 1, 4];
        Allocation.AssertNoneWarm(() => stream.Push(values), times: 20);
    }

    [Fact]
    public void Constructor_BothDirections_SaysWhatToDo()
    {
        SeriesModel model = Model(SeriesAnswer.StepLabels, spec => spec with
        {
            Recurrent = spec.Recurrent with { Bidirectional = true },
        });
        string message = Assert.Throws<NotSupportedException>(() => new SequenceStream(model)).Message;
        Assert.Contains("This sequence labeller reads sequences from both ends", message);
        Assert.Contains("--bidirectional false", message);
        Assert.Throws<NotSupportedException>(() => new SequenceLabeller(model).Stream());
        Assert.Throws<ArgumentNullException>(() => new SequenceStream(null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SequenceStream(Model(SeriesAnswer.Label), threads: -1));
    }

    [Fact]
    public void Push_ValuesThatDoNotFit_AreRefusedAndLeaveNoTrace()
    {
        SequenceStream stream = new(Model(SeriesAnswer.StepLabels)), same = new(Model(SeriesAnswer.StepLabels));
        Assert.Contains("has not begun", Assert.Throws<InvalidOperationException>(() => stream.Label).Message);
        Fails("A step has 4 values (x, y, k, same), not 2.", 1, 2);
        Fails("column \"k\", which has categories; the place of one is expected, 0 to 1", 1, 2, 2, 4);
        stream.Push([1, 2, 1, 4]);
        Fails("0 to 1", 1, 2, -1, 4);
        Fails("The value 0.5", 1, 2, 0.5f, 4);
        Fails("0 to 1", 1, 2, float.PositiveInfinity, 4);
        Assert.Contains(
            "in the order of their times",
            Assert.Throws<ArgumentException>(() => stream.Push([1, 2, 1, 4], new TimeSpan(-1))).Message);
        same.Push([1, 2, 1, 4]);
        Bits.AssertEqual(same.Push([2, 1, NaN, NaN]), stream.Push([2, 1, NaN, NaN]), "after what was refused");
        var numbers = new SequenceStream(Model(SeriesAnswer.Number));
        numbers.Push([1, 2, 1, 4]);
        Assert.Contains("answers with a number", Assert.Throws<InvalidOperationException>(() => numbers.Label).Message);

        void Fails(string part, params float[] values) =>
            Assert.Contains(part, Assert.Throws<ArgumentException>(() => stream.Push(values)).Message);
    }

    [Fact]
    public void Push_UsedByTwoThreadsAtOnce_Throws()
    {
        var stream = new SequenceStream(Model(SeriesAnswer.StepLabels));
        Exception? fault = null;
        using (stream.Use.Enter())
        {
            var other = new Thread(() => fault = Record.Exception(() => stream.Push([1, 2, 0, 4])));
            other.Start();
            other.Join();
        }

        Assert.Contains(
            "A SequenceStream was used by two threads at once", Assert.IsType<InvalidOperationException>(fault).Message);
        Assert.Equal(0, stream.Steps);
        stream.Push([1, 2, 0, 4]);
    }

    /// <summary>
    /// Every answer of a stream against the whole sequence, or where it is answered once against the sequence up to there.
    /// </summary>
    private static void AssertSameBits(SeriesModel model)
    {
        SeriesTable table = Table(23);
        bool isOfSteps = model.Spec.IsOfSteps;
        float[][] expected = isOfSteps ? Answers(model, table)
            : [.. Enumerable.Range(1, table.Rows).Select(t => Answers(model, table.FirstRows(_ => t))[0])];
        foreach (int threads in new[] { 1, 2 })
        {
            var stream = new SequenceStream(model, threads);
            // The second time after a reset, in the middle of a row of joined steps.
            for (int round = 0; round < 2; round++, stream.Reset())
            {
                for (int t = 0; t < table.Rows; t++)
                {
                    TimeSpan? elapsed = t == 0 ? null : new TimeSpan(table.Times![t] - table.Times[t - 1]);
                    Bits.AssertEqual(
                        expected[t], stream.Push(Values(model, table, 0, t), elapsed),
                        $"{threads} threads, round {round}, step {t}");
                }
            }
        }
    }

    /// <summary>The answers to the steps of the first series, or the one to all of it.</summary>
    private static float[][] Answers(SeriesModel model, SeriesTable table)
    {
        float[][] answers = [];
        new SequenceScorer(model, Workers.ForThreads(1)).Answer(
            new SequenceRows(table, model, needsTarget: false), SequenceData.Whole(table),
            (_, all) => answers = [.. all.ToArray().Chunk(model.Spec.Outputs)]);
        return answers;
    }

    private static float[] Values(SeriesModel model, SeriesTable table, int series, int step) =>
    [
        .. model.Spec.Columns.Select(column => table.Columns[table.IndexOf(column.Name)][table.Series[series].First + step]),
    ];

    private static SeriesTable Table(int rows)
    {
        float[] x = Bits.Random(rows, 1), y = Bits.Random(rows, 2);
        for (int t = 0; t < rows; t++)
        {
            if (t % 4 == 2) x[t] = NaN;
            y[t] *= t == 6 ? 1e6f : 8f;
        }

        return new SeriesTable(
            "t",
            [
                new SeriesColumn("x", x), new SeriesColumn("y", y),
                new SeriesColumn("k", [.. Enumerable.Range(0, rows).Select(t => t % 5 == 3 ? NaN : t % 2)], ["a", "b"]),
                new SeriesColumn("same", [.. Enumerable.Repeat(4f, rows)]),
            ], [new SeriesSpan("s", 0, rows)], [.. Enumerable.Range(0, rows).Select(t => (long)t * t)],
            new TimeAxis(new TimeRule(TimeUnit.Irregular, 7)));
    }

    /// <summary>A model in one direction with distinct weights in all of its tensors.</summary>
    private static SeriesModel Model(SeriesAnswer answer, Func<SeriesSpec, SeriesSpec>? change = null)
    {
        var spec = new SeriesSpec
        {
            Columns = s_columns, Target = "answer", Answer = answer, Convolutions = 2, Filters = 9, Kernel = 3,
            Outputs = answer is SeriesAnswer.Label or SeriesAnswer.StepLabels ? 3 : 1,
            Recurrent = new RecurrentSpec { Cell = CellKind.Gru, HiddenSize = 11 },
        };
        spec = change?.Invoke(spec) ?? spec;
        var model = new SeriesModel(spec, spec.IsOfLabels ? ["one", "two", "three"] : []);
        for (int i = 0; i < model.Parameters.Count; i++)
        {
            Parameter parameter = model.Parameters[i];
            float[] values = Bits.Random(parameter.Count, (ulong)i + 10);
            bool isVariance = parameter.Name.EndsWith("running_var", StringComparison.Ordinal);
            float scale = 1 / MathF.Sqrt(parameter.Count / parameter.Shape[0]);
            for (int j = 0; j < values.Length; j++) parameter.Value[j] = isVariance ? 1.5f + values[j] : scale * values[j];
            parameter.MarkChanged();
        }

        return model;
    }
}
