namespace Recurant.Tests.Insight;

/// <summary>The numbers of a lesson are those of the fast code, which computes in single precision.</summary>
public class LessonEngineTests
{
    private const string Sentence = "this movie is not good, not good";

    // Single precision rounds at 6e-8; a few hundred roundings in a row stay below this, relative to the largest element.
    private const double Single = 2e-5;

    private static readonly string[] s_words = ["<unk>", "good", "is", "bad", "this", "movie", "not", ",", "very"];

    [Theory]
    [InlineData(CellKind.Elman, Pooling.Last, 0, 1, false)]
    [InlineData(CellKind.Elman, Pooling.Mean, 4, 2, true)]
    [InlineData(CellKind.Lstm, Pooling.Max, 5, 1, true)]
    [InlineData(CellKind.Lstm, Pooling.Last, 0, 2, true)]
    [InlineData(CellKind.Gru, Pooling.Last, 5, 1, false)]
    [InlineData(CellKind.Gru, Pooling.Attention, 0, 1, true)]
    [InlineData(CellKind.Lstm, Pooling.Max, 5, 1, true, 50)]
    public void Of_SavedModel_HasTheNumbersOfTheEngine(
        CellKind cell, Pooling pooling, int embedding, int layers, bool both, int direct = 0)
    {
        ClassifierModel model = Model(cell, pooling, embedding, layers, both, direct);
        Lesson lesson = Lesson.Of(model, Sentence, new() { Labels = ["positive"], LearningRate = 0.3 });

        Prediction prediction = new Predictor(model, 1).Predict(Sentence);
        Near([.. prediction.Probabilities.Select(label => label.Value)], lesson.Run.Probabilities[0], "probabilities");
        var network = (RecurrentNetwork)model.Network;
        int[] tokens = model.Encoder.Encode(Sentence);
        var engine = new Engine(network, tokens, label: 1);
        Near(engine.States(), lesson.Run.Stack.Outputs, "states");
        Near([(float)engine.Loss], [lesson.Loss], "loss");
        foreach (Parameter parameter in network.Parameters.Where(IsShown)) CompareGradient(parameter, lesson);
        engine.Step(0.3f, IsShown);
        Near([(float)new Engine(network, tokens, label: 1).Loss], [lesson.NewLoss], "loss after the step");
    }

    [Theory]
    [InlineData("one label")]
    [InlineData("one label lstm")]
    public void Of_FreshWeightsAndOneLabel_HasTheNumbersOfTheEngine(string name)
    {
        LessonOptions options = LessonTests.Options(name);
        Lesson lesson = Lesson.Of(Sentence, options);
        var network = (RecurrentNetwork)ClassifierNetwork.Create(new ClassifierSpec
        {
            VocabularySize = lesson.Vocabulary.Count, Classes = 2, EmbeddingSize = options.EmbeddingSize,
                Recurrent = new RecurrentSpec
                {
                    Cell = options.Cell, HiddenSize = options.HiddenSize,
                }, Pooling = Pooling.Last,
        });
        foreach (Parameter parameter in network.Parameters)
        {
            double[] values = lesson.Weights[parameter.Name];
            for (int i = 0; i < values.Length; i++) parameter.Value[ReferenceSubject.PlaceOf(parameter, i)] = (float)values[i];
            parameter.MarkChanged();
        }

        int[] tokens = [.. lesson.Tokens];
        var engine = new Engine(network, tokens, lesson.Labels[0]);
        Near(engine.States(), lesson.Run.Stack.Outputs, "states");
        Near([(float)engine.Loss], [lesson.Loss], "loss");
        foreach (Parameter parameter in network.Parameters.Where(p => p.Shape.Count > 1)) CompareGradient(parameter, lesson);
        engine.Step((float)lesson.LearningRate, parameter => parameter.Shape.Count > 1);
        Near([(float)new Engine(network, tokens, lesson.Labels[0]).Loss], [lesson.NewLoss], "loss after the step");
    }

    [Theory]
    [InlineData("elman")]
    [InlineData("relu")]
    [InlineData("preactivation")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("outside")]
    [InlineData("labels")]
    public void Of_FreshWeightsManyToMany_HasTheNumbersOfTheEngine(string name)
    {
        LessonOptions options = LessonTests.Options(name);
        Lesson lesson = Lesson.Of(Sentence, options);
        int length = lesson.Words.Count, hidden = options.HiddenSize;
        var stack = new RecurrentStack(new StackSpec
        {
            Cell = options.Cell, Activation = options.Activation, Form = options.Form, GruReset = options.GruReset,
            InputSize = lesson.Vocabulary.Count, HiddenSize = hidden,
        });
        var output = new Dense("output", hidden, lesson.Classes.Count);
        Parameter[] parameters = [.. stack.Parameters, .. output.Parameters];
        foreach (Parameter parameter in parameters)
        {
            parameter.SetValues([.. lesson.Weights[parameter.Name].Select(v => (float)v)]);
        }


        double Loss(bool compares)
        {
            Workers workers = Workers.ForThreads(1);
            var batch = new BatchLayout();
            batch.Fill([length]);
            RowStore inputs = new(), logitStore = new(), dStore = new();
            inputs.Reserve(length, lesson.Vocabulary.Count).Clear();
            Matrix input = inputs.Rows(length);
            for (int t = 0; t < length; t++) input.Row(t)[lesson.Tokens[t]] = 1;
            RecurrentMemory memory = stack.CreateMemory();
            stack.ResetInitialState(memory, 1);
            Matrix h = stack.Forward(workers, batch, input, memory);
            Matrix logits = logitStore.Reserve(length, lesson.Classes.Count).Rows(length);
            var dense = new DenseMemory();
            output.Forward(workers, h, logits, dense);
            double loss = CrossEntropy.Apply(logits, [.. lesson.Labels], smoothing: 0, out _) / length;
            if (!compares) return loss;
            Near([.. Rows(h)], lesson.Run.Stack.Outputs, "states");
            dStore.Reserve(length, hidden).Clear();
            Matrix dh = dStore.Rows(length);
            output.Backward(workers, h, logits, dh, dense);
            stack.ResetFinalGradient(memory, 1);
            stack.Backward(workers, batch, input, dh, null, memory);
            return loss;
        }

        Near([(float)Loss(compares: true)], [lesson.Loss], "loss");
        foreach (Parameter parameter in parameters.Where(p => options.Bias || p.Shape.Count > 1))
        {
            Near(parameter.Gradient, lesson.Gradients[parameter.Name], parameter.Name);
            for (int i = 0; i < parameter.Count; i++) parameter.Value[i] -= (float)lesson.LearningRate * parameter.Gradient[i];
            parameter.MarkChanged();
        }

        Near([(float)Loss(compares: false)], [lesson.NewLoss], "loss after the step");
    }

    [Fact]
    public void Of_SavedModelWithoutLabel_TakesTheMostProbable()
    {
        ClassifierModel model = Model(CellKind.Lstm, Pooling.Max, 5, 1, both: true);
        Lesson lesson = Lesson.Of(model, Sentence);
        Assert.Equal(new Predictor(model, 1).Predict(Sentence).Label, lesson.Classes[lesson.Labels[0]]);
        Assert.Contains("No label was given", lesson.Sections[0].Notes[1], StringComparison.Ordinal);
        // Two words that the model does not know are one row of its table.
        Assert.Equal([0], Lesson.Of(model, "qwert asdfg").VocabularyNumbers);
    }

    [Fact]
    public void Of_ModelsItCannotShow_AreRefused()
    {
        ClassifierModel sru = Model(CellKind.Sru, Pooling.Last, 4, 1, both: false);
        ClassifierModel gru = Model(CellKind.Gru, Pooling.Last, 3, 1, both: false);
        var fault = Assert.Throws<ArgumentException>(() => Lesson.Of(sru, Sentence));
        Assert.Contains("Elman, LSTM and GRU", fault.Message, StringComparison.Ordinal);
        fault = Assert.Throws<ArgumentException>(() => Lesson.Of(gru, Sentence, new() { Labels = ["x"] }));
        Assert.Contains("no label \"x\"", fault.Message, StringComparison.Ordinal);
    }

    /// <summary>Direct connections are a constant to a lesson.</summary>
    private static bool IsShown(Parameter parameter) => parameter.Name != "direct.weight";

    private static ClassifierModel Model(CellKind cell, Pooling pooling, int embedding, int layers, bool both, int direct = 0)
    {
        var model = new ClassifierModel(
            new ClassifierSpec
            {
                VocabularySize = s_words.Length, Classes = 2, EmbeddingSize = embedding,
                    Recurrent = new RecurrentSpec
                    {
                        Cell = cell, HiddenSize = 4, Layers = layers, Bidirectional = both,
                    }, Pooling = pooling, DirectBuckets = direct,
            },
            new Vocabulary(s_words), ["negative", "positive"]);
        uint ordinal = 0;
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(7, ordinal++, 0.6f);
        return model;
    }

    private static void CompareGradient(Parameter parameter, Lesson lesson)
    {
        int columns = parameter.IsStoredTransposed ? parameter.Shape[0] : parameter.Count / parameter.Shape[0];
        bool rows = parameter.Name == "embedding.weight";
        bool wordColumns =
            lesson.Spec.Input == ReferenceInput.OneHot && parameter.Name.StartsWith("weight_ih_l0", StringComparison.Ordinal);
        double[] expected = lesson.Gradients[parameter.Name];
        int width = wordColumns ? lesson.Vocabulary.Count : columns;
        var found = new float[expected.Length];
        for (int i = 0; i < found.Length; i++)
        {
            int row = i / width, column = i % width;
            int place = (rows ? lesson.VocabularyNumbers[row] : row) * columns
                + (wordColumns ? lesson.VocabularyNumbers[column] : column);
            found[i] = parameter.Gradient[ReferenceSubject.PlaceOf(parameter, place)];
        }

        Near(found, expected, parameter.Name);
    }

    private static void Near(ReadOnlySpan<float> found, double[] expected, string what)
    {
        Assert.Equal(expected.Length, found.Length);
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(Math.Abs(found[i] - expected[i]) <= Single * largest,
                $"{what}[{i}]: the engine says {found[i]}, the lesson {expected[i]}");
        }
    }

    private static IEnumerable<float> Rows(Matrix matrix) =>
        Enumerable.Range(0, matrix.Rows).SelectMany(row => matrix.Row(row).ToArray());

    /// <summary>The fast code on one text: forward and back.</summary>
    private sealed class Engine
    {
        private readonly RecurrentNetwork _network;
        private readonly ClassifierMemory _memory;
        private readonly BatchLayout _batch = new();

        public Engine(RecurrentNetwork network, int[] tokens, int label)
        {
            _network = network;
            _batch.Fill([tokens], [0]);
            _memory = network.CreateMemory();
            foreach (Parameter parameter in network.Parameters) parameter.ClearGradient();
            Workers workers = Workers.ForThreads(1);
            Matrix logits = network.Forward(workers, _batch, _memory, dropout: null);
            Loss = CrossEntropy.Apply(logits, [label], smoothing: 0, out _);
            network.Backward(workers, _batch, _memory, logits, dropout: null);
        }

        public double Loss { get; }

        public float[] States() => [.. Rows(_network.RecurrentMemory(_memory).Outputs[^1].Rows(_batch.Rows))];

        public void Step(float rate, Func<Parameter, bool> moves)
        {
            foreach (Parameter parameter in _network.Parameters.Where(moves))
            {
                for (int i = 0; i < parameter.Count; i++) parameter.Value[i] -= rate * parameter.Gradient[i];
                parameter.MarkChanged();
            }
        }
    }
}
