namespace Recurant.Bench.Peers;

/// <summary>A row of the grid by the equations in double precision, sequence by sequence: slow, to settle a dispute.</summary>
internal static class GridReference
{
    /// <summary>The same named arrays that the engines give.</summary>
    /// <param name="shape">The row.</param>
    /// <param name="mode">Whether gradients are wanted, too.</param>
    /// <param name="outputName">What the engines call the states of the last layer [T,B,H].</param>
    public static IReadOnlyDictionary<string, float[]> Compute(Case shape, Mode mode, string outputName = "output") =>
        Compute(shape, new CaseData(shape), mode, outputName);

    /// <summary>The same of other data.</summary>
    public static IReadOnlyDictionary<string, float[]> Compute(Case shape, CaseData data, Mode mode, string outputName = "output")
    {
        var weights = new ReferenceTensors();
        foreach (Weight weight in data.Weights) weights.Set(weight.Name, weight.Values);
        var stack = new ReferenceStack(new ReferenceSpec
        {
            Cell = shape.Cell switch { "rnn" => ReferenceCell.Elman, "gru" => ReferenceCell.Gru, _ => ReferenceCell.Lstm },
            InputSize = shape.Input,
            HiddenSize = shape.Hidden,
            Layers = shape.Layers,
        }, weights);
        var output = new float[shape.Time * shape.Batch * shape.Hidden];
        var inputGradient = new float[data.Input.Length];
        var sums = data.Weights.ToDictionary(weight => weight.Name, weight => new double[weight.Values.Length]);
        Parallel.For(0, shape.Batch, sequence =>
        {
            ReferenceStackRun run = stack.Forward(Take(data.Input, shape, sequence, shape.Input));
            Put(run.Outputs, output, shape, sequence, shape.Hidden);
            if (mode != Mode.Train) return;
            ReferenceTensors gradients = stack.Backward(run, Take(data.OutputGradient, shape, sequence, shape.Hidden)).Tensors;
            Put(gradients["input"], inputGradient, shape, sequence, shape.Input);
            lock (sums)
            {
                foreach ((string name, double[] sum) in sums)
                {
                    double[] part = gradients[name];
                    for (int i = 0; i < sum.Length; i++) sum[i] += part[i];
                }
            }
        });
        var results = new Dictionary<string, float[]> { [outputName] = output };
        if (mode != Mode.Train) return results;
        results["input"] = inputGradient;
        foreach ((string name, double[] sum) in sums) results[name] = Array.ConvertAll(sum, value => (float)value);
        return results;
    }

    /// <summary>One sequence [T,width] out of [T,B,width].</summary>
    private static double[] Take(float[] values, Case shape, int sequence, int width)
    {
        var taken = new double[shape.Time * width];
        for (int t = 0; t < shape.Time; t++)
        {
            for (int i = 0; i < width; i++) taken[t * width + i] = values[(t * shape.Batch + sequence) * width + i];
        }

        return taken;
    }

    private static void Put(double[] values, float[] to, Case shape, int sequence, int width)
    {
        for (int t = 0; t < shape.Time; t++)
        {
            for (int i = 0; i < width; i++) to[(t * shape.Batch + sequence) * width + i] = (float)values[t * width + i];
        }
    }
}
