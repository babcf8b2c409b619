namespace Recurant.Tests.Insight;

/// <summary>The lens on language models, taggers and translators.</summary>
public class LensTaskTests
{
    // Single precision rounds at 6e-8; sums over units and steps, and a gradient that shrinks, add to it.
    private const double SinglePrecision = 2e-5;

    private static readonly LensOptions s_few = new() { Sequences = 5, Window = 9, Threads = 1 };

    private static readonly PlainText s_text = new("text",
        [.. Enumerable.Range(0, 60).Select(i => $"the {s_words[i % 5]} of {s_words[i * 3 % 7]} {s_words[i * 5 % 6]} .")]);

    private static readonly PairDataset s_pairs = new("pairs",
    [
        .. Enumerable.Range(0, 40).Select(i => new TextPair(
            string.Join(' ', Enumerable.Range(0, 2 + i % 4).Select(j => s_words[(i + j * 3) % 7])),
            string.Join(' ', Enumerable.Range(0, 1 + i * 3 % 5).Select(j => s_words[(i * 2 + j) % 7])))),
    ]);

    private static string[] s_words => ["cat", "dog", "sea", "hill", "moon", "wind", "oak"];

    public static TheoryData<string, CellKind, int> Networks => new()
    {
        { "words", CellKind.Lstm, 2 },
        { "characters", CellKind.Gru, 1 },
        { "one-hot", CellKind.Elman, 2 },
        { "tags", CellKind.Lstm, 2 },
        { "tags", CellKind.Gru, 1 },
        { "translation", CellKind.Lstm, 2 },
        { "translation", CellKind.Gru, 1 },
        { "bahdanau", CellKind.Gru, 1 },
        { "bahdanau", CellKind.Lstm, 2 },
    };

    [Theory]
    [MemberData(nameof(Networks))]
    public void LookBefore_ExactSplit_AddsUpToTheEnginesGradient(string network, CellKind cell, int layers)
    {
        LensResult exact = LookBefore(network, cell, layers, s_few with { IsExact = true });
        LensResult quick = LookBefore(network, cell, layers, s_few);
        Assert.Equal(exact.Loss, quick.Loss);
        Assert.Equal(NamesOf(network, layers), exact.Layers.Select(layer => layer.Name));
        foreach ((LensLayer one, LensLayer other) in exact.Layers.Zip(quick.Layers))
        {
            Assert.True(one.ReadSteps > 1 && one.ReadSteps <= one.Steps);
            if (IsBeforeAttention(network, one))
            {
                Assert.Null(one.HiddenWeights);
                Assert.Null(one.InputWeights);
                Assert.Contains("attention", one.HiddenNote, StringComparison.Ordinal);
                continue;
            }

            Assert.Null(one.HiddenNote);
            Check(one.HiddenWeights!, other.HiddenWeights!);
            Assert.Equal(network == "one-hot" && one.Layer == 0, one.InputWeights is null);
            if (one.InputWeights is { } input) Check(input, other.InputWeights!);
            // The exact split goes with the loss of each step, the other with the last step.
            Assert.Equal(("weights", "last_step"), (one.Verdict.Measured, other.Verdict.Measured));
        }

        static void Check(WeightGradientByLag exact, WeightGradientByLag quick)
        {
            Assert.Equal((true, false), (exact.IsExact, quick.IsExact));
            Assert.Equal(exact.Total, quick.Total);
            Assert.InRange(exact.Total, 1e-8, 1e3);
            Assert.InRange(exact.Difference, 0, SinglePrecision);
            Assert.InRange(quick.Difference, 0, SinglePrecision);
            Assert.Equal(1, exact.Shares.Sum(), SinglePrecision);
            Assert.Equal(1, quick.Shares.Sum(), SinglePrecision);
            // Read at every step most of the gradient comes from nearby; counted from the last step it does not.
            Assert.True(exact.Beyond(2) < quick.Beyond(2));
        }
    }

    /// <summary>
    /// Of a plain cell dJ/db_hh = sum_t (1 - h_t^2) dJ/dh_t: what the states' gradients of all steps must give, whoever read the
    /// states.
    /// </summary>
    [Theory]
    [InlineData("words", 2)]
    [InlineData("tags", 2)]
    [InlineData("translation", 2)]
    [InlineData("bahdanau", 1)]
    [InlineData("bahdanau", 3)]
    public void Pass_PlainCells_TracesGiveTheGradientOfTheBias(string network, int layers)
    {
        LensSubject subject = SubjectOf(network, CellKind.Elman, layers);
        foreach (LensRow row in subject.Parts.SelectMany(part => part.Rows)) row.Memory.Trace = new BackwardTrace();
        foreach (Parameter parameter in subject.Parameters) parameter.ClearGradient();
        subject.Pass();
        foreach ((LensPart part, LensRow row) in subject.Parts.SelectMany(part => part.Rows.Select(row => (part, row))))
        {
            double[] sums = new double[row.Cell.HiddenSize];
            Matrix output = row.Output();
            for (int n = 0; n < part.Batch.Rows; n++)
            {
                ReadOnlySpan<float> h = output.Row(n), dh = row.Memory.Trace!.DHidden.Row(n);
                for (int unit = 0; unit < sums.Length; unit++) sums[unit] += (1 - (double)h[unit] * h[unit]) * dh[unit];
            }

            double largest = sums.Max(Math.Abs);
            Assert.True(largest > 0);
            for (int unit = 0; unit < sums.Length; unit++)
            {
                Assert.Equal(sums[unit], row.Cell.HiddenBias.Gradient[unit], SinglePrecision * largest);
            }

            Assert.Equal("h", Assert.Single(row.Memory.Trace!.Gates).Name);
            double mean = Enumerable.Range(0, part.Batch.Rows).Average(n => output.Row(n).ToArray().Average(Math.Abs));
            Assert.Equal(mean, row.Memory.Trace.Gates[0].Mean, SinglePrecision);
        }
    }

    [Theory]
    [InlineData(CellKind.Elman)]
    [InlineData(CellKind.Lstm)]
    [InlineData(CellKind.Gru)]
    public void Look_OneWindow_HasTheReferencesGradientOfEveryState(CellKind cell)
    {
        LanguageModel model = PreparedText.Make(s_text, null, Text("words", cell, 2) with { Tied = false }).Model;
        LensResult result = GradientLens.Look(model, s_text, new LensOptions { Sequences = 1, Window = 12, Threads = 1 });
        Assert.Equal((1, 12, 12), (result.Sequences, result.Steps, result.ReadSteps));

        int[] tokens = model.Encoder.Encode(s_text);
        var spec = new ReferenceSpec
        {
            Cell = Enum.Parse<ReferenceCell>(cell.ToString()), Input = ReferenceInput.Embedding, InputSize = 5, HiddenSize = 6,
            Layers = 2, VocabularySize = model.Spec.VocabularySize, Classes = model.Spec.VocabularySize, Pooling =
                ReferencePooling.EveryStep,
        };
        var weights = new ReferenceTensors();
        foreach (Parameter parameter in model.Parameters) weights.Set(parameter.Name, parameter.Value);
        var network = new ReferenceNetwork(spec, weights);
        ReferenceRun run = network.Forward(new ReferenceExample { Tokens = tokens[..12], Labels = tokens[1..13] });
        Assert.Equal(run.Loss, result.Loss, 1e-5);
        double[] scales = [.. Enumerable.Repeat(1 / 12.0, 12)];
        ReferenceStackGradients all = network.Stack.Backward(
            run.Stack, network.OutputGradients(run, scales, ReferenceTensors.Zeros(spec.Shapes())));
        for (int layer = 0; layer < 2; layer++)
        {
            LensLayer found = result.Layers[layer];
            double[] last = GradientByLag.OfLoss(network, run, layer)[^1];
            for (int lag = 0; lag < 12; lag++)
            {
                double expected = Algebra.Norm(Algebra.Row(all.States[layer], 11 - lag, 6));
                Assert.Equal(expected, found.Profile.Hidden[lag], SinglePrecision * found.Profile.Hidden.Max());
                if (cell == CellKind.Lstm) continue;
                Assert.Equal(last[lag] / 12, found.LastStep[lag], SinglePrecision * found.LastStep.Max());
            }
        }
    }

    /// <summary>
    /// With one unit the state is a number: the last step's gradient at a lag is that at lag 0 times the Jacobian, which is
    /// computed in double by the reference's equations, of the decoder from the state that the encoder gives.
    /// </summary>
    [Theory]
    [InlineData("words", CellKind.Gru)]
    [InlineData("tags", CellKind.Elman)]
    [InlineData("translation", CellKind.Gru)]
    [InlineData("translation", CellKind.Elman)]
    public void Look_OneUnit_LastStepFollowsTheJacobian(string network, CellKind cell)
    {
        LensOptions options = s_few with { Sequences = 1 };
        LensResult result = network == "translation"
            ? GradientLens.Look(OneUnit(cell), new PairDataset("one", [s_pairs.Pairs[3]]), options)
            : LookBefore(network, cell, 1, options, hidden: 1);
        Assert.All(result.Layers, layer =>
        {
            Assert.Null(layer.JacobianNote);
            Assert.NotEmpty(layer.Jacobians);
            foreach (JacobianSize size in layer.Jacobians)
            {
                double ratio = layer.LastStep[size.Lag] / layer.LastStep[0];
                Assert.Equal(size.Norm, ratio, SinglePrecision * size.Norm);
            }
        });
    }

    [Fact]
    public void Look_LanguageModel_CutsWindowsEvenlyFromTheText()
    {
        LanguageModel model = PreparedText.Make(s_text, null, Text("words", CellKind.Gru, 1)).Model;
        // 60 lines of 7 tokens and the end of a line before them: 421 to read, 420 to predict.
        LensResult result = GradientLens.Look(model, s_text, new LensOptions { Sequences = 4, Window = 50, JacobianSteps = 0 });
        Assert.Equal((4, 50, 50), (result.Sequences, result.Steps, result.ReadSteps));
        Assert.Equal((12, 35), Size(GradientLens.Look(model, s_text, new LensOptions { JacobianSteps = 0 })));
        Assert.Equal((1, 420), Size(GradientLens.Look(model, s_text, new LensOptions { Window = 9999, JacobianSteps = 0 })));
        Assert.Throws<ArgumentException>(() => GradientLens.Look(model, s_text, new LensOptions { Window = 0 }));

        static (int, int) Size(LensResult result) => (result.Sequences, result.Steps);
    }

    [Fact]
    public void Look_Bahdanau_SaysWhatItLeavesOut()
    {
        LensResult result = LookBefore("bahdanau", CellKind.Lstm, 2, s_few);
        LensLayer asking = Assert.Single(result.Layers, layer => layer.JacobianNote is not null);
        Assert.Equal("decoder layer 0", asking.Name);
        Assert.Empty(asking.Jacobians);
        Assert.All(result.Layers.Where(layer => layer != asking), layer => Assert.NotEmpty(layer.Jacobians));
        Assert.Equal("last_step", asking.Verdict.Measured);
        Assert.Equal(["i", "f", "g", "o"], asking.Profile.Gates.Select(gate => gate.Name));
        Assert.All(asking.Profile.State, size => Assert.True(size > 0));
    }

    [Fact]
    public void LookBefore_WithoutJacobians_SaysWhy()
    {
        LanguageModelOptions wide = Text("words", CellKind.Lstm, 1) with { Hidden = 300 };
        LensLayer layer = GradientLens.LookBefore(s_text, wide, s_few).Layers[0];
        Assert.Empty(layer.Jacobians);
        Assert.StartsWith("a state of 600 numbers", layer.JacobianNote, StringComparison.Ordinal);
        LensLayer other = GradientLens.LookBefore(s_text, wide with { Cell = CellKind.MinGru, Hidden = 6 }, s_few).Layers[0];
        Assert.Equal("they are not computed for minGRU cells", other.JacobianNote);
        Assert.Null(GradientLens.LookBefore(s_text, wide, s_few with { JacobianSteps = 0 }).Layers[0].JacobianNote);
    }

    [Fact]
    public void Look_UnknownTag_Refuses()
    {
        TaggerModel model = TaggerData.Make(TaggedWords.PartsOfSpeech(30, 1), null, Tags(CellKind.Gru, 1)).Model;
        var other = new TaggedDataset("other", [new TaggedSentence(["the"], ["ARTICLE"])]);
        InvalidDataException fault = Assert.Throws<InvalidDataException>(() => GradientLens.Look(model, other));
        Assert.Contains("\"ARTICLE\" is not one of the model's", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("words")]
    [InlineData("tags")]
    [InlineData("translation")]
    [InlineData("bahdanau")]
    public void Train_WithObserver_NamesThePartsAndLearnsTheSameBits(string network)
    {
        var moments = new List<LensMoment>();
        IReadOnlyList<Parameter> alone = Train(network, []), watched = Train(network, [new LensObserver(2, moments.Add)]);
        foreach ((Parameter one, Parameter other) in alone.Zip(watched)) Assert.Equal(one.Value.ToArray(), other.Value.ToArray());
        Assert.NotEmpty(moments);
        Assert.All(moments, moment =>
        {
            Assert.Equal(NamesOf(network, 2), moment.Layers.Select(layer => layer.Name));
            Assert.All(moment.Layers, layer => Assert.True(layer.Profile.State[0] > 0 && layer.Profile.Gates.Count == 4));
        });
    }

    private static IReadOnlyList<Parameter> Train(string network, TrainingObserver[] observers) => network switch
    {
        "words" => LanguageModelTrainer.Train(
            s_text, Text(network, CellKind.Lstm, 2) with { Observers = observers }).Model.Parameters,
        "tags" => TaggerTrainer.Train(
            TaggedWords.Names(40, 1), Tags(CellKind.Lstm, 2) with { Observers = observers }).Model.Parameters,
        _ => TranslatorTrainer.Train(
            s_pairs, Pairs(network, CellKind.Lstm, 2) with { Observers = observers }).Model.Parameters,
    };

    private static LensResult LookBefore(string network, CellKind cell, int layers, LensOptions options, int hidden = 6) =>
        network switch
        {
            "tags" => GradientLens.LookBefore(TaggedWords.Names(40, 1), Tags(cell, layers) with { Hidden = hidden }, options),
            "translation" or "bahdanau" => GradientLens.LookBefore(
                s_pairs, Pairs(network, cell, layers) with { Hidden = hidden }, options),
            _ => GradientLens.LookBefore(s_text, Text(network, cell, layers) with { Hidden = hidden }, options),
        };

    private static TranslatorModel OneUnit(CellKind cell)
    {
        TranslatorModel model = TranslatorData.Make(s_pairs, null, Pairs("translation", cell, 1)).Model;
        var narrow = new TranslatorModel(model.Spec with { EncoderSize = 1, DecoderSize = 1 }, model.Source, model.Target);
        narrow.Network.Initialise(1);
        return narrow;
    }

    private static LensSubject SubjectOf(string network, CellKind cell, int layers) => network switch
    {
        "tags" => GradientLens.SubjectOf(
            TaggerData.Make(TaggedWords.Names(40, 1), null, Tags(cell, layers)).Model, TaggedWords.Names(40, 1), s_few),
        "translation" or "bahdanau" => GradientLens.SubjectOf(
            TranslatorData.Make(s_pairs, null, Pairs(network, cell, layers)).Model, s_pairs, s_few),
        _ => GradientLens.SubjectOf(PreparedText.Make(s_text, null, Text(network, cell, layers)).Model, s_text, s_few),
    };

    private static string[] NamesOf(string network, int layers)
    {
        string[] one = [.. Enumerable.Range(0, layers).Select(layer => $"layer {layer}")];
        string[] both = [.. one.SelectMany(name => new[] { name, name + " backward" })];
        return network switch
        {
            "tags" => both,
            "translation" or "bahdanau" => [.. both.Select(name => "encoder " + name), .. one.Select(name => "decoder " + name)],
            _ => one,
        };
    }

    private static bool IsBeforeAttention(string network, LensLayer layer) =>
        network == "bahdanau" && layer is { Part: "decoder", Layer: 0 };

    private static LanguageModelOptions Text(string network, CellKind cell, int layers) => new()
    {
        Cell = cell, Layers = layers, Hidden = 6, Embedding = network == "one-hot" ? 0 : 5, Epochs = 1, Batch = 4, Window = 9,
        Threads = 1, Unit = network == "characters" ? TokenUnit.Character : TokenUnit.Word, Tied = false,
    };

    private static TaggerTrainingOptions Tags(CellKind cell, int layers) => new()
    {
        Cell = cell, Layers = layers, Hidden = 6, Embedding = 5, Characters = 4, Epochs = 1, Batch = 8, Threads = 1,
    };

    private static TranslatorTrainingOptions Pairs(string network, CellKind cell, int layers) => new()
    {
        Cell = cell, Layers = layers, Hidden = 6, Embedding = 5, Epochs = 1, Batch = 8, Subwords = 0, MinimumCount = 1,
        Threads = 1, Attention = network == "bahdanau" ? AttentionKind.Bahdanau : AttentionKind.General,
    };
}
