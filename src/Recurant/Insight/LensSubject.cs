using Recurant.Data;
using Recurant.Layers;
using Recurant.Models;
using Recurant.Losses;
using Recurant.Numerics;
using Recurant.Parameters;

namespace Recurant.Insight;

/// <summary>A network with a batch, as the lens sees it: whatever the task, recurrent layers between an input and a loss.</summary>
internal sealed class LensSubject
{
    public required string Network { get; init; }

    public required RecurrentStack Stack { get; init; }

    public required RecurrentMemory Memory { get; init; }

    public required SequenceBatch Batch { get; init; }

    public required IReadOnlyList<Parameter> Parameters { get; init; }

    public required Workers Workers { get; init; }

    /// <summary>Forward, loss and back; returns the mean loss. The gradients are those of the mean.</summary>
    public required Func<double> Pass { get; init; }

    /// <summary>After the forward pass: what the first layer read; nothing with one-hot input.</summary>
    public required Func<Matrix> Input { get; init; }

    /// <summary>After the pass: the gradient of the last layer's output.</summary>
    public required Func<Matrix> OutputGradient { get; init; }

    /// <summary>The first texts of a data set.</summary>
    public static LensSubject Of(ClassifierModel model, TextDataset texts, LensOptions options)
    {
        if (model.Network is not RecurrentNetwork network)
        {
            throw new ArgumentException("The model has no recurrent layers: there is no time for a gradient to go back through.", nameof(model));
        }

        var chosen = new TextDataset(texts.Name, [.. texts.Examples.Take(options.Sequences)]);
        if (chosen.Count == 0) throw new ArgumentException("There are no texts to look at.", nameof(texts));
        if (chosen.Examples.FirstOrDefault(example => !model.Labels.Contains(example.Label)) is { } unknown)
        {
            throw new InvalidDataException(
                $"{texts.Name}: the label \"{unknown.Label}\" is none of the model's: {string.Join(", ", model.Labels.Take(12))}.");
        }

        WordForms? forms = model.NewForms();
        int[][] encoded = model.Encode(chosen, forms);
        int[] labels = model.LabelNumbers(chosen);
        NetworkMemory memory = network.CreateMemory();
        memory.Forms = forms;
        Workers workers = WorkersOf(options);
        var batch = new SequenceBatch();
        int[] numbers = [.. Enumerable.Range(0, encoded.Length)];
        batch.Fill(encoded, numbers);
        return new LensSubject
        {
            Network = model.Summary, Stack = network.Stack, Memory = network.RecurrentMemory(memory), Batch = batch,
            Parameters = network.Parameters, Workers = workers,
            Pass = () =>
            {
                // A network that reads characters leaves other numbers in the batch.
                batch.Fill(encoded, numbers);
                int[] right = [.. batch.Order.ToArray().Select(text => labels[text])];
                Matrix logits = network.Forward(workers, batch, memory, dropout: null);
                double loss = CrossEntropy.Apply(logits, right, smoothing: 0, out _);
                network.Backward(workers, batch, memory, logits, dropout: null);
                return loss / batch.Sequences;
            },
            Input = () => network.InputOf(memory, batch),
            OutputGradient = () => network.OutputGradientOf(memory, batch),
        };
    }

    /// <summary>The first test sequences of a generated problem.</summary>
    public static LensSubject Of(SequenceModel model, LensOptions options)
    {
        SequenceNetwork network = model.Network;
        SequenceMemory memory = network.CreateMemory();
        Workers workers = WorkersOf(options);
        return new LensSubject
        {
            Network = model.Summary, Stack = network.Stack, Memory = memory.Recurrent, Batch = memory.Batch,
            Parameters = network.Parameters, Workers = workers,
            Pass = () =>
            {
                network.Fill(memory, options.Sequences, seed: 0, ProblemPart.Test, first: 0);
                return network.Loss(workers, memory, dropout: null, withGradient: true, out _) / options.Sequences;
            },
            Input = () => memory.Input.Rows(memory.Batch.Rows),
            OutputGradient = () => memory.DHidden.Rows(memory.Batch.Rows),
        };
    }

    private static Workers WorkersOf(LensOptions options) =>
        Workers.ForThreads(options.Threads > 0 ? options.Threads : Environment.ProcessorCount);
}
