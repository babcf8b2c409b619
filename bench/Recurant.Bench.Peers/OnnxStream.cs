using Microsoft.ML.OnnxRuntime;

namespace Recurant.Bench.Peers;

/// <summary>
/// ONNX Runtime, a model of one step. Two sets of state buffers are bound once, each as the other's successor, so that the
/// state goes out of one step and into the next without a copy; only the input is copied into its buffer.
/// </summary>
internal sealed class OnnxStream : IStream
{
    private readonly RunOptions _runOptions = new();
    private readonly InferenceSession _session;
    private readonly OrtIoBinding[] _bindings = new OrtIoBinding[2];
    private readonly List<OrtValue> _values = [];
    private readonly List<float[]> _states = [];
    private readonly float[][] _hidden;
    private readonly float[] _input;
    private readonly CaseData _data;
    private int _from;

    public OnnxStream(Case shape, CaseData data, int threads)
    {
        _data = data;
        _session = OnnxSettings.Open(OnnxModel.BuildStep(shape, data), threads);
        _input = new float[shape.Input];
        OrtValue input = Wrap(_input);
        _hidden = [NewState(shape), NewState(shape)];
        float[][] cells = [NewState(shape), NewState(shape)];
        OrtValue[] hidden = Array.ConvertAll(_hidden, Wrap), cell = Array.ConvertAll(cells, Wrap);
        for (int from = 0; from < 2; from++)
        {
            OrtIoBinding binding = _session.CreateIoBinding();
            _bindings[from] = binding;
            binding.BindInput(OnnxModel.InputName, input);
            binding.BindInput(OnnxModel.InitialHidden, hidden[from]);
            binding.BindOutput(OnnxModel.FinalHidden, hidden[1 - from]);
            if (shape.Cell == "lstm")
            {
                binding.BindInput(OnnxModel.InitialCell, cell[from]);
                binding.BindOutput(OnnxModel.FinalCell, cell[1 - from]);
            }
        }
    }

    public void Reset() => _states.ForEach(Array.Clear);

    public void Step(int t)
    {
        _data.Input.AsSpan(t * _input.Length, _input.Length).CopyTo(_input);
        _session.RunWithBinding(_runOptions, _bindings[_from]);
        _from = 1 - _from;
    }

    public void CopyState(Span<float> hidden) => _hidden[_from].CopyTo(hidden);

    public void Dispose()
    {
        Array.ForEach(_bindings, binding => binding.Dispose());
        _values.ForEach(value => value.Dispose());
        _session.Dispose();
        _runOptions.Dispose();
    }

    private float[] NewState(Case shape)
    {
        var state = new float[shape.Hidden];
        _states.Add(state);
        return state;
    }

    private OrtValue Wrap(float[] values)
    {
        OrtValue value = OrtValue.CreateTensorValueFromMemory(values, [1, 1, values.Length]);
        _values.Add(value);
        return value;
    }
}
