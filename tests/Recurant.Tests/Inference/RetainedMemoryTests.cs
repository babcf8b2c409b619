using System.Runtime.CompilerServices;

namespace Recurant.Tests.Inference;

/// <summary>What a service keeps: the weights once, however many have called at once.</summary>
[Collection(nameof(AloneCollection))]
public class RetainedMemoryTests
{
    [Fact]
    public void Predict_From64ThreadsAtOnce_KeepsTheWeightsOnce()
    {
        ClassifierModel model = Model(300);
        long size = model.Parameters.Sum(parameter => 4L * parameter.Count);
        var predictor = new Predictor(model, threads: 1);
        long before = Retained();
        using var start = new Barrier(64);
        Thread[] threads = [.. Enumerable.Range(0, 64).Select(_ => new Thread(() =>
        {
            start.SignalAndWait();
            for (int i = 0; i < 3; i++) predictor.Predict("good bad good");
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        long kept = Retained() - before;
        Assert.True(kept < 2 * size, $"{kept:N0} bytes are kept of a model of {size:N0}.");
        GC.KeepAlive(predictor);
    }

    [Fact]
    public void Stream_OnSeveralThreads_DroppedWithItsModel_IsCollected()
    {
        WeakReference stack = Run();
        for (int i = 0; i < 5 && stack.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(stack.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Run()
        {
            var stack = new RecurrentStack(new StackSpec { InputSize = 256, HiddenSize = 512 });
            stack.Initialise(1, 0);
            var stream = new RecurrentStream(stack, Workers.ForThreads(2));
            Assert.True(stream.DividesUnits);
            for (int i = 0; i < 50; i++) stream.Step(new float[256]);
            return new WeakReference(stack);
        }
    }

    /// <summary>A long text takes some hundred MB while it is tagged, and the next short one nothing of that.</summary>
    [Fact]
    public void Predict_LongText_LeavesNoLargeMemoryWithTheTagger()
    {
        TaggerModel model = new TaggerCase(new TaggerSpec
        {
            VocabularySize = 1, Tags = 9, EmbeddingSize = 100, CharacterSize = 0,
                Recurrent = new RecurrentSpec
                {
                    HiddenSize = 100, Bidirectional = true,
                }, RandomField = true,
        }).Model;
        string text = string.Concat(Enumerable.Repeat("the boat of unseen men , ", 20_000));
        var predictor = new TagPredictor(model, threads: 1);
        string first = predictor.Predict("the old boat")[2].ToString();
        long before = Retained();
        Assert.Equal(120_000, predictor.Predict(text).Count);
        long kept = Retained() - before;
        Assert.True(kept < 10_000_000, $"{kept:N0} bytes are kept.");
        Assert.Equal(first, predictor.Predict("the old boat")[2].ToString());
        GC.KeepAlive(text);
    }

    private static long Retained()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static ClassifierModel Model(int hidden)
    {
        var spec = new ClassifierSpec { VocabularySize = 3, Classes = 2, EmbeddingSize = 100,
            Recurrent = new RecurrentSpec
            {
                HiddenSize = hidden, Bidirectional = true,
            } };
        var model = new ClassifierModel(spec, new Vocabulary(["<unk>", "good", "bad"]), ["bad", "good"]);
        foreach (Parameter parameter in model.Parameters) parameter.InitialiseUniform(7, 0, 0.1f);
        return model;
    }
}
