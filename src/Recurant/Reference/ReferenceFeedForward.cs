namespace Recurant.Reference;

/// <summary>
/// The chapter's feed-forward network, with any number of hidden layers, and the bag-of-words models built on it.
/// </summary>
/// <remarks>
/// <code>
/// H_0 = X                                                                     (1)
/// H_k = f(W_k H_{k-1} + b_k)    k = 1 ... K                                   (2)
/// yhat = softmax(V H_K + b);  J = -sum_j y_j log yhat_j                       (3)
/// </code>
/// W_k is hidden.(k-1).weight [out,in] and b_k hidden.(k-1).bias [out]; V is output.weight [C,in] and b output.bias [C].
/// Without hidden layers this is logistic regression: over word counts (<see cref="ReferenceBagOfWords.Counts"/>) it is the
/// bag-of-words baseline, and over the mean of embeddings (<see cref="ReferenceBagOfWords.MeanEmbedding"/>) the bag of
/// word vectors.
/// </remarks>
public sealed class ReferenceFeedForward
{
    private readonly ReferenceTensors _weights;
    private readonly ReferenceActivation _activation;
    private readonly int _layers;

    /// <summary>Binds weights to layer sizes. The arrays are not copied.</summary>
    /// <param name="inputSize">The width of X.</param>
    /// <param name="hiddenSizes">The width of each hidden layer; empty for logistic regression.</param>
    /// <param name="classes">C, the number of classes.</param>
    /// <param name="activation">f.</param>
    /// <param name="weights">The tensors of <see cref="Shapes"/>; others are ignored.</param>
    /// <exception cref="ArgumentException">A tensor is missing or has the wrong size.</exception>
    public ReferenceFeedForward(
        int inputSize, IReadOnlyList<int> hiddenSizes, int classes, ReferenceActivation activation, ReferenceTensors weights)
    {
        ArgumentNullException.ThrowIfNull(hiddenSizes);
        ArgumentNullException.ThrowIfNull(weights);
        weights.Require(Shapes(inputSize, hiddenSizes, classes), nameof(weights));
        (InputSize, _layers, _activation, _weights) = (inputSize, hiddenSizes.Count, activation, weights);
    }

    /// <summary>The width of X.</summary>
    public int InputSize { get; }

    /// <summary>The tensors of a network of these sizes.</summary>
    /// <param name="inputSize">The width of X.</param>
    /// <param name="hiddenSizes">The width of each hidden layer.</param>
    /// <param name="classes">C, the number of classes.</param>
    /// <returns>Names and shapes: the hidden layers, then the output.</returns>
    public static IReadOnlyList<ReferenceShape> Shapes(int inputSize, IReadOnlyList<int> hiddenSizes, int classes)
    {
        ArgumentNullException.ThrowIfNull(hiddenSizes);
        List<ReferenceShape> shapes = [];
        int below = inputSize;
        for (int k = 0; k < hiddenSizes.Count; k++)
        {
            shapes.Add(new($"hidden.{k}.weight", hiddenSizes[k], below));
            shapes.Add(new($"hidden.{k}.bias", hiddenSizes[k]));
            below = hiddenSizes[k];
        }

        return [.. shapes, new("output.weight", classes, below), new("output.bias", classes)];
    }

    /// <summary>Reads one vector and compares the answer with the label.</summary>
    /// <param name="x">X [inputSize].</param>
    /// <param name="label">The right class.</param>
    /// <returns>Everything the network computed.</returns>
    /// <exception cref="ArgumentException">X has the wrong size, or the label is not a class.</exception>
    public ReferenceFeedForwardRun Forward(double[] x, int label)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Length != InputSize)
        {
            throw new ArgumentException($"x has {x.Length} values; expected the shape [{InputSize}].", nameof(x));
        }

        // (1) H_0 = X
        double[][] h = new double[_layers + 1][];
        h[0] = x;
        for (int k = 0; k < _layers; k++)
        {
            // (2) H_k = f(W_k H_{k-1} + b_k)
            double[] z = Algebra.Multiply(_weights[$"hidden.{k}.weight"], h[k]);
            Algebra.AddTo(z, _weights[$"hidden.{k}.bias"]);
            h[k + 1] = ActivationEquations.Apply(_activation, z);
        }

        // (3) yhat and J
        (double[] probabilities, double loss) = OutputEquations.Forward(_weights, h[_layers], label);
        return new ReferenceFeedForwardRun(h, probabilities, loss, label);
    }

    /// <summary>Back-propagation: from the output to X.</summary>
    /// <param name="run">What <see cref="Forward"/> returned.</param>
    /// <returns>The gradients of every weight under its own name, and "input" [inputSize].</returns>
    public ReferenceTensors Backward(ReferenceFeedForwardRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        ReferenceTensors gradients = new();
        foreach (string name in (string[])["output.weight", "output.bias"])
        {
            gradients[name] = new double[_weights[name].Length];
        }

        // (3') through loss and output layer
        double[] dh = OutputEquations.Backward(_weights, gradients, run.Layers[_layers], run.Probabilities, run.Label, 1);
        for (int k = _layers - 1; k >= 0; k--)
        {
            // (2') dz_k = dH_k * f'(z_k);  dW_k = dz_k H_{k-1}^T;  db_k = dz_k;  dH_{k-1} = W_k^T dz_k
            double[] dz = dh;
            for (int j = 0; j < dz.Length; j++)
            {
                dz[j] *= ActivationEquations.GradientFromOutput(_activation, run.Layers[k + 1][j]);
            }

            double[] weight = _weights[$"hidden.{k}.weight"];
            double[] dWeight = new double[weight.Length];
            Algebra.AddOuter(dWeight, dz, run.Layers[k]);
            gradients[$"hidden.{k}.weight"] = dWeight;
            gradients[$"hidden.{k}.bias"] = dz;
            dh = Algebra.MultiplyTransposed(weight, dz);
        }

        // (1') dX = dH_0
        gradients["input"] = dh;
        return gradients;
    }
}

/// <summary>What a feed-forward network computed on one example.</summary>
public sealed class ReferenceFeedForwardRun
{
    internal ReferenceFeedForwardRun(double[][] layers, double[] probabilities, double loss, int label) =>
        (Layers, Probabilities, Loss, Label) = (layers, probabilities, loss, label);

    /// <summary>H_0 = X, H_1, ..., H_K.</summary>
    public IReadOnlyList<double[]> Layers { get; }

    /// <summary>yhat [C].</summary>
    public double[] Probabilities { get; }

    /// <summary>J = -log yhat of the right class.</summary>
    public double Loss { get; }

    /// <summary>The right class.</summary>
    public int Label { get; }
}
