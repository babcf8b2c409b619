namespace Recurant.Insight;

/// <summary>Gives every tensor of a network its letter, and every letter the sums of its gradient over time.</summary>
internal static class LessonTensorList
{
    /// <summary>Above so many elements the lines of a tensor show its first rows and columns only.</summary>
    private const int MostElements = 60;

    public static List<LessonTensor> Of(LessonNetwork network, IReadOnlyList<LessonLayer> layers)
    {
        ReferenceSpec spec = network.Spec;
        List<LessonTensor> tensors = [];
        if (spec.Input == ReferenceInput.Embedding)
        {
            tensors.Add(new("E", "embedding.weight", 1, spec.VocabularySize, spec.InputSize, "one word vector per row"));
        }

        foreach (LessonLayer layer in layers)
        {
            int hidden = layer.Hidden;
            for (int gate = 0; gate < layer.Gates.Length; gate++)
            {
                int first = gate * hidden + 1;
                string name = layer.Gates[gate];
                tensors.Add(new(layer.U(gate), "weight_ih" + layer.Suffix, first, hidden, layer.Inputs, "input to hidden"));
                tensors.Add(new(layer.W(gate), "weight_hh" + layer.Suffix, first, hidden, hidden, "hidden to hidden"));
                if (!network.HasBias) continue;
                tensors.Add(new("bU" + name, "bias_ih" + layer.Suffix, first, hidden, 0, "added to U x"));
                tensors.Add(new("bW" + name, "bias_hh" + layer.Suffix, first, hidden, 0, "added to W h"));
            }
        }

        if (spec.Pooling == ReferencePooling.Attention)
        {
            tensors.Add(new("W_a", "attention.weight", 1, spec.AttentionSize, spec.OutputSize, "of the attention"));
            tensors.Add(new("b_a", "attention.bias", 1, spec.AttentionSize, 0, "of the attention"));
            tensors.Add(new("q", "attention.query", 1, spec.AttentionSize, 0, "of the attention"));
        }

        tensors.Add(new("V", "output.weight", 1, spec.Classes, spec.OutputSize, "hidden to classes"));
        if (network.HasBias) tensors.Add(new("bV", "output.bias", 1, spec.Classes, 0, "added to V h"));
        return tensors;
    }

    /// <summary>The part of an array that a letter means, row after row.</summary>
    public static ReadOnlySpan<double> Part(LessonTensor tensor, double[] values)
    {
        int columns = Math.Max(1, tensor.Columns);
        return values.AsSpan((tensor.FirstRow - 1) * columns, tensor.Rows * columns);
    }

    /// <summary>The tensor as a matrix of the lesson.</summary>
    public static LessonMatrix Matrix(
        LessonTensor tensor, string name, double[] values, LessonNetwork network, LessonOptions options)
    {
        bool isOneHot = network.Spec.Input == ReferenceInput.OneHot
            && tensor.Tensor.StartsWith("weight_ih_l0", StringComparison.Ordinal);
        IReadOnlyList<string>? rows = tensor.Symbol switch
        {
            "V" or "bV" => network.Classes, "E" => network.Vocabulary, _ => null,
        };
        return LessonTerms.Matrix(
            name, "", tensor.Rows, Math.Max(1, tensor.Columns), Part(tensor, values), options, rows,
            isOneHot ? network.Vocabulary : null);
    }

    /// <summary>An equation with a line for each element that is shown.</summary>
    public static LessonEquation Elements(
        LessonTensor tensor, string prefix, string formula, double[] values, LessonOptions options,
        Func<int, int, string, IReadOnlyList<LessonTerm>> terms)
    {
        int columns = Math.Max(1, tensor.Columns);
        bool isSmall = tensor.Rows * columns <= MostElements;
        int shownRows = isSmall ? tensor.Rows : Math.Min(options.UnitsShown, tensor.Rows);
        int shownColumns = isSmall ? columns : Math.Min(options.UnitsShown, columns);
        List<LessonLine> lines = [];
        for (int i = 0; i < shownRows; i++)
        {
            for (int j = 0; j < shownColumns; j++)
            {
                string place = tensor.Columns == 0 ? $"[{i + 1}]" : $"[{i + 1},{j + 1}]";
                double value = values[(tensor.FirstRow - 1 + i) * columns + j];
                lines.Add(LessonTerms.Line(prefix + tensor.Symbol + place, terms(i, j, place), value));
            }
        }

        return new LessonEquation
        {
            Name = prefix + tensor.Symbol, Formula = formula,
            Shapes = tensor.Columns == 0 ? $"[{tensor.Rows}]" : $"[{tensor.Rows},{tensor.Columns}]",
            Lines = lines, LinesLeftOut = tensor.Rows * columns - lines.Count,
        };
    }
}
