namespace Recurant.Cli;

/// <summary><c>recurant gradcheck</c>: are the gradients computed by hand the slope of the loss?</summary>
internal sealed class GradcheckCommand() : CliCommand("gradcheck", "",
    "Check gradients: of the reference equations against finite differences, and of the fast code against the reference. "
    + "Without options every cell is checked; with some, the network they describe.")
{
    private const int Words = 7, Classes = 3, DefaultHidden = 5, DefaultEmbedding = 4;

    private static readonly Setting[] s_settings = [.. SettingTable.Architecture, SettingTable.Seed];

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new("--all", null, "Check every combination of cell, layers, directions, pooling and input."),
        .. s_settings.Select(CommandOption.Of),
    ];

    public override IReadOnlyList<string> Examples =>
        ["gradcheck", "gradcheck --cell gru --gru-reset outside --layers 2 --bidirectional"];

    public override int Run(Invocation call)
    {
        TrainSettings settings = call.Apply(s_settings, new TrainSettings());
        SettingUse.Require(settings, task: null);
        int seed = (int)(settings.Training.Seed & int.MaxValue);
        bool isOne = settings.Given.Any(given => given.Setting != SettingTable.Seed);
        if (isOne && call.Has("--all"))
        {
            throw new UsageException("--all checks every network: omit the options that describe one.");
        }

        (string Name, ClassifierSpec Spec)[] cases =
            isOne ? [("", Spec(settings.Training))] : call.Has("--all") ? [.. AllCases()] : [.. Cells()];
        var results = new List<(string Name, IReadOnlyList<GradientAuditRow> Rows)>();
        foreach ((string name, ClassifierSpec spec) in cases) results.Add((name, GradientAudit.Run(spec, seed)));
        int failed = results.Count(result => result.Rows.Any(row => !row.Passes));
        if (call.Json)
        {
            WriteJson(call, results, failed);
        }
        else
        {
            WriteTable(call.Terminal,
                isOne ? [.. results[0].Rows.Select(row => (row.Tensor, row))] : [.. results.Select(Worst)], isOne);
            call.Terminal.Out.WriteLine(failed == 0
                ? "All gradients agree."
                : $"{failed} of {results.Count} networks have wrong gradients.");
        }

        return failed == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static ClassifierSpec Spec(TrainingOptions options) => new()
    {
        VocabularySize = Words,
        Classes = Classes,
        Recurrent = new RecurrentSpec
        {
            Cell = options.Cell ?? CellKind.Lstm, Activation = options.Activation, Form = options.Form,
            GruReset = options.GruReset,
            HiddenSize = options.Hidden ?? (options.Cell == CellKind.Lru ? DefaultHidden + 1 : DefaultHidden),
            Layers = options.Layers ?? 1, Bidirectional = options.Bidirectional ?? false,
        },
        Pooling = options.Pooling ?? Pooling.Last,
        EmbeddingSize = options.Embedding ?? DefaultEmbedding,
    };

    /// <summary>Every cell in every form, with two layers in both directions: every path of the gradient is walked.</summary>
    private static IEnumerable<(string Name, ClassifierSpec Spec)> Cells()
    {
        ClassifierSpec start = Spec(new TrainingOptions { Layers = 2, Bidirectional = true });
        foreach (Activation activation in (Activation[])[Activation.Tanh, Activation.Relu, Activation.Sigmoid])
        {
            foreach (ElmanForm form in (ElmanForm[])[ElmanForm.Hidden, ElmanForm.PreActivation])
            {
                string name = $"elman {activation.ToString().ToLowerInvariant()} {form.ToString().ToLowerInvariant()}";
                yield return (name, start with {
                    Recurrent = start.Recurrent with
                    {
                        Cell = CellKind.Elman, Activation = activation, Form = form,
                    } });
            }
        }

        yield return ("lstm", start with { Recurrent = start.Recurrent with { Cell = CellKind.Lstm } });
        yield return ("gru reset inside", start with { Recurrent = start.Recurrent with { Cell = CellKind.Gru } });
        yield return ("gru reset outside", start with {
            Recurrent = start.Recurrent with
            {
                Cell = CellKind.Gru, GruReset = GruReset.Outside,
            } });
        foreach ((string name, CellKind cell) in Choices.Of<CellKind>())
        {
            if (cell <= CellKind.Gru) continue;
            yield return (name, start with {
                Recurrent = start.Recurrent with
                {
                    Cell = cell, HiddenSize = cell == CellKind.Lru ? DefaultHidden + 1 : DefaultHidden,
                } });
        }
    }

    private static IEnumerable<(string Name, ClassifierSpec Spec)> AllCases()
    {
        foreach ((string name, ClassifierSpec spec) in Cells())
        {
            foreach (Pooling pooling in (Pooling[])[Pooling.Last, Pooling.Mean, Pooling.Max, Pooling.Attention])
            {
                for (int i = 0; i < 8; i++)
                {
                    ClassifierSpec variant = spec with
                    {
                        Pooling = pooling,
                        Recurrent = spec.Recurrent with { Layers = 1 + i % 2, Bidirectional = i / 2 % 2 == 1 },
                        EmbeddingSize = i / 4 == 1 ? 0 : DefaultEmbedding,
                    };
                    string both = variant.Recurrent.Bidirectional ? " both" : "";
                    string input = variant.EmbeddingSize == 0 ? " onehot" : "";
                    string details = $"{variant.Recurrent.Layers}{both}{input}";
                    yield return ($"{name}, {pooling.ToString().ToLowerInvariant()}, {details}", variant);
                }
            }
        }
    }

    /// <summary>A network in one row: the worst of its tensors, by each measure.</summary>
    private static (string Name, GradientAuditRow Row) Worst((string Name, IReadOnlyList<GradientAuditRow> Rows) result) =>
        (result.Name, new GradientAuditRow(
        result.Rows.MaxBy(row => row.ProductionError).Tensor,
        result.Rows.Sum(row => row.Count),
        result.Rows.Max(row => row.ReferenceError),
        result.Rows.Max(row => row.ProductionError)));

    private static void WriteTable(UserTerminal terminal, IReadOnlyList<(string Name, GradientAuditRow Row)> rows, bool isOne)
    {
        var table = new List<string[]> { new[] { isOne ? "tensor" : "network", "count", "equations", "fast code", "" } };
        foreach ((string name, GradientAuditRow row) in rows)
        {
            table.Add([name, Numbers.Count(row.Count), Numbers.Scientific(row.ReferenceError),
                Numbers.Scientific(row.ProductionError), row.Passes ? "ok" : "WRONG"]);
        }

        terminal.WriteText("Largest relative errors of the gradients: of the equations against finite differences, and of the "
            + "fast code against the equations.");
        terminal.Out.WriteLine();
        terminal.WriteTable(table);
        terminal.Out.WriteLine();
    }

    private static void WriteJson(
        Invocation call, List<(string Name, IReadOnlyList<GradientAuditRow> Rows)> results, int failed) =>
        call.Terminal.Out.WriteLine(JsonText.Object(writer =>
        {
            writer.Write(("passed", failed == 0), ("reference_tolerance", GradientAudit.ReferenceTolerance),
                ("production_tolerance", GradientAudit.ProductionTolerance));
            writer.WriteObjects("networks", results, network =>
            {
                writer.WriteString("name", network.Name);
                writer.WriteObjects("tensors", network.Rows, row => writer.Write(
                    ("name", row.Tensor), ("count", row.Count), ("reference_error", row.ReferenceError),
                    ("production_error", row.ProductionError), ("passed", row.Passes)));
            });
        }));
}
