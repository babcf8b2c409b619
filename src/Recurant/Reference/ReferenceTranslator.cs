namespace Recurant.Reference;

/// <summary>What a reference encoder-decoder looks like.</summary>
internal sealed record ReferenceTranslatorSpec
{
    public required ReferenceCell Cell { get; init; }

    /// <summary>E; where the source is vectors, their width is I.</summary>
    public required int EmbeddingSize { get; init; }

    /// <summary>I, the width of what the encoder reads.</summary>
    public required int SourceSize { get; init; }

    /// <summary>H of each direction of the encoder; D = 2 H.</summary>
    public required int EncoderSize { get; init; }

    public int EncoderLayers { get; init; } = 1;

    public required int DecoderSize { get; init; }

    /// <summary>The layers above the attention.</summary>
    public int UpperLayers { get; init; }

    public ReferenceScore Score { get; init; }

    /// <summary>Whether the context is found with the state before, and read by the lower layer.</summary>
    public bool AttendsBefore { get; init; }

    /// <summary>The names of the tensors of word vectors, and of the output's weights.</summary>
    public required string SourceVectors { get; init; }

    public required string TargetVectors { get; init; }

    public required string OutputWeights { get; init; }

    internal ReferenceSpec Encoder => new()
    {
        Cell = Cell, InputSize = SourceSize, HiddenSize = EncoderSize, Layers = EncoderLayers, Bidirectional = true,
    };

    internal ReferenceSpec Lower => new()
    {
        Cell = Cell, InputSize = EmbeddingSize + (AttendsBefore ? 2 * EncoderSize : 0), HiddenSize = DecoderSize,
    };

    internal ReferenceSpec Upper => new()
    {
        Cell = Cell, InputSize = DecoderSize + 2 * EncoderSize, HiddenSize = DecoderSize, Layers = Math.Max(1, UpperLayers),
    };
}

/// <summary>Dropout masks of one pair, the same at every step; null for none.</summary>
internal sealed record ReferenceTranslatorMasks
{
    /// <summary>[I], of what the encoder reads.</summary>
    public double[]? Source { get; init; }

    /// <summary>[D], of the encoder's states as attention sees them.</summary>
    public double[]? States { get; init; }

    /// <summary>[E], of what the decoder reads.</summary>
    public double[]? Target { get; init; }

    /// <summary>[H + D], of the lower layer's output beside the context.</summary>
    public double[]? Joined { get; init; }

    /// <summary>[R], of what the output layer reads.</summary>
    public double[]? Result { get; init; }
}

/// <summary>An encoder-decoder with attention, of one pair of sequences, in double precision.</summary>
/// <remarks>
/// <code>
/// e_1 .. e_S = recurrent(x_1 .. x_S), both directions                         (1)
/// start = tanh(W_b [e_S forward, e_1 backward] + b_b)                         (2)
/// h_t = cell(y_t, h_(t-1)),  c_t = attention(h_t, e); or the other way round  (3)
/// u_1 .. u_T = recurrent([h_1; c_1] .. [h_T; c_T]); without upper layers h    (4)
/// r_t = tanh(W_r [u_t; c_t] + b_r)                                            (5)
/// J = sum_t ((1 - s) nll(right_t) + s / V sum_j nll(j)), nll = -ln softmax(V r_t + b)   (6)
/// </code>
/// The first states of all decoder layers stand in start, each layer's h before its c.
/// </remarks>
internal sealed class ReferenceTranslator(ReferenceTranslatorSpec spec, ReferenceTensors weights)
{
    private bool HasCell => spec.Cell == ReferenceCell.Lstm;

    private int StateSize => 2 * spec.EncoderSize;

    /// <summary>J, and the gradients of all tensors.</summary>
    /// <param name="x">x [S,I]; the word vectors where the source is words.</param>
    /// <param name="words">The source's words, whose vectors get the gradient of x; null where it is vectors.</param>
    /// <param name="read">The words that the decoder reads.</param>
    /// <param name="right">The words that it must say.</param>
    /// <param name="smoothing">s.</param>
    /// <param name="masks">The dropout.</param>
    public (double Loss, double[][] Probabilities, ReferenceTensors Gradients) Run(
        double[] x, int[]? words, int[] read, int[] right, double smoothing = 0, ReferenceTranslatorMasks? masks = null)
    {
        masks ??= new ReferenceTranslatorMasks();
        ReferenceTensors gradients = new();
        foreach (string name in weights.Names) gradients[name] = new double[weights[name].Length];
        int hidden = spec.DecoderSize, length = x.Length / spec.SourceSize, steps = read.Length, size = spec.EmbeddingSize;

        // (1) and (2)
        var encoder = new ReferenceStack(spec.Encoder, Part("encoder."));
        ReferenceStackRun encoded = encoder.Forward(TimesRows(x, masks.Source));
        double[] e = TimesRows(encoded.Outputs, masks.States), final = Final(encoded.Outputs, length);
        double[] start = Algebra.Multiply(weights["bridge.weight"], final);
        Algebra.AddTo(start, weights["bridge.bias"]);
        start = ActivationEquations.Apply(ReferenceActivation.Tanh, start);

        // (3)
        var lower = new ReferenceStack(spec.Lower, Part("decoder."));
        var runs = new ReferenceStackRun[steps];
        double[][] attended = new double[steps][], queries = new double[steps][];
        double[] h = start[..hidden], c = HasCell ? start[hidden..(2 * hidden)] : [];
        double[] joined = new double[steps * (hidden + StateSize)];
        for (int t = 0; t < steps; t++)
        {
            double[] y = Algebra.Times(Algebra.Row(weights[spec.TargetVectors], read[t], size), masks.Target), context = [];
            if (spec.AttendsBefore)
            {
                queries[t] = h;
                (context, attended[t]) = CrossAttentionEquations.Forward(spec.Score, weights, e, length, h);
                y = [.. y, .. context];
            }

            runs[t] = lower.Forward(y, h, HasCell ? c : null);
            (h, c) = (runs[t].FinalState, runs[t].FinalCell);
            if (!spec.AttendsBefore)
            {
                queries[t] = h;
                (context, attended[t]) = CrossAttentionEquations.Forward(spec.Score, weights, e, length, h);
            }

            double[] both = [.. h, .. context];
            both.CopyTo(joined, t * both.Length);
        }

        joined = TimesRows(joined, masks.Joined);

        // (4)
        ReferenceStack? upper = spec.UpperLayers > 0 ? new ReferenceStack(spec.Upper, Part("decoder.upper.")) : null;
        (double[] h0, double[] c0) = UpperStart(start);
        ReferenceStackRun? above = upper?.Forward(joined, h0, HasCell ? c0 : null);

        // (5) and (6)
        double loss = 0;
        double[][] probabilities = new double[steps][];
        double[] dJoined = new double[joined.Length], dAbove = new double[steps * hidden], de = new double[e.Length];
        for (int t = 0; t < steps; t++)
        {
            Span<double> context = Algebra.Row(joined, t, hidden + StateSize)[hidden..];
            Span<double> below = above is null
                ? Algebra.Row(joined, t, hidden + StateSize)[..hidden]
                : Algebra.Row(above.Outputs, t, hidden);
            double[] u = [.. below, .. context];
            double[] du = Word(u, right[t], smoothing, masks.Result, gradients, out probabilities[t], ref loss);
            Algebra.AddTo(Algebra.Row(dJoined, t, du.Length)[hidden..], du.AsSpan(hidden));
            Algebra.AddTo(
                above is null ? Algebra.Row(dJoined, t, du.Length)[..hidden] : Algebra.Row(dAbove, t, hidden),
                du.AsSpan(0, hidden));
        }

        // (4')
        double[] dStart = new double[start.Length];
        if (above is not null)
        {
            ReferenceTensors back = upper!.Backward(above, dAbove).Tensors;
            AddPart(gradients, "decoder.upper.", back);
            Algebra.AddTo(dJoined, back["input"]);
            for (int layer = 0; layer < spec.UpperLayers; layer++)
            {
                int first = (layer + 1) * hidden * (HasCell ? 2 : 1);
                Algebra.AddTo(dStart.AsSpan(first), Algebra.Row(back["h0"], layer, hidden));
                if (HasCell) Algebra.AddTo(dStart.AsSpan(first + hidden), Algebra.Row(back["c0"], layer, hidden));
            }
        }

        dJoined = TimesRows(dJoined, masks.Joined);

        // (3')
        double[] dh = new double[hidden], dc = HasCell ? new double[hidden] : [];
        for (int t = steps - 1; t >= 0; t--)
        {
            double[] both = Algebra.Row(dJoined, t, hidden + StateSize).ToArray();
            double[] dOut = both[..hidden], dContext = both[hidden..];
            if (!spec.AttendsBefore)
            {
                Algebra.AddTo(dOut, CrossAttentionEquations.Backward(
                    spec.Score, weights, gradients, e, queries[t], attended[t], dContext, de));
            }

            ReferenceTensors back = lower.Backward(runs[t], dOut, dh, HasCell ? dc : null).Tensors;
            AddPart(gradients, "decoder.", back);
            (dh, dc) = (back["h0"], HasCell ? back["c0"] : []);
            Algebra.AddTo(
                Algebra.Row(gradients[spec.TargetVectors], read[t], size),
                    Algebra.Times(back["input"].AsSpan(0, size), masks.Target));
            if (!spec.AttendsBefore) continue;
            Algebra.AddTo(dContext, back["input"].AsSpan(size));
            Algebra.AddTo(dh, CrossAttentionEquations.Backward(
                spec.Score, weights, gradients, e, queries[t], attended[t], dContext, de));
        }

        Algebra.AddTo(dStart, dh);
        if (HasCell) Algebra.AddTo(dStart.AsSpan(hidden), dc);

        // (2') and (1')
        for (int i = 0; i < start.Length; i++) dStart[i] *= 1 - start[i] * start[i];
        Algebra.AddOuter(gradients["bridge.weight"], dStart, final);
        Algebra.AddTo(gradients["bridge.bias"], dStart);
        de = TimesRows(de, masks.States);
        AddFinal(de, length, Algebra.MultiplyTransposed(weights["bridge.weight"], dStart));
        ReferenceTensors backEncoder = encoder.Backward(encoded, de).Tensors;
        AddPart(gradients, "encoder.", backEncoder);
        double[] dx = TimesRows(backEncoder["input"], masks.Source);
        for (int s = 0; words is not null && s < length; s++)
        {
            Algebra.AddTo(
                Algebra.Row(gradients[spec.SourceVectors], words[s], spec.SourceSize), Algebra.Row(dx, s, spec.SourceSize));
        }

        return (loss, probabilities, gradients);
    }

    /// <summary>(5) and (6) of one step, and their backward pass to d[u; c].</summary>
    private double[] Word(
        double[] u, int right, double smoothing, double[]? mask, ReferenceTensors gradients, out double[] probabilities,
        ref double loss)
    {
        double[] r = Algebra.Multiply(weights["readout.weight"], u);
        Algebra.AddTo(r, weights["readout.bias"]);
        r = ActivationEquations.Apply(ReferenceActivation.Tanh, r);
        double[] kept = Algebra.Times(r, mask), output = weights[spec.OutputWeights];
        double[] z = Algebra.Multiply(output, kept);
        Algebra.AddTo(z, weights["output.bias"]);
        probabilities = OutputEquations.Softmax(z);
        double[] dz = new double[z.Length];
        for (int j = 0; j < z.Length; j++)
        {
            double target = smoothing / z.Length + (j == right ? 1 - smoothing : 0);
            loss -= target * Math.Log(probabilities[j]);
            dz[j] = probabilities[j] - target;
        }

        Algebra.AddOuter(gradients[spec.OutputWeights], dz, kept);
        Algebra.AddTo(gradients["output.bias"], dz);
        double[] dr = Algebra.Times(Algebra.MultiplyTransposed(output, dz), mask);
        for (int j = 0; j < dr.Length; j++) dr[j] *= 1 - r[j] * r[j];
        Algebra.AddOuter(gradients["readout.weight"], dr, u);
        Algebra.AddTo(gradients["readout.bias"], dr);
        return Algebra.MultiplyTransposed(weights["readout.weight"], dr);
    }

    private (double[] H, double[] C) UpperStart(double[] start)
    {
        int hidden = spec.DecoderSize, width = hidden * (HasCell ? 2 : 1);
        double[] h = new double[spec.UpperLayers * hidden], c = new double[h.Length];
        for (int layer = 0; layer < spec.UpperLayers; layer++)
        {
            start.AsSpan((layer + 1) * width, hidden).CopyTo(Algebra.Row(h, layer, hidden));
            if (HasCell) start.AsSpan((layer + 1) * width + hidden, hidden).CopyTo(Algebra.Row(c, layer, hidden));
        }

        return (h, c);
    }

    private double[] Final(double[] outputs, int length) =>
        [.. Algebra.Row(outputs, length - 1, StateSize)[..spec.EncoderSize],
            .. Algebra.Row(outputs, 0, StateSize)[spec.EncoderSize..]];

    private void AddFinal(double[] de, int length, double[] dFinal)
    {
        Algebra.AddTo(Algebra.Row(de, length - 1, StateSize), dFinal.AsSpan(0, spec.EncoderSize));
        Algebra.AddTo(Algebra.Row(de, 0, StateSize)[spec.EncoderSize..], dFinal.AsSpan(spec.EncoderSize));
    }

    private ReferenceTensors Part(string prefix)
    {
        ReferenceTensors part = new();
        foreach (string name in weights.Names)
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) part[name[prefix.Length..]] = weights[name];
        }

        return part;
    }

    private static void AddPart(ReferenceTensors gradients, string prefix, ReferenceTensors part)
    {
        foreach (string name in part.Names)
        {
            if (gradients.TryGet(prefix + name, out double[]? sum)) Algebra.AddTo(sum, part[name]);
        }
    }

    /// <summary>Every row times the mask.</summary>
    private static double[] TimesRows(double[] rows, double[]? mask)
    {
        double[] product = [.. rows];
        for (int i = 0; mask is not null && i < product.Length; i++) product[i] *= mask[i % mask.Length];
        return product;
    }
}
