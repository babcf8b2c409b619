using System.Reflection;

namespace Recurant.Tests.Layers;

/// <summary>Running in segments gives what running at once gives, in less memory.</summary>
public class SegmentedStackTests
{
    /// <summary>Gradients of weights are sums over up to 90 rows in another order.</summary>
    private const double Tolerance = 1e-5;

    private static readonly int[] s_lengths = [9, 14, 1, 7, 14, 3, 12, 5, 10, 15];

    public static TheoryData<string, int, bool, bool> Stacks
    {
        get
        {
            TheoryData<string, int, bool, bool> stacks = [];
            string[] cells =
            [
                "elman", "preactivation", "sigmoid preactivation", "lstm", "gru", "gru outside", "mingru", "minlstm", "sru",
                "indrnn", "lru", "peepholelstm", "layernormlstm", "projectedlstm",
            ];
            foreach (string cell in cells)
            {
                stacks.Add(cell, 1, false, false);
                stacks.Add(cell, 2, false, false);
                stacks.Add(cell, 2, false, true);
                stacks.Add(cell, 1, true, true);
            }

            return stacks;
        }
    }

    [Theory]
    [MemberData(nameof(Stacks))]
    public void ForwardAndBackward_AnySegmentLength_AgreesWithAllStepsAtOnce(string cell, int layers, bool oneHot, bool dropout)
    {
        SegmentedCase run = Case(Spec(cell, layers, hidden: 11, inputSize: 6, oneHot), dropout);
        (string Name, float[] Values)[] exact = [.. run.Exact(run.RunAtOnce(threads: 1))], gradients = [.. run.Gradients()];
        foreach (int steps in new[] { 1, 2, 5, 14, 15, 100 })
        {
            run.RunInSegments(threads: 1, steps);
            AssertSame(exact, run.Exact(run.Memory.Recurrent), $"segments of {steps} steps");
            foreach (((string name, float[] expected), (_, float[] actual)) in gradients.Zip(run.Gradients()))
            {
                Assert.Contains(expected, value => Math.Abs(value) > 1e-2);
                // One segment is the same sums in the same order.
                if (steps >= 15) Bits.AssertEqual(expected, actual, "d " + name);
                else Near.AssertEqual(expected, actual, Tolerance, $"d {name}, segments of {steps} steps");
            }
        }
    }

    [Theory]
    [InlineData("elman", 2)]
    [InlineData("lstm", 1)]
    [InlineData("lstm", 2)]
    [InlineData("gru", 2)]
    [InlineData("gru outside", 2)]
    [InlineData("minlstm", 2)]
    [InlineData("sru", 2)]
    [InlineData("lru", 2)]
    [InlineData("peepholelstm", 1)]
    [InlineData("layernormlstm", 2)]
    [InlineData("projectedlstm", 2)]
    public void ForwardAndBackward_AnyNumberOfThreads_SameBits(string cell, int layers)
    {
        // Large enough that the work is dealt out.
        SegmentedCase run = Case(Spec(cell, layers, hidden: 72, inputSize: 70), dropout: true);
        run.RunInSegments(threads: 1, segmentSteps: 6);
        (string Name, float[] Values)[] expected = [.. run.Exact(run.Memory.Recurrent), .. run.Gradients()];
        foreach (int threads in new[] { 2, 3 })
        {
            run.RunInSegments(threads, segmentSteps: 6);
            AssertSame(expected, [.. run.Exact(run.Memory.Recurrent), .. run.Gradients()], $"{threads} threads");
        }
    }

    [Fact]
    public void ForwardAndBackward_EachSegmentButTheLast_IsComputedTwice()
    {
        SegmentedCase run = Case(Spec("lstm", 1, hidden: 8, inputSize: 4), dropout: false);
        run.RunInSegments(threads: 1, segmentSteps: 4);
        Assert.Equal(3 * 2 + 1, run.Readings);
        run.RunInSegments(threads: 1, segmentSteps: 15);
        Assert.Equal(1, run.Readings);
    }

    [Theory]
    [InlineData("elman")]
    [InlineData("lstm")]
    [InlineData("gru")]
    [InlineData("gru outside")]
    [InlineData("mingru")]
    [InlineData("sru")]
    [InlineData("lru")]
    public void Memory_SixteenTimesTheSteps_IsFourTimesAsLarge(string cell)
    {
        StackSpec spec = Spec(cell, layers: 2, hidden: 16, inputSize: 16);
        double At(int steps, bool inSegments)
        {
            var run = new SegmentedCase(spec, [steps, steps, steps / 2]);
            if (!inSegments) return FloatsHeld(run.RunAtOnce(threads: 1));
            run.RunInSegments(threads: 1);
            return FloatsHeld(run.Memory);
        }

        // Both have weights and scratch of fixed size besides.
        Assert.InRange((At(16384, inSegments: true) - At(1024, inSegments: true)) / At(1024, inSegments: true), 1, 3);
        Assert.InRange(At(16384, inSegments: false) / At(1024, inSegments: false), 10, 17);
        Assert.True(At(16384, inSegments: true) < At(16384, inSegments: false) / 40);
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(1024, 32)]
    [InlineData(1025, 33)]
    [InlineData(16384, 128)]
    public void StepsFor_SomeSteps_IsTheRootOrThirtyTwo(int steps, int expected) =>
        Assert.Equal(expected, SegmentedStack.StepsFor(steps));

    [Fact]
    public void ForwardAndBackward_OnceWarm_AllocateNothing()
    {
        SegmentedCase run = Case(Spec("lstm", 2, hidden: 72, inputSize: 70), dropout: true);
        Parameter[] parameters = run.Parameters();
        Workers workers = Workers.ForThreads(2);
        DropoutPlan? dropout = new DropoutPlan { Layers = 0.4f, Recurrent = 0.3f, Seed = 7 };
        void Step()
        {
            run.Segments.Forward(workers, run.Batch, run, run.Memory, dropout, segmentSteps: 4);
            run.Segments.Backward(workers, run.Batch, run, run.Memory, dropout);
            run.MarkChanged(parameters);
        }

        Allocation.AssertNoneWarm(Step, times: 10);
    }

    [Fact]
    public void Constructor_BothDirections_SaysWhy()
    {
        var stack = new RecurrentStack(new StackSpec { InputSize = 2, HiddenSize = 2, Bidirectional = true });
        ArgumentException fault = Assert.Throws<ArgumentException>(() => new SegmentedStack(stack));
        Assert.Contains("one direction", fault.Message, StringComparison.Ordinal);
    }

    private static SegmentedCase Case(StackSpec spec, bool dropout) => new(
        spec, s_lengths, dropout ? new DropoutPlan { Layers = 0.4f, Recurrent = 0.3f, Seed = 7, Step = 2 } : null);

    private static StackSpec Spec(string cell, int layers, int hidden, int inputSize, bool oneHot = false) => new()
    {
        Cell = CellVariant.KindOf(cell),
        Form = cell.EndsWith("preactivation", StringComparison.Ordinal) ? ElmanForm.PreActivation : ElmanForm.Hidden,
        Activation = cell.StartsWith("sigmoid", StringComparison.Ordinal) ? Activation.Sigmoid : Activation.Tanh,
        GruReset = cell == "gru outside" ? GruReset.Outside : GruReset.Inside,
        InputSize = inputSize,
        HiddenSize = CellVariant.Width(CellVariant.KindOf(cell), hidden),
        Layers = layers,
        OneHotInput = oneHot,
    };

    private static void AssertSame(
        IEnumerable<(string Name, float[] Values)> expected, IEnumerable<(string Name, float[] Values)> actual, string when)
    {
        foreach (((string name, float[] values), (_, float[] others)) in expected.Zip(actual))
        {
            Bits.AssertEqual(values, others, $"{name}, {when}");
        }
    }

    /// <summary>The floats of all arrays that can be reached from an object.</summary>
    private static long FloatsHeld(object root)
    {
        long floats = 0;
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<object>([root]);
        while (waiting.TryPop(out object? next))
        {
            // Of parameters the packed weights know which they were made from; they are not the layers' memory.
            if (next is Parameter || !seen.Add(next)) continue;
            if (next is float[] array)
            {
                floats += array.Length;
                continue;
            }

            if (next is object?[] objects)
            {
                foreach (object? item in objects) if (item is not null) waiting.Push(item);
                continue;
            }

            if (next.GetType().Namespace?.StartsWith("Recurant", StringComparison.Ordinal) != true) continue;
            foreach (FieldInfo field in next.GetType().GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                if (!field.FieldType.IsPointer && !field.FieldType.IsPrimitive && field.GetValue(next) is { } value)
                {
                    waiting.Push(value);
                }
            }
        }

        return floats;
    }
}
