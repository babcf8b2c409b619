using System.Globalization;

namespace Recurant.Insight;

/// <summary>Runs the reference forward, back and through one step, and writes the pages of a lesson.</summary>
internal sealed class LessonBuilder
{
    private readonly LessonNetwork _network;
    private readonly LessonOptions _options;
    private readonly ReferenceRun _run;
    private readonly ReferenceTensors _gradients;
    private readonly List<LessonLayer> _layers = [];
    private readonly List<LessonCell> _cells = [];
    private readonly LessonOutput _output;
    private readonly List<LessonTensor> _tensors;
    private readonly List<LessonSection> _sections = [];
    private readonly double[] _dOutputs, _dPooled = [];

    private LessonBuilder(LessonNetwork network, LessonOptions options)
    {
        (_network, _options) = (network, options);
        var reference = new ReferenceNetwork(network.Spec, network.Weights);
        _run = reference.Forward(network.Example);
        _gradients = reference.Backward(_run);
        if (!network.HasBias) ClearBiases();
        for (int layer = 0; layer < Spec.Layers; layer++)
        {
            for (int direction = 0; direction < Spec.Directions; direction++)
            {
                _layers.Add(new LessonLayer(network, _run, layer, direction, options));
                _cells.Add(LessonCell.Of(_layers[^1]));
            }
        }

        _output = new LessonOutput(network, _run, options, _cells[^1].OutputName);
        _tensors = LessonTensorList.Of(network, _layers);
        double[] scales = new double[_run.Losses.Count];
        Array.Fill(scales, 1.0 / scales.Length);
        _dOutputs = reference.OutputGradients(_run, scales, ReferenceTensors.Zeros(Spec.Shapes()));
        if (!_output.IsManyToMany)
        {
            double[] d = [.. _run.Probabilities[0]];
            d[network.Labels[0]] -= 1;
            _dPooled = Algebra.MultiplyTransposed(network.Weights["output.weight"], d);
        }

        GoBack();
    }

    private ReferenceSpec Spec => _network.Spec;

    private int Length => _network.Words.Count;

    private bool IsSimple => _layers.Count == 1;

    public static Lesson Build(LessonNetwork network, LessonOptions options) => new LessonBuilder(network, options).Build();

    private Lesson Build()
    {
        ReferenceTensors after = _network.Weights.Copy();
        foreach (ReferenceShape shape in Spec.Shapes())
        {
            double[] weights = after[shape.Name], gradient = _gradients[shape.Name];
            for (int i = 0; i < weights.Length; i++) weights[i] -= _options.LearningRate * gradient[i];
        }

        ReferenceRun newRun = new ReferenceNetwork(Spec, after).Forward(_network.Example);
        List<LessonPath> paths = [];
        AddWeights();
        AddForward();
        AddBackward();
        _sections.Add(LessonSums.Section(_network, _options, _tensors, _layers, _output, _gradients));
        for (int row = _layers.Count - 1; row >= 0; row--)
        {
            LessonExpansion.Add(_layers[row], _cells[row], _output, _sections, paths);
        }

        LessonUpdate.Add(_sections, _network, _options, _tensors, _run, _gradients, after, newRun);
        return new Lesson
        {
            Text = _network.Text, Words = _network.Words, Tokens = _network.Tokens, Vocabulary = _network.Vocabulary,
            VocabularyNumbers = _network.VocabularyNumbers, Classes = _network.Classes, Labels = _network.Labels,
            IsManyToMany = _output.IsManyToMany, Summary = _network.Summary, Spec = Spec, Weights = _network.Weights,
            Run = _run, Gradients = _gradients, NewWeights = after, NewRun = newRun, LearningRate = _options.LearningRate,
            Tensors = _tensors, Sections = _sections, Paths = paths,
        };
    }

    private void GoBack()
    {
        for (int row = _layers.Count - 1; row >= 0; row--)
        {
            LessonLayer layer = _layers[row];
            for (int t = 0; t < Length; t++)
            {
                if (layer.Layer == Spec.Layers - 1)
                {
                    Algebra.Row(_dOutputs, t, Spec.OutputSize).Slice(layer.Direction * layer.Hidden, layer.Hidden)
                        .CopyTo(layer.Above[t]);
                    continue;
                }

                foreach (LessonLayer above in _layers.Where(other => other.Layer == layer.Layer + 1))
                {
                    Algebra.AddTo(layer.Above[t], above.Back[t].Input.AsSpan(layer.Direction * layer.Hidden, layer.Hidden));
                }
            }

            layer.GoBack();
        }
    }

    private void AddWeights()
    {
        List<string> notes =
        [
            _network.Summary + ".", _network.Target,
            .. _cells[0].Formulas,
            _output.IsManyToMany
                ? $"yhat_t = softmax(V {_cells[0].OutputName}_t{(_network.HasBias ? " + bV" : "")})"
                : $"yhat = softmax(V p{(_network.HasBias ? " + bV" : "")})",
        ];
        if (!_network.HasBias) notes.Add("There are no biases, which keeps the equations short.");
        if (_network.VocabularySize > _network.Vocabulary.Count)
        {
            notes.Add(string.Create(CultureInfo.InvariantCulture,
                $"The model has {_network.VocabularySize:N0} words; only those of the sentence are shown. ")
                + "The gradient of all others is 0.");
        }

        if (_network.HasDirect)
        {
            notes.Add("The model's direct connections from words to classes add a constant for this text. It is included in bV, "
                + "and "
                + "the direct connections are not updated in the step.");
        }

        double[] x = [.. _run.Inputs];
        LessonMatrix inputs = LessonTerms.Matrix(
            "X", "one row for each x_t", Length, Spec.InputSize, x, _options, [.. _network.Words],
            Spec.Input == ReferenceInput.OneHot ? _network.Vocabulary : null);
        _sections.Add(new LessonSection
        {
            Part = LessonPart.Weights, Title = "The network and its weights", Notes = notes,
            Matrices =
            [
                inputs, .. _tensors.Select(tensor => LessonTensorList.Matrix(
                    tensor, tensor.Symbol + LayerOf(tensor), _network.Weights[tensor.Tensor], _network, _options)),
            ],
        });
    }

    private string LayerOf(LessonTensor tensor)
    {
        int suffix = tensor.Tensor.LastIndexOf("_l", StringComparison.Ordinal);
        return IsSimple || suffix < 0 ? "" : $" of {tensor.Tensor[suffix..]}";
    }

    private void AddForward()
    {
        for (int row = 0; row < _layers.Count; row++)
        {
            LessonLayer layer = _layers[row];
            foreach (int t in layer.Order)
            {
                _sections.Add(Section(
                    LessonPart.Forward, t, layer, $"Step {t + 1}, \"{_network.Words[t]}\"{layer.Title}: the state",
                    [.. _cells[row].Forward(t)], [InputMatrix(layer, t)]));
                if (IsSimple && _output.IsManyToMany) AddOutputForward(t);
            }
        }

        if (_output.IsManyToMany)
        {
            _sections.Add(Section(LessonPart.Forward, -1, null, "The loss of the sentence", [_output.Loss()], []));
            return;
        }

        _sections.Add(Section(
            LessonPart.Forward, -1, null, "The answer and its loss", [.. _output.Pooling!.Forward(), .. _output.Forward(0)], []));
    }

    private void AddOutputForward(int t) => _sections.Add(Section(
        LessonPart.Forward, t, null, $"Step {t + 1}, \"{_network.Words[t]}\": the answer and its loss", [.. _output.Forward(t)],
            []));

    private void AddBackward()
    {
        if (!_output.IsManyToMany)
        {
            _sections.Add(Section(
                LessonPart.Backward, -1, null, "Back through the answer", [.. _output.Backward(0)], [_output.WeightGradient(0)]));
        }

        for (int row = _layers.Count - 1; row >= 0; row--)
        {
            LessonLayer layer = _layers[row];
            foreach (int t in layer.Order.Reverse())
            {
                if (_output.IsManyToMany)
                {
                    _sections.Add(Section(
                        LessonPart.Backward, t, null, $"Step {t + 1}, \"{_network.Words[t]}\": back through the answer",
                        [.. _output.Backward(t)], [_output.WeightGradient(t)]));
                }

                List<LessonEquation> equations = [.. _cells[row].Backward(t, (terms, unit) => AddAbove(terms, layer, t, unit))];
                if (layer.Layer > 0 || Spec.Input == ReferenceInput.Embedding) equations.Add(_cells[row].InputBack(t));
                _sections.Add(Section(
                    LessonPart.Backward, t, layer, $"Step {t + 1}, \"{_network.Words[t]}\"{layer.Title}: back through the state",
                    equations, [.. StepMatrices(layer, t)]));
            }
        }
    }

    private void AddAbove(List<LessonTerm> terms, LessonLayer layer, int t, int unit)
    {
        int whole = layer.Direction * layer.Hidden + unit;
        if (layer.Layer < Spec.Layers - 1)
        {
            foreach (LessonLayer above in _layers.Where(other => other.Layer == layer.Layer + 1))
            {
                terms.Add(
                    LessonTerms.Number($"{LessonTerms.At("dJ/dx", t, whole)} of{above.Title[1..]}", above.Back[t].Input[whole]));
            }
        }
        else if (_output.IsManyToMany)
        {
            _output.AddAbove(terms, t, unit);
        }
        else
        {
            _output.Pooling!.AddAbove(terms, t, whole, _dPooled, Algebra.Row(_dOutputs, t, Spec.OutputSize).ToArray());
        }
    }

    /// <summary>What one step adds to dU and dW, gate by gate.</summary>
    private IEnumerable<LessonMatrix> StepMatrices(LessonLayer layer, int t)
    {
        IReadOnlyList<string>? columns = layer.IsOneHot ? _network.Vocabulary : null;
        foreach (LessonTensor tensor in _tensors.Where(tensor => tensor.Tensor.EndsWith(layer.Suffix, StringComparison.Ordinal)))
        {
            bool isInput = tensor.Symbol.StartsWith('U'), isBias = tensor.Symbol.StartsWith('b');
            bool isCandidate = Spec.Cell == ReferenceCell.Gru
                && tensor.Symbol.EndsWith("_n", StringComparison.Ordinal) && !isInput;
            string sum = isCandidate && tensor.Symbol != "bU_n" ? "dm" : _cells[_layers.IndexOf(layer)].GateSum(tensor.Symbol);
            int before = layer.Previous(t);
            string read = isInput ? $" x_{t + 1}^T"
                : isBias ? ""
                : !layer.IsStep(before) ? " 0^T"
                : isCandidate && Spec.Reset == ReferenceReset.Outside ? $" (r_{t + 1} * h_{before + 1})^T"
                : $" {_cells[_layers.IndexOf(layer)].OutputName}_{before + 1}^T";
            yield return LessonTerms.Matrix(
                $"d{tensor.Symbol}_{t + 1}", $"d{tensor.Symbol}_{t + 1} = {sum}_{t + 1}{read}", tensor.Rows,
                Math.Max(1, tensor.Columns), LessonTensorList.Part(tensor, layer.StepTensors[t][tensor.Tensor]), _options, null,
                isInput ? columns : null);
        }
    }

    private LessonMatrix InputMatrix(LessonLayer layer, int t) => LessonTerms.Matrix(
        $"x_{t + 1}^T",
        layer.IsOneHot ? "one-hot: a 1 at the word's place"
            : layer.Layer == 0 ? "the word's row of E" : "the states of the layer below",
        1, layer.Inputs, layer.Steps[t].Input, _options, null, layer.IsOneHot ? _network.Vocabulary : null);

    private static LessonSection Section(
        LessonPart part, int t, LessonLayer? layer, string title, List<LessonEquation> equations,
            List<LessonMatrix> matrices) => new()
        {
            Part = part, Step = t + 1, Layer = layer is null ? 0 : layer.Layer + 1, Direction = layer?.Direction ?? 0,
            Title = title, Equations = equations, Matrices = matrices,
        };

    private void ClearBiases()
    {
        foreach (ReferenceShape shape in Spec.Shapes())
        {
            if (shape.Columns == 0) Array.Clear(_gradients[shape.Name]);
        }
    }
}
