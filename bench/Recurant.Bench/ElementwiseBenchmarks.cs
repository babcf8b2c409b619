using System.Numerics.Tensors;
using BenchmarkDotNet.Attributes;

namespace Recurant.Bench;

/// <summary>exp, tanh and sigmoid of 16,384 floats, beside System.Numerics.Tensors.</summary>
[MemoryDiagnoser]
public class ElementwiseBenchmarks
{
    private const int Count = 16_384;

    private readonly float[] _input = new float[Count], _output = new float[Count];

    [GlobalSetup]
    public void Setup() => new Philox(1, RandomPurpose.Initialisation).FillUniform(_input, -5, 5);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Exp() => Elementwise.Exp(_input, _output);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Tanh() => Elementwise.Tanh(_input, _output);

    [Benchmark(OperationsPerInvoke = Count)]
    public void Sigmoid() => Elementwise.Sigmoid(_input, _output);

    [Benchmark(OperationsPerInvoke = Count)]
    public void ExpOfTensorPrimitives() => TensorPrimitives.Exp(_input, _output);

    [Benchmark(OperationsPerInvoke = Count)]
    public void TanhOfTensorPrimitives() => TensorPrimitives.Tanh(_input, _output);

    [Benchmark(OperationsPerInvoke = Count)]
    public void SigmoidOfTensorPrimitives() => TensorPrimitives.Sigmoid(_input, _output);
}
