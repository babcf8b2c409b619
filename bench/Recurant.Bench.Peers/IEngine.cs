namespace Recurant.Bench.Peers;

/// <summary>A library that can run the grid. An engine lives in a process of its own, with one number of threads.</summary>
internal interface IEngine : IDisposable
{
    bool Can(Mode mode);

    /// <summary>Builds the layers with the given weights; the initial states are zero. Not timed.</summary>
    void Prepare(Case shape, CaseData data, Mode mode);

    /// <summary>The forward pass, keeping nothing for a backward pass; the output stays in the engine.</summary>
    void Infer();

    /// <summary>
    /// Gradients to zero, forward, backward from <see cref="CaseData.OutputGradient"/> for every weight and the input.
    /// </summary>
    void Train();

    /// <summary>
    /// What the last call computed: "output" [T,B,H], and after <see cref="Train"/> also "input" [T,B,I] and every
    /// parameter's name, holding gradients in the parameter's own layout.
    /// </summary>
    IEnumerable<(string Name, float[] Values)> Results();
}

/// <summary>The engines by name.</summary>
internal static partial class Engines
{
    public const string Recurant = "recurant";
    public const string Torch = "torch";
    public const string OnnxRuntime = "onnxruntime";

    /// <summary>In the order of the report's columns; Recurant only where its engine was compiled in.</summary>
    public static IReadOnlyList<string> Names { get; } = FindNames();

    /// <summary>Whether Recurant's engine heeds <see cref="Case.Recompute"/>.</summary>
    public static bool CanRecompute { get; } = AskRecompute();

    public static IEngine Make(string name, int threads)
    {
        IEngine? recurant = null;
        if (name == Recurant) MakeRecurant(threads, ref recurant);
        return name switch
        {
            Recurant when recurant is not null => recurant,
            Torch => new TorchEngine(threads),
            OnnxRuntime => new OnnxEngine(threads),
            _ => throw new ArgumentException($"no engine '{name}'; there are {string.Join(", ", Names)}", nameof(name)),
        };
    }

    /// <summary>Implemented in RecurantEngine.cs; without that file the call vanishes and there is no such engine.</summary>
    static partial void MakeRecurant(int threads, ref IEngine? engine);

    /// <summary>Implemented in RecurantEngine.cs: adds its name.</summary>
    static partial void AddRecurant(List<string> names);

    /// <summary>Implemented in RecurantEngine.cs once its training can do without most states: see <see cref="Case"/>.</summary>
    static partial void FindRecompute(ref bool can);

    private static bool AskRecompute()
    {
        bool can = false;
        FindRecompute(ref can);
        return can;
    }

    private static List<string> FindNames()
    {
        List<string> names = [];
        AddRecurant(names);
        return [.. names, Torch, OnnxRuntime];
    }
}
