namespace Recurant.Reference;

/// <summary>
/// The chapter's recurrent network, whole: input, recurrent layers, pooling, output layer and loss, in double precision.
/// </summary>
/// <remarks>
/// <code>
/// x_t = row w_t of embedding.weight, or a one-hot vector, or a given vector   (1)
/// h = recurrent layers (x)                                                    (2)
/// many to one:    p = pool(h);  yhat = softmax(V p + b);  J = -sum_j y_j log yhat_j                       (3)
/// many to many:   yhat_t = softmax(V h_t + b);  J = -(1/T) sum_t sum_j y_{t,j} log yhat_{t,j}             (4)
/// </code>
/// One sequence at a time, every loop written out: the measure for the fast code, and something to read beside the chapter.
/// </remarks>
public sealed class ReferenceNetwork
{
    private readonly ReferenceTensors _weights;
    private readonly ReferenceStack _stack;

    /// <summary>Binds weights to a spec. The arrays are not copied.</summary>
    /// <param name="spec">What the network looks like.</param>
    /// <param name="weights">The tensors of <see cref="ReferenceSpec.Shapes"/>; others are ignored.</param>
    /// <exception cref="ArgumentException">The spec is out of range, or a tensor is missing or has the wrong size.</exception>
    public ReferenceNetwork(ReferenceSpec spec, ReferenceTensors weights)
    {
        _stack = new ReferenceStack(spec, weights);
        if (spec.Classes < 1)
        {
            throw new ArgumentException(
                "ReferenceSpec.Classes is 0; a network with an output needs at least 1. Use ReferenceStack for layers alone.",
                nameof(spec));
        }

        weights.Require(spec.Shapes(), nameof(weights));
        Spec = spec;
        _weights = weights;
    }

    /// <summary>What the network looks like.</summary>
    public ReferenceSpec Spec { get; }

    internal ReferenceStack Stack => _stack;

    /// <summary>Reads one sequence and compares the answer with the label.</summary>
    /// <param name="example">The sequence and its label or labels.</param>
    /// <returns>Everything the network computed.</returns>
    /// <exception cref="ArgumentException">A token, label or array does not fit the spec.</exception>
    public ReferenceRun Forward(ReferenceExample example)
    {
        ArgumentNullException.ThrowIfNull(example);

        // (1) x_t
        double[] x = Spec.Input == ReferenceInput.Vectors ? example.Vectors : LookUp(example.Tokens);

        // (2) h = recurrent layers (x)
        ReferenceStackRun run = _stack.Forward(x, example.InitialState, example.InitialCell, example.Masks);
        CheckLabels(example.Labels, run.Length);
        double[] pooled = [], attention = [];
        double[][] attentionHidden = [];
        if (Spec.Pooling == ReferencePooling.Attention)
        {
            (pooled, attention, attentionHidden) = AttentionEquations.Forward(_weights, run.Outputs, run.Length);
        }
        else if (Spec.Pooling != ReferencePooling.EveryStep)
        {
            pooled = PoolingEquations.Forward(Spec.Pooling, run.Outputs, run.Length, Spec.Directions);
        }

        // (3) once for the pooled vector      (4) once for each time step
        double[][] probabilities = new double[example.Labels.Length][];
        double[] losses = new double[example.Labels.Length];
        for (int t = 0; t < losses.Length; t++)
        {
            (probabilities[t], losses[t]) = OutputEquations.Forward(_weights, OutputReads(pooled, run, t), example.Labels[t]);
        }

        return new ReferenceRun(example, x, run, pooled, attention, attentionHidden, probabilities, losses);
    }

    /// <summary>The gradients of J = (1/T) sum_t E_t.</summary>
    /// <param name="run">What <see cref="Forward"/> returned.</param>
    /// <returns>
    /// The gradients of every weight under its own name, and "input" [T,I] (of the vectors that the first layer reads, before
    /// dropout), "h0" and, for an LSTM, "c0" [L D, H].
    /// </returns>
    public ReferenceTensors Backward(ReferenceRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        double[] scales = new double[run.Losses.Count];
        Array.Fill(scales, 1.0 / scales.Length);
        ReferenceTensors gradients = ReferenceTensors.Zeros(Spec.Shapes());
        ReferenceTensors recurrent = _stack.Backward(run.Stack, OutputGradients(run, scales, gradients)).Tensors;
        foreach (string name in recurrent.Names) gradients[name] = recurrent[name];
        for (int t = 0; Spec.Input == ReferenceInput.Embedding && t < run.Stack.Length; t++)
        {
            // (1') a row of the embedding gets the sum of the gradients of its places in the sequence
            Algebra.AddTo(
                Algebra.Row(gradients["embedding.weight"], run.Example.Tokens[t], Spec.InputSize),
                Algebra.Row(gradients["input"], t, Spec.InputSize));
        }

        return gradients;
    }

    /// <summary>Compares the gradients of one example with finite differences of its loss.</summary>
    /// <param name="example">The example; its initial states, where absent, are taken as zeros.</param>
    /// <returns>A row for each weight, for "h0", for "c0" of an LSTM, and for "input" where the network reads vectors.</returns>
    /// <exception cref="ArgumentException">A token, label or array does not fit the spec.</exception>
    public IReadOnlyList<GradientCheckRow> CheckGradients(ReferenceExample example)
    {
        ReferenceTensors gradients = Backward(Forward(example));
        ReferenceTensors point = new();
        foreach (ReferenceShape shape in Spec.Shapes()) point[shape.Name] = [.. _weights[shape.Name]];
        point["h0"] = example.InitialState is null ? new double[gradients["h0"].Length] : [.. example.InitialState];
        if (Spec.HasCell)
        {
            point["c0"] = example.InitialCell is null ? new double[gradients["c0"].Length] : [.. example.InitialCell];
        }

        if (Spec.Input == ReferenceInput.Vectors) point["input"] = [.. example.Vectors];
        return GradientCheck.Run(point, gradients, at => new ReferenceNetwork(Spec, at).Forward(example with
        {
            Vectors = at.TryGet("input", out double[]? vectors) ? vectors : [],
            InitialState = at["h0"],
            InitialCell = at.TryGet("c0", out double[]? cell) ? cell : null,
        }).Loss);
    }

    /// <summary>
    /// dJ/d outputs of the last layer [T, D H] for J = sum_t scales_t E_t; adds the gradients of output and attention.
    /// </summary>
    internal double[] OutputGradients(ReferenceRun run, double[] scales, ReferenceTensors gradients)
    {
        double[] dOutputs = new double[run.Stack.Outputs.Length], dRead = [];
        for (int t = 0; t < scales.Length; t++)
        {
            // (3'), (4') through loss and output layer
            dRead = OutputEquations.Backward(_weights, gradients, OutputReads(run.Pooled, run.Stack, t),
                run.Probabilities[t], run.Example.Labels[t], scales[t]);
            if (Spec.Pooling == ReferencePooling.EveryStep) dRead.CopyTo(dOutputs, t * dRead.Length);
        }

        // (3') through the pooling
        return Spec.Pooling switch
        {
            ReferencePooling.EveryStep => dOutputs,
            ReferencePooling.Attention => AttentionEquations.Backward(
                _weights, gradients, run.Stack.Outputs, run.Attention, run.AttentionHidden, dRead),
            _ => PoolingEquations.Backward(Spec.Pooling, run.Stack.Outputs, run.Stack.Length, Spec.Directions, dRead),
        };
    }

    private ReadOnlySpan<double> OutputReads(double[] pooled, ReferenceStackRun run, int t) =>
        Spec.Pooling == ReferencePooling.EveryStep ? Algebra.Row(run.Outputs, t, Spec.OutputSize) : pooled;

    private double[] LookUp(int[] tokens)
    {
        int size = Spec.Input == ReferenceInput.OneHot ? Spec.InputSize : Spec.VocabularySize;
        double[] x = new double[tokens.Length * Spec.InputSize];
        for (int t = 0; t < tokens.Length; t++)
        {
            if (tokens[t] < 0 || tokens[t] >= size)
            {
                throw new ArgumentException(
                    $"Token {tokens[t]} at step {t} is not in the vocabulary of {size} tokens.", nameof(tokens));
            }

            if (Spec.Input == ReferenceInput.OneHot)
            {
                x[t * Spec.InputSize + tokens[t]] = 1;
            }
            else
            {
                Algebra.Row(_weights["embedding.weight"], tokens[t], Spec.InputSize).CopyTo(Algebra.Row(x, t, Spec.InputSize));
            }
        }

        return x;
    }

    private void CheckLabels(int[] labels, int length)
    {
        int expected = Spec.Pooling == ReferencePooling.EveryStep ? length : 1;
        if (labels.Length != expected)
        {
            throw new ArgumentException(
                $"{labels.Length} labels for a sequence of {length} steps with the pooling {Spec.Pooling}; expected {expected}.",
                nameof(labels));
        }
    }
}
