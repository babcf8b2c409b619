using System.Text.Json;

namespace Recurant.Insight;

/// <summary>How far the gradient of a training step reached back, and how its gates stood.</summary>
/// <param name="Step">The step, from 1.</param>
/// <param name="Layers">A part for each layer and direction, from the lowest up.</param>
public sealed record LensMoment(long Step, IReadOnlyList<LensMomentLayer> Layers)
{
    /// <summary>
    /// Writes the members of a line of the run record: <c>"step"</c>, <c>"values"</c> (chart, series, number) and <c>"by_lag"</c>
    /// (series, the norms of the states' gradients at the lags 0, 1, ...).
    /// </summary>
    /// <param name="writer">Where to, inside an object.</param>
    public void WriteMembers(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteNumber("step", Step);
        writer.WriteStartObject("values");
        Write(writer, "Effective memory: steps back that contain 90% of the gradient", static (layer, chart) =>
            chart.WriteNumber(layer.Name, layer.Profile.Reach90));
        Write(writer, "Gates: share of time below 0.1", static (layer, chart) =>
        {
            foreach (GateUse gate in layer.Profile.Gates) WriteNumber(chart, $"{layer.Name}, {gate.Name}", gate.Low);
        });
        Write(writer, "Gates: share of time above 0.9", static (layer, chart) =>
        {
            foreach (GateUse gate in layer.Profile.Gates) WriteNumber(chart, $"{layer.Name}, {gate.Name}", gate.High);
        });
        writer.WriteEndObject();
        writer.WriteStartObject("by_lag");
        foreach (LensMomentLayer layer in Layers)
        {
            writer.WriteStartArray(layer.Name);
            for (int lag = 0; lag <= layer.Profile.Far; lag++) WriteValue(writer, layer.Profile.State[lag]);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private void Write(Utf8JsonWriter writer, string chart, Action<LensMomentLayer, Utf8JsonWriter> series)
    {
        writer.WriteStartObject(chart);
        foreach (LensMomentLayer layer in Layers) series(layer, writer);
        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        writer.WritePropertyName(name);
        WriteValue(writer, value);
    }

    /// <summary>Four digits are enough for a curve; what is not finite is null.</summary>
    private static void WriteValue(Utf8JsonWriter writer, double value)
    {
        if (!double.IsFinite(value)) writer.WriteNullValue();
        else writer.WriteRawValue(value.ToString("0.###e0", System.Globalization.CultureInfo.InvariantCulture));
    }
}

/// <summary>A layer and direction of a <see cref="LensMoment"/>.</summary>
/// <param name="Name">"layer 0", "layer 0 backward"; of an encoder-decoder "encoder layer 0", "decoder layer 0".</param>
/// <param name="Profile">The gradients of its states in the step's batch, and its gates.</param>
public sealed record LensMomentLayer(string Name, GradientProfile Profile) : InsightRecord;

/// <summary>
/// Looks at the gradient of every N-th training step as <see cref="GradientLens"/> does: ||dJ/dh_t|| by lag and the gates. Only
/// these steps keep what they need for it. The weights are the same bits with it and without. It looks at one run at a time; two
/// at once get an <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class LensObserver : TrainingObserver
{
    /// <summary>Who looks.</summary>
    private readonly SoleUse _use = new($"A {nameof(LensObserver)}", "Give each run an observer of its own.");

    private readonly int _every;
    private readonly Action<LensMoment> _tell;
    private readonly Dictionary<CellMemory, BackwardTrace> _traces = new(ReferenceEqualityComparer.Instance);

    /// <summary>Makes one for <see cref="LearningOptions.Observers"/>.</summary>
    /// <param name="every">N, at least 2: the steps N, 2 N, ... of each stage are looked at.</param>
    /// <param name="tell">Gets told what was seen, on the thread that trains.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="every"/> is below 2.</exception>
    public LensObserver(int every, Action<LensMoment> tell)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(every, 2);
        ArgumentNullException.ThrowIfNull(tell);
        (_every, _tell) = (every, tell);
    }

    internal override void OnGradients(TrainingTask task, LearningPlan plan, long step)
    {
        using SoleUse.Call call = _use.Enter();
        // Steps count from 0 here. What the next step keeps has to be said before it.
        bool isLook = (step + 1) % _every == 0, isNext = (step + 2) % _every == 0;
        if (!isLook && !isNext) return;
        IReadOnlyList<RecurrentPart> parts = task.Memory.Parts;
        if (isLook && parts.Count > 0 && parts.All(part => part.Memory.Cells.All(cell => cell.Trace is not null)))
        {
            _tell(new LensMoment(step + 1, [.. parts.SelectMany(LayersOf)]));
        }

        foreach (RecurrentPart part in parts)
        {
            foreach (CellMemory cell in part.Memory.Cells) cell.Trace = isNext ? TraceOf(cell) : null;
        }
    }

    private static IEnumerable<LensMomentLayer> LayersOf(RecurrentPart part) => part.Memory.Cells.Select((cell, row) =>
        new LensMomentLayer(
            part.NameOf(row),
            GradientProfile.Of(cell.Trace!, part.Batch, row % part.Stack.Spec.Directions == 1)));

    private BackwardTrace TraceOf(CellMemory cell)
    {
        if (!_traces.TryGetValue(cell, out BackwardTrace? trace)) _traces.Add(cell, trace = new BackwardTrace());
        return trace;
    }
}
