using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Recurant.Bench.Peers;

/// <summary>
/// PyTorch's cells (RNNCell, GRUCell, LSTMCell) in inference mode, the inputs made beforehand. For single steps they are
/// faster than the modules for whole sequences, the LSTM's several times.
/// </summary>
internal sealed class TorchStream : IStream
{
    private readonly IDisposable _mode;
    private readonly nn.Module _module;
    private readonly Tensor[] _inputs;
    private readonly Tensor _zero;
    private Tensor _hidden;
    private Tensor _cell;

    public TorchStream(Case shape, CaseData data, int threads)
    {
        TorchLibrary.Load(threads);
        _mode = inference_mode(true);
        _module = shape.Cell switch
        {
            "rnn" => nn.RNNCell(shape.Input, shape.Hidden),
            "gru" => nn.GRUCell(shape.Input, shape.Hidden),
            _ => nn.LSTMCell(shape.Input, shape.Hidden),
        };
        foreach ((string name, Parameter parameter) in _module.named_parameters())
        {
            using Tensor values = tensor(data.Values(name + "_l0")).reshape(parameter.shape);
            parameter.copy_(values);
        }

        _module.eval();
        _inputs = [.. data.Input.Chunk(shape.Input).Select(values => tensor(values).reshape(1, shape.Input))];
        _zero = zeros(1, shape.Hidden);
        (_hidden, _cell) = (_zero, _zero);
    }

    public void Reset() => Keep(_zero, _zero);

    public void Step(int t)
    {
        switch (_module)
        {
            case RNNCell rnn:
                Keep(rnn.call(_inputs[t], _hidden), _zero);
                break;
            case GRUCell gru:
                Keep(gru.call(_inputs[t], _hidden), _zero);
                break;
            default:
                (Tensor hidden, Tensor cell) = ((LSTMCell)_module).call(_inputs[t], (_hidden, _cell));
                Keep(hidden, cell);
                break;
        }
    }

    public void CopyState(Span<float> hidden) => _hidden.data<float>().ToArray().CopyTo(hidden);

    public void Dispose()
    {
        Reset();
        _zero.Dispose();
        Array.ForEach(_inputs, input => input.Dispose());
        _module.Dispose();
        _mode.Dispose();
    }

    private void Keep(Tensor hidden, Tensor cell)
    {
        if (!ReferenceEquals(_hidden, _zero)) _hidden.Dispose();
        if (!ReferenceEquals(_cell, _zero)) _cell.Dispose();
        (_hidden, _cell) = (hidden, cell);
    }
}
