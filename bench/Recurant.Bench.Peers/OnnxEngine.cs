using Microsoft.ML.OnnxRuntime;

namespace Recurant.Bench.Peers;

/// <summary>ONNX Runtime on the CPU: all graph optimisations, weights packed at load, buffers bound once.</summary>
internal sealed class OnnxEngine(int threads) : IEngine
{
    private readonly RunOptions _runOptions = new();
    private InferenceSession? _session;
    private OrtValue? _input;
    private OrtValue? _output;
    private float[] _outputBuffer = [];

    public bool Can(Mode mode) => mode == Mode.Infer;

    public void Prepare(Case shape, CaseData data, Mode mode)
    {
        Release();
        _session = OnnxSettings.Open(OnnxModel.Build(shape, data), threads);
        _input = OrtValue.CreateTensorValueFromMemory(data.Input, [shape.Time, shape.Batch, shape.Input]);
        _outputBuffer = new float[shape.Time * shape.Batch * shape.Hidden];
        _output = OrtValue.CreateTensorValueFromMemory(_outputBuffer, [shape.Time, 1, shape.Batch, shape.Hidden]);
    }

    public void Infer() => _session!.Run(_runOptions, [OnnxModel.InputName], [_input!], [OnnxModel.OutputName], [_output!]);

    public void Train() => throw new NotSupportedException("ONNX Runtime's package does inference only");

    public IEnumerable<(string Name, float[] Values)> Results() => [("output", _outputBuffer)];

    public void Dispose()
    {
        Release();
        _runOptions.Dispose();
    }

    private void Release()
    {
        _session?.Dispose();
        _input?.Dispose();
        _output?.Dispose();
    }
}
