using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>What the command line asked for.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: compare.sh [options]                    the grid: Recurant, TorchSharp and ONNX Runtime on the same shapes
               compare.sh --program mr --data DIR      a whole training program (rt-polarity.pos and .neg in DIR)
               compare.sh --program words --data FILE  a whole training program: a language model of words
               compare.sh --program characters --data FILE  the same of characters
               compare.sh --program score --data DIR   10,000 sentences of the same files, scored from file to file
               compare.sh --program stream             one sequence, one step at a time with kept state
               compare.sh --program scale              time and memory as sequences grow longer and batches larger
               compare.sh --program ctc                the CTC loss and its gradient, against TorchSharp's

          --json              one JSON object on standard output instead of a table
          --threads 1,2       numbers of threads (default 1,2; on one core 1)
          --engines LIST      recurant,torch,onnxruntime (default all that can do it)
          --rounds N          rounds, every engine once in each, in alternating order (default 5; quick: 3); not for mr
          --quick             a few small shapes instead of all of them, 1,000 sentences instead of 10,000; not for mr
          --mode train,infer  what to time (default both); for the grid and scale
          --cell rnn,gru,lstm which cells (default all); for the grid and stream
          --rows SUBSTRING    only rows whose name, such as "lstm 20,35,200,200,2", contains it; for the grid
          --epochs N          passes over the training data (default 6); for mr
          --inject ENGINE     takes this engine's answers for wrong, to see what the report makes of it; not for mr
          --output DIR        writes the table and its curves (SVG) into a folder as well; for scale
        """;

    private const string Grid = "grid";

    // Which options belong to which programs; the others belong to all.
    private static readonly Dictionary<string, string[]> s_programs = new()
    {
        ["--rounds"] = [Grid, "score", "stream", "scale", "ctc"],
        ["--quick"] = [Grid, "score", "stream", "scale", "ctc"],
        ["--mode"] = [Grid, "scale"],
        ["--cell"] = [Grid, "stream"],
        ["--rows"] = [Grid],
        ["--inject"] = [Grid, "score", "stream", "scale"],
        ["--epochs"] = ["mr"],
        ["--output"] = ["scale"],
        ["--data"] = ["mr", "score", "words", "characters"],
    };

    // Engines that a program cannot use, for lack of training or of a counterpart.
    private static readonly Dictionary<string, string> s_without = new()
    {
        ["mr"] = Engines.OnnxRuntime,
        ["words"] = Engines.OnnxRuntime,
        ["characters"] = Engines.OnnxRuntime,
        ["scale"] = Engines.OnnxRuntime,
        ["ctc"] = Engines.OnnxRuntime,
        ["score"] = Engines.Torch,
    };

    public bool Json { get; private set; }

    public bool Quick { get; private set; }

    /// <summary>Default: 1 and 2, or 1 alone on a machine of one core.</summary>
    public int[] Threads { get; private set; } = Environment.ProcessorCount > 1 ? [1, 2] : [1];

    public Mode[] Modes { get; private set; } = [Mode.Train, Mode.Infer];

    public string[] Cells { get; private set; } = ["rnn", "gru", "lstm"];

    public string Rows { get; private set; } = "";

    public string[] EngineNames { get; private set; } = [];

    /// <summary>An engine whose answers are made wrong, to try out the report.</summary>
    public string? Inject { get; private set; }

    public int Rounds { get; private set; }

    /// <summary>mr, words, characters, score, stream, scale or ctc; null for the grid.</summary>
    public string? Program { get; private set; }

    public string Data { get; private set; } = "";

    public string? Output { get; private set; }

    public int Epochs { get; private set; } = 6;

    public bool Help { get; private set; }

    /// <summary>The engine to be in this process, when it was started as a worker.</summary>
    public string? Worker { get; private set; }

    public IEnumerable<Case> Cases() => Peers.Grid.Rows(Quick)
        .Where(shape => Cells.Contains(shape.Cell) && shape.ToString().Contains(Rows, StringComparison.Ordinal));

    /// <exception cref="ArgumentException">An option or value is not known; the message says which.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options();
        var given = new List<string>();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{name} needs a value");
            string[] List(params IEnumerable<string> allowed)
            {
                string[] values = [.. Value().Split(',').Distinct()];
                return Array.TrueForAll(values, allowed.Contains)
                    ? values
                    : throw new ArgumentException($"{name} takes a list of {string.Join(", ", allowed)}; it was '{args[i]}'");
            }

            given.Add(name);
            switch (name)
            {
                case "--json": options.Json = true; break;
                case "--quick": options.Quick = true; break;
                case "--threads":
                    options.Threads = [.. Value().Split(',').Select(value => Number(name, value)).Distinct()];
                    break;
                case "--mode": options.Modes = Array.ConvertAll(List("train", "infer"), Report.ToMode); break;
                case "--cell": options.Cells = List("rnn", "gru", "lstm"); break;
                case "--rows": options.Rows = Value(); break;
                case "--engines": options.EngineNames = List(Engines.Names); break;
                case "--rounds": options.Rounds = Number(name, Value()); break;
                case "--program":
                    options.Program = OneOf(
                        name, Value(), "mr", "score", "stream", "scale", "ctc", "words", "characters");
                    break;
                case "--inject": options.Inject = OneOf(name, Value(), [.. Engines.Names]); break;
                case "--data": options.Data = Value(); break;
                case "--output": options.Output = Value(); break;
                case "--epochs": options.Epochs = Number(name, Value()); break;
                case "--help" or "-h": options.Help = true; break;
                case "--worker": options.Worker = Value(); break;
                default: throw new ArgumentException($"no option '{name}'");
            }
        }

        if (!options.Help) options.Check(given);
        options.Rounds = options.Rounds > 0 ? options.Rounds : options.Quick ? 3 : 5;
        return options;
    }

    private void Check(List<string> given)
    {
        string program = Program ?? Grid;
        foreach (string name in given)
        {
            if (s_programs.TryGetValue(name, out string[]? programs) && !programs.Contains(program))
            {
                string which = Program is null ? "the grid" : $"--program {program}";
                throw new ArgumentException($"{name} is not for {which} but for {string.Join(", ", programs)}");
            }
        }

        if (s_programs["--data"].Contains(program) && Data.Length == 0)
        {
            throw new ArgumentException(program is "words" or "characters"
                ? $"--program {program} needs --data FILE, the text to learn from, plain or .gz"
                : $"--program {program} needs --data DIR, the folder of rt-polarity.pos and .neg");
        }

        string? without = s_without.GetValueOrDefault(program);
        if (EngineNames.Contains(without)) throw new ArgumentException($"--program {program} cannot run on {without}");
        if (EngineNames.Length == 0) EngineNames = [.. Engines.Names.Where(name => name != without)];
    }

    private static string OneOf(string name, string value, params string[] allowed) => allowed.Contains(value)
        ? value
        : throw new ArgumentException($"{name} takes one of {string.Join(", ", allowed)}; it was '{value}'");

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new ArgumentException($"{name} takes whole numbers above zero; it was '{value}'");
}
