using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Parameter = TorchSharp.Modules.Parameter;

namespace Recurant.Bench.Peers;

/// <summary>PyTorch's recurrent modules through TorchSharp: libtorch with oneDNN, float32, time-major.</summary>
internal sealed class TorchEngine : IEngine
{
    private nn.Module _module = null!;
    private Tensor _input = null!;
    private Tensor _outputGradient = null!;
    private Tensor? _output;

    public TorchEngine(int threads) => TorchLibrary.Load(threads);

    public bool Can(Mode mode) => true;

    public void Prepare(Case shape, CaseData data, Mode mode)
    {
        Dispose();
        _module = shape.Cell switch
        {
            "rnn" => nn.RNN(shape.Input, shape.Hidden, shape.Layers),
            "gru" => nn.GRU(shape.Input, shape.Hidden, shape.Layers),
            _ => nn.LSTM(shape.Input, shape.Hidden, shape.Layers),
        };
        using (no_grad())
        {
            foreach ((string name, Parameter parameter) in _module.named_parameters())
            {
                using Tensor values = tensor(data.Values(name)).reshape(parameter.shape);
                parameter.copy_(values);
            }
        }

        _module.train(mode == Mode.Train);
        _input = tensor(data.Input).reshape(shape.Time, shape.Batch, shape.Input);
        _input.requires_grad = mode == Mode.Train;
        _outputGradient = tensor(data.OutputGradient).reshape(shape.Time, shape.Batch, shape.Hidden);
    }

    public void Infer()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(true);
        Keep(Forward());
    }

    public void Train()
    {
        using var scope = NewDisposeScope();
        _module.zero_grad(set_to_none: true);
        _input.grad = null;
        Tensor output = Forward();
        output.backward([_outputGradient]);
        Keep(output);
    }

    public IEnumerable<(string Name, float[] Values)> Results()
    {
        yield return ("output", Floats(_output!));
        if (_input.grad is { } inputGradient)
        {
            yield return ("input", Floats(inputGradient));
            foreach ((string name, Parameter parameter) in _module.named_parameters())
            {
                yield return (name, Floats(parameter.grad!));
            }
        }
    }

    public void Dispose()
    {
        _module?.Dispose();
        _input?.Dispose();
        _outputGradient?.Dispose();
        _output?.Dispose();
        _output = null;
    }

    private Tensor Forward() => _module switch
    {
        RNN rnn => rnn.call(_input).Item1,
        GRU gru => gru.call(_input).Item1,
        _ => ((LSTM)_module).call(_input).Item1,
    };

    private void Keep(Tensor output)
    {
        _output?.Dispose();
        _output = output.MoveToOuterDisposeScope();
    }

    private static float[] Floats(Tensor tensor) => tensor.detach().contiguous().data<float>().ToArray();
}
