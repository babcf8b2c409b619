using TorchSharp;
using static TorchSharp.torch;

namespace Recurant.Goldens;

/// <summary>
/// Writes what the equations of cells that PyTorch has no module for give when they are written with its tensors, step by step,
/// with gradients by its automatic differentiation: a program that shares neither code nor derivations with Recurant.
/// </summary>
internal static class CellGoldens
{
    private const int HiddenSize = 4;
    private const int CellSize = 6;
    private static readonly int[] s_lengths = [4, 6, 1, 3];

    private delegate (Tensor Output, Tensor H, Tensor C) Step(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c);

    public static void Write(string directory)
    {
        int seed = 5000;
        const int H = HiddenSize, M = CellSize, N = HiddenSize / 2;
        Write("mingru", 3, H, MinGru, ("weight_ih_l0", [2 * H, 3]), ("bias_ih_l0", [2 * H]));
        Write("minlstm", 3, H, MinLstm, ("weight_ih_l0", [3 * H, 3]), ("bias_ih_l0", [3 * H]));
        Write("sru", 3, H, Sru, ("weight_ih_l0", [4 * H, 3]), ("weight_hh_l0", [2 * H]), ("bias_ih_l0", [4 * H]));
        Write("sru-wide", H, H, Sru, ("weight_ih_l0", [3 * H, H]), ("weight_hh_l0", [2 * H]), ("bias_ih_l0", [3 * H]));
        (string, long[])[] indRnn = [("weight_ih_l0", [H, 3]), ("weight_hh_l0", [H]), ("bias_ih_l0", [H])];
        Write("indrnn-tanh", 3, H, (w, x, h, c) => IndRnn(z => tanh(z), w, x, h, c), indRnn);
        Write("indrnn-relu", 3, H, (w, x, h, c) => IndRnn(z => nn.functional.relu(z), w, x, h, c), indRnn);
        (string, long[])[] lru =
        [
            ("bias_ih_l0", [H]), ("nu_log_l0", [N]), ("theta_log_l0", [N]), ("gamma_log_l0", [N]), ("weight_ho_l0", [H, H]),
            ("bias_ho_l0", [H]),
        ];
        Write("lru", 3, H, Lru, [("weight_ih_l0", [H, 3]), .. lru]);
        Write("lru-wide", H, H, Lru, [("weight_ih_l0", [H, H]), .. lru, ("weight_skip_l0", [H])]);
        (string, long[])[] lstm =
            [("weight_ih_l0", [4 * H, 3]), ("weight_hh_l0", [4 * H, H]), ("bias_ih_l0", [4 * H]), ("bias_hh_l0", [4 * H])];
        Write("peepholelstm", 3, H, Peephole, [.. lstm, ("weight_ch_l0", [3 * H])]);
        Write(
            "layernormlstm", 3, H, LayerNorm,
            [
                .. lstm[..3], ("norm_ih_l0", [4 * H]), ("norm_hh_l0", [4 * H]), ("norm_c_l0", [H]), ("norm_c_bias_l0", [H]),
            ]);
        Write(
            "projectedlstm", 3, M, Projected, ("weight_ih_l0", [4 * M, 3]), ("weight_hh_l0", [4 * M, H]), ("bias_ih_l0", [4 * M]),
            ("bias_hh_l0", [4 * M]), ("weight_hr_l0", [H, M]));

        void Write(string name, int inputSize, int cellSize, Step step, params (string Name, long[] Shape)[] parameters) =>
            Save(Path.Combine(directory, $"cell-{name}.safetensors"), new Random(seed++), inputSize, cellSize, step, parameters);
    }

    private static void Save(
        string path, Random random, int inputSize, int cellSize, Step step, (string Name, long[] Shape)[] parameters)
    {
        int batch = s_lengths.Length, steps = s_lengths.Max();
        var file = new SafetensorsWriter();
        var inputs = new Dictionary<string, Tensor>();
        foreach ((string name, long[] shape) in parameters) Draw(name, shape, 0.8f);
        Draw("input", [batch, steps, inputSize], 1);
        Draw("h0", [1, batch, HiddenSize], 1);
        Draw("c0", [1, batch, cellSize], 1);
        Draw("d_output", [batch, steps, HiddenSize], 1);
        Draw("d_hn", [1, batch, HiddenSize], 1);
        Draw("d_cn", [1, batch, cellSize], 1);

        Tensor loss = zeros(1, ScalarType.Float64);
        var output = zeros(batch, steps, HiddenSize, dtype: ScalarType.Float64);
        var hn = new List<Tensor>();
        var cn = new List<Tensor>();
        for (int b = 0; b < batch; b++)
        {
            (Tensor h, Tensor c) = (inputs["h0"][0, b], inputs["c0"][0, b]);
            for (int t = 0; t < s_lengths[b]; t++)
            {
                (Tensor shown, h, c) = step(name => inputs[name], inputs["input"][b, t], h, c);
                loss += (shown * inputs["d_output"][b, t]).sum();
                output[b, t] = shown.detach();
            }

            loss = loss + (h * inputs["d_hn"][0, b]).sum() + (c * inputs["d_cn"][0, b]).sum();
            hn.Add(h);
            cn.Add(c);
        }

        Add("output", output);
        Add("hn", stack(hn));
        Add("cn", stack(cn));
        string[] variables = [.. parameters.Select(parameter => parameter.Name), "input", "h0", "c0"];
        loss.backward();
        foreach (string name in variables) Add("grad." + name, inputs[name].grad ?? zeros_like(inputs[name]));
        file.Save(path);

        void Draw(string name, long[] shape, float scale)
        {
            float[] values = Values.Uniform(random, shape.Aggregate(1L, (product, extent) => product * extent), scale);
            file.Add(name, shape, values);
            inputs[name] = Values.ToTensor(values, shape, ScalarType.Float64).requires_grad_();
        }

        void Add(string name, Tensor tensor) => file.Add(name, tensor.shape, Values.ToFloats(Values.ToDoubles(tensor)));
    }

    private static Tensor Input(Func<string, Tensor> w, Tensor x) => w("weight_ih_l0").matmul(x) + w("bias_ih_l0");

    private static (Tensor, Tensor, Tensor) MinGru(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor[] a = Input(w, x).chunk(2);
        Tensor z = sigmoid(a[0]), next = (1 - z) * h + z * a[1];
        return (next, next, c);
    }

    private static (Tensor, Tensor, Tensor) MinLstm(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor[] a = Input(w, x).chunk(3);
        Tensor f = sigmoid(a[0]), i = sigmoid(a[1]), next = f / (f + i) * h + i / (f + i) * a[2];
        return (next, next, c);
    }

    private static (Tensor, Tensor, Tensor) Sru(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor a = Input(w, x);
        Tensor[] v = w("weight_hh_l0").chunk(2), gates = a.split(HiddenSize);
        Tensor f = sigmoid(gates[1] + v[0] * c), r = sigmoid(gates[2] + v[1] * c);
        Tensor cell = f * c + (1 - f) * gates[0], highway = gates.Length == 4 ? gates[3] : Math.Sqrt(3) * x;
        Tensor next = r * cell + (1 - r) * highway;
        return (next, next, cell);
    }

    private static (Tensor, Tensor, Tensor) IndRnn(
        Func<Tensor, Tensor> act, Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor next = act(Input(w, x) + w("weight_hh_l0") * h);
        return (next, next, c);
    }

    private static (Tensor, Tensor, Tensor) Lru(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor radius = exp(-exp(w("nu_log_l0"))), angle = exp(w("theta_log_l0")), gamma = exp(w("gamma_log_l0"));
        Tensor real = radius * cos(angle), imaginary = radius * sin(angle);
        Tensor[] b = Input(w, x).chunk(2), s = c.chunk(2);
        Tensor state = cat([
            real * s[0] - imaginary * s[1] + gamma * b[0], real * s[1] + imaginary * s[0] + gamma * b[1]], 0);
        Tensor y = w("weight_ho_l0").matmul(state) + w("bias_ho_l0");
        if (x.shape[0] == HiddenSize) y += w("weight_skip_l0") * x;
        Tensor next = tanh(y);
        return (next, next, state);
    }

    private static Tensor[] Gates(Func<string, Tensor> w, Tensor x, Tensor h) =>
        (Input(w, x) + w("weight_hh_l0").matmul(h) + w("bias_hh_l0")).chunk(4);

    private static (Tensor, Tensor, Tensor) Peephole(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor[] a = Gates(w, x, h), p = w("weight_ch_l0").chunk(3);
        Tensor cell = sigmoid(a[1] + p[1] * c) * c + sigmoid(a[0] + p[0] * c) * tanh(a[2]);
        Tensor next = sigmoid(a[3] + p[2] * cell) * tanh(cell);
        return (next, next, cell);
    }

    private static (Tensor, Tensor, Tensor) LayerNorm(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor a = Norm(w("weight_ih_l0").matmul(x), w("norm_ih_l0"), null)
            + Norm(w("weight_hh_l0").matmul(h), w("norm_hh_l0"), w("bias_ih_l0"));
        Tensor[] gates = a.chunk(4);
        Tensor cell = sigmoid(gates[1]) * c + sigmoid(gates[0]) * tanh(gates[2]);
        Tensor next = sigmoid(gates[3]) * tanh(Norm(cell, w("norm_c_l0"), w("norm_c_bias_l0")));
        return (next, next, cell);

        static Tensor Norm(Tensor z, Tensor gain, Tensor? bias) =>
            nn.functional.layer_norm(z, [z.shape[0]], gain, bias!, eps: 1e-5);
    }

    private static (Tensor, Tensor, Tensor) Projected(Func<string, Tensor> w, Tensor x, Tensor h, Tensor c)
    {
        Tensor[] a = Gates(w, x, h);
        Tensor cell = sigmoid(a[1]) * c + sigmoid(a[0]) * tanh(a[2]);
        Tensor next = w("weight_hr_l0").matmul(sigmoid(a[3]) * tanh(cell));
        return (next, next, cell);
    }
}
