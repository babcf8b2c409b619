using System.Collections.Concurrent;

namespace Recurant.Tests.Inference;

/// <summary>One instance and sixteen threads: the answers of one thread, or an exception that says what is wrong.</summary>
public class ThreadTests
{
    private const int Threads = 16, Megabyte = 1 << 20;

    [Fact]
    public void Classifier_ThousandsOfTexts_AnswersAsOneThread()
    {
        var classifier = new TextClassifier(SmallModels.Classifier());
        AnswersAsOneThread(SmallModels.Texts(3000, Megabyte), text => classifier.Predict(text).ToString());
    }

    [Fact]
    public void Tagger_ThousandsOfTexts_AnswersAsOneThread()
    {
        var tagger = new TagPredictor(SmallModels.Tagger());
        AnswersAsOneThread(SmallModels.Texts(1000, Megabyte), text => string.Join(' ', tagger.Predict(text)));
    }

    [Fact]
    public void Translator_ManyTexts_AnswersAsOneThread()
    {
        var translator = new Translator(SmallModels.Translator()) { Beam = 2 };
        AnswersAsOneThread(SmallModels.Texts(100, Megabyte), text =>
        {
            Translation answer = translator.Translate(text);
            return $"{answer} {answer.Score}";
        });
    }

    [Fact]
    public void Generator_ManyPrompts_WritesAsOneThread()
    {
        var generator = new TextGenerator(SmallModels.Language());
        AnswersAsOneThread(
            SmallModels.Texts(200, Megabyte),
            text => $"{generator.UnknownTokens(text)}{string.Concat(generator.Continue(text, 5))}");
    }

    [Fact]
    public void Captioner_ManyImages_AnswersAsOneThread()
    {
        var captioner = new Captioner(SmallModels.Captioner());
        CaptionDataset all = SmallModels.Images(60);
        CaptionDataset[] each =
            [.. all.Images.Select(image => new CaptionDataset("one", [image], all.Width, all.Height, all.Channels))];
        AnswersAsOneThread(each, image => $"{captioner.Describe(image)[0]} {captioner.Describe(image)[0].Score}");
    }

    /// <summary>Explaining reads a model that others predict with at the same time.</summary>
    [Fact]
    public void Explainer_BesidePredictions_AnswersAsOneThread()
    {
        ClassifierModel model = SmallModels.Classifier();
        var classifier = new TextClassifier(model);
        AnswersAsOneThread(SmallModels.Texts(42, 200), text =>
        {
            TextExplanation why = Explainer.Explain(model, text);
            return $"{string.Join(' ', why.Words)} {classifier.Predict(text)}";
        });
    }

    [Fact]
    public void Layers_WithAPassForEachThread_AnswerAsOneThread()
    {
        var network = new Sequential(new Recurrent(CellKind.Gru, 2, 5), new Dense(5, 3));
        network.Initialise(seed: 3);
        float[][][] inputs = [.. Enumerable.Range(1, 400).Select(i => new[] { new[] { 0.1f * i, 1f, -0.3f, i % 5 } })];
        using var passes = new ThreadLocal<Pass>(() => new Pass());
        AnswersAsOneThread(inputs, input =>
        {
            Pass pass = passes.Value!;
            pass.Begin(PassKind.Prediction);
            SequenceBatch output = network.Forward(pass, SequenceBatch.Of([.. input], 2));
            return string.Join(' ', output[0, output.LengthOf(0) - 1].ToArray());
        });
    }

    [Fact]
    public void Stream_UsedByTwoThreadsAtOnce_Throws()
    {
        var recurrent = new Recurrent(CellKind.Lstm, 3, 4);
        recurrent.Initialise(seed: 1);
        var stream = new RecurrentStream(recurrent);
        float[] input = [1, 2, 3], alone = new RecurrentStream(recurrent).Step(input).ToArray();
        var state = new float[stream.StateSize];
        Action[] uses =
        [
            () => stream.Step(input), stream.Reset, () => stream.SaveState(state), () => stream.LoadState(state),
            () => stream.Fork(),
        ];
        using (stream.Use.Enter())
        {
            Assert.All(uses, use => ThrowsElsewhere(use, "A RecurrentStream was used by two threads at once"));
            Assert.Equal(alone, stream.Step(input).ToArray()); // a call within a call of the same thread
        }

        // Nothing was changed by those that were refused, and one thread after the other is welcome.
        stream.Reset();
        Assert.Null(Elsewhere(() => Assert.Equal(alone, stream.Step(input).ToArray())));
    }

    [Fact]
    public void Pass_UsedWhileALayerRuns_Throws()
    {
        var pass = new Pass(threads: 1);
        SequenceBatch input = SequenceBatch.Of([[1f, 2f]]), target = SequenceBatch.Of([[1f, 2f]]);
        var dense = new Dense(1, 1);
        dense.Initialise(seed: 1);
        int refused = 0;
        var waiting = new Calling(() =>
        {
            Action[] uses = [() => pass.Begin(), () => dense.Forward(pass, input), pass.Backward,
                () => pass.Loss(input, target, Loss.SquaredError), () => pass.CrossEntropy(input, [0])];
            Assert.All(uses, use => ThrowsElsewhere(use, "A Pass was used by two threads at once"));
            refused += uses.Length;
        });
        pass.Begin();
        SequenceBatch output = dense.Forward(pass, waiting.Forward(pass, input));
        pass.Loss(output, target, Loss.SquaredError);
        pass.Backward();
        Assert.Equal(5, refused);
        Assert.NotEqual(0f, dense.Parameters[0].Gradient[0]);
    }

    [Fact]
    public void Optimizer_UsedByTwoThreadsAtOnce_Throws()
    {
        var dense = new Dense(1, 1);
        var optimizer = new Optimizer(OptimizerKind.Adam, dense.Parameters);
        using (optimizer.Use.Enter())
        {
            ThrowsElsewhere(() => optimizer.Step(), "An Optimizer was used by two threads at once");
            ThrowsElsewhere(optimizer.ClearGradients, "An Optimizer was used by two threads at once");
        }

        Assert.Null(Elsewhere(() => optimizer.Step()));
    }

    [Fact]
    public void Lists_AddedToByTwoThreadsAtOnce_Throw()
    {
        using ExampleList examples = new();
        using PairList pairs = new();
        using SentenceList sentences = new();
        using TextList texts = new();
        (SoleUse Use, Action Add, string Name)[] lists =
        [
            (examples.Adding, () => examples.Add("good", "a"), "An ExampleList"),
            (pairs.Adding, () => pairs.Add("good", "bon"), "A PairList"),
            (sentences.Adding, () => sentences.Add(["good"], ["ADJ"]), "A SentenceList"),
            (texts.Adding, () => texts.Add("good"), "A TextList"),
        ];
        Assert.All(lists, list =>
        {
            using (list.Use.Enter()) ThrowsElsewhere(list.Add, $"{list.Name} was used by two threads at once");
            Assert.Null(Elsewhere(list.Add));
        });
    }

    /// <summary>A server takes a new model by replacing its file: whoever loads has the old one or the new one, whole.</summary>
    [Fact]
    public void Load_WhileTheFileIsReplaced_IsOneOrTheOther()
    {
        using var directory = new TemporaryDirectory();
        string path = directory["m.safetensors"], next = directory["next"];
        TextClassifier[] both = [new(SmallModels.Classifier(1)), new(SmallModels.Classifier(2))];
        string[] answers = [.. both.Select(model => model.Predict("not a good film").ToString())];
        Assert.NotEqual(answers[0], answers[1]);
        both[0].Save(path);
        bool isOver = false;
        int replaced = 0;
        Exception? failure = null;
        var server = new Thread(() => failure = Caught(() =>
        {
            for (; !Volatile.Read(ref isOver) || replaced < 10; replaced++)
            {
                both[replaced % 2].Save(next);
                File.Move(next, path, overwrite: true);
            }
        }));
        server.Start();
        for (int i = 0; i < 300; i++) Assert.Contains(TextClassifier.Load(path).Predict("not a good film").ToString(), answers);
        Volatile.Write(ref isOver, true);
        server.Join();
        Assert.Null(failure);

        TextClassifier last = TextClassifier.Load(path);
        File.Delete(path);
        Assert.Contains(last.Predict("not a good film").ToString(), answers);
    }

    private static void AnswersAsOneThread<T>(IReadOnlyList<T> items, Func<T, string> answer)
    {
        string[] alone = [.. items.Select(item => Told(item, answer))];
        var wrong = new ConcurrentQueue<string>();
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(first => new Thread(() =>
        {
            // Each begins elsewhere, so that different texts meet.
            for (int n = 0; n < items.Count; n++)
            {
                int i = (n + first * items.Count / Threads) % items.Count;
                string told = Told(items[i], answer);
                if (told != alone[i]) wrong.Enqueue($"item {i}: {told} instead of {alone[i]}");
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(wrong);
    }

    /// <summary>The answer, or the exception that every thread must meet.</summary>
    private static string Told<T>(T item, Func<T, string> answer)
    {
        try
        {
            return answer(item);
        }
        catch (Exception failure)
        {
            return $"{failure.GetType()}: {failure.Message}";
        }
    }

    private static void ThrowsElsewhere(Action use, string message)
    {
        InvalidOperationException failure = Assert.IsType<InvalidOperationException>(Elsewhere(use));
        Assert.StartsWith(message, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>What a call on another thread throws.</summary>
    private static Exception? Elsewhere(Action use)
    {
        Exception? failure = null;
        var thread = new Thread(() => failure = Caught(use));
        thread.Start();
        thread.Join();
        return failure;
    }

    private static Exception? Caught(Action use)
    {
        try
        {
            use();
            return null;
        }
        catch (Exception caught)
        {
            return caught;
        }
    }

    private sealed class Calling(Action call) : Layer
    {
        public override int OutputSize(int inputSize) => inputSize;

        protected internal override void Forward(in LayerCall layer)
        {
            call();
            for (int row = 0; row < layer.Input.RowCount; row++) layer.Input.Row(row).CopyTo(layer.Output.Row(row));
        }

        protected internal override void Backward(in LayerCall layer)
        {
        }
    }
}
