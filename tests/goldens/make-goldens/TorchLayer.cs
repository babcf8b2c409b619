using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>One of PyTorch's recurrent modules behind one face: parameters by name, and one call with a state.</summary>
internal sealed class TorchLayer
{
    private readonly nn.Module _module;

    public TorchLayer(string cell, long inputSize, long hiddenSize, long layers, bool bidirectional, ScalarType type)
    {
        _module = cell switch
        {
            "rnn_tanh" => Elman(nn.NonLinearities.Tanh),
            "rnn_relu" => Elman(nn.NonLinearities.ReLU),
            "gru" => nn.GRU(inputSize, hiddenSize, layers, bidirectional: bidirectional, dtype: type),
            "lstm" => nn.LSTM(inputSize, hiddenSize, layers, bidirectional: bidirectional, dtype: type),
            _ => throw new ArgumentOutOfRangeException(nameof(cell), cell, "no such cell"),
        };
        HasCellState = cell == "lstm";

        RNN Elman(nn.NonLinearities activation) =>
            nn.RNN(inputSize, hiddenSize, layers, activation, bidirectional: bidirectional, dtype: type);
    }

    public bool HasCellState { get; }

    public nn.Module Module => _module;

    public IEnumerable<(string name, Parameter parameter)> Parameters => _module.named_parameters();

    /// <summary>Runs a packed batch; the third result is null where the cell has no cell state.</summary>
    public (nn.utils.rnn.PackedSequence Output, Tensor H, Tensor? C) Run(nn.utils.rnn.PackedSequence input, Tensor h0, Tensor? c0)
    {
        switch (_module)
        {
            case RNN rnn:
                var (rnnOutput, rnnState) = rnn.call(input, h0);
                return (rnnOutput, rnnState, null);
            case GRU gru:
                var (gruOutput, gruState) = gru.call(input, h0);
                return (gruOutput, gruState, null);
            default:
                return ((LSTM)_module).call(input, (h0, c0!));
        }
    }

    /// <summary>Runs one sequence [T,1,I] that is not packed.</summary>
    public (Tensor Output, Tensor H, Tensor? C) Run(Tensor input, Tensor h0, Tensor? c0)
    {
        switch (_module)
        {
            case RNN rnn:
                var (rnnOutput, rnnState) = rnn.call(input, h0);
                return (rnnOutput, rnnState, null);
            case GRU gru:
                var (gruOutput, gruState) = gru.call(input, h0);
                return (gruOutput, gruState, null);
            default:
                return ((LSTM)_module).call(input, (h0, c0!));
        }
    }
}
