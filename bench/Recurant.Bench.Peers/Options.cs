using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>What the command line asked for.</summary>
internal sealed record Options
{
    public const string Usage = """
        usage: compare.sh [options]                 the grid: Recurant, TorchSharp and ONNX Runtime on the same shapes
               compare.sh --program mr --data DIR   a whole training program (rt-polarity.pos and .neg in DIR)

          --json              one JSON object on standard output instead of a table
          --threads 1,2       numbers of threads (default 1,2)
          --mode train,infer  what to time (default both)
          --cell rnn,gru,lstm which cells (default all)
          --rows SUBSTRING    only rows whose name, such as "lstm 20,35,200,200,2", contains it
          --engines LIST      recurant,torch,onnxruntime (default all that are there)
          --rounds N          rounds, every engine once in each, in alternating order (default 5; quick: 3)
          --quick             three small shapes instead of the whole grid
          --epochs N          for --program: passes over the training data (default 6)
        """;

    public bool Json { get; private set; }

    public bool Quick { get; private set; }

    public int[] Threads { get; private set; } = [1, 2];

    public Mode[] Modes { get; private set; } = [Mode.Train, Mode.Infer];

    public string[] Cells { get; private set; } = ["rnn", "gru", "lstm"];

    public string Rows { get; private set; } = "";

    public string[] EngineNames { get; private set; } = [.. Engines.Names];

    public int Rounds { get; private set; }

    public string? Program { get; private set; }

    public string Data { get; private set; } = "";

    public int Epochs { get; private set; } = 6;

    public bool Help { get; private set; }

    /// <summary>The engine to be in this process, when it was started as a worker.</summary>
    public string? Worker { get; private set; }

    public IEnumerable<Case> Cases() =>
        Grid.Rows(Quick).Where(shape => Cells.Contains(shape.Cell) && shape.ToString().Contains(Rows, StringComparison.Ordinal));

    /// <exception cref="ArgumentException">An option or value is not known; the message says which.</exception>
    public static Options Parse(string[] args)
    {
        var options = new Options();
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{name} needs a value");
            string[] List(params IEnumerable<string> allowed)
            {
                string[] values = Value().Split(',');
                return Array.TrueForAll(values, allowed.Contains)
                    ? values
                    : throw new ArgumentException($"{name} takes a list of {string.Join(", ", allowed)}; it was '{args[i]}'");
            }

            switch (name)
            {
                case "--json": options.Json = true; break;
                case "--quick": options.Quick = true; break;
                case "--threads": options.Threads = [.. Value().Split(',').Select(value => Number(name, value))]; break;
                case "--mode": options.Modes = Array.ConvertAll(List("train", "infer"), Report.ToMode); break;
                case "--cell": options.Cells = List("rnn", "gru", "lstm"); break;
                case "--rows": options.Rows = Value(); break;
                case "--engines": options.EngineNames = List(Engines.Names); break;
                case "--rounds": options.Rounds = Number(name, Value()); break;
                case "--program": options.Program = List("mr")[0]; break;
                case "--data": options.Data = Value(); break;
                case "--epochs": options.Epochs = Number(name, Value()); break;
                case "--help": options.Help = true; break;
                case "--worker": options.Worker = Value(); break;
                default: throw new ArgumentException($"no option '{name}'");
            }
        }

        options.Rounds = options.Rounds > 0 ? options.Rounds : options.Quick ? 3 : 5;
        return options;
    }

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? number
            : throw new ArgumentException($"{name} takes whole numbers above zero; it was '{value}'");
}
