using System.Globalization;

namespace Recurant.Bench.Peers;

/// <summary>What is timed: a forward pass alone, or forward and backward for every weight and the input.</summary>
internal enum Mode
{
    Infer,
    Train,
}

/// <summary>One row of the grid: a stack of one cell over a batch of equally long sequences.</summary>
/// <param name="Cell">rnn (tanh), gru (reset inside) or lstm.</param>
/// <param name="Recompute">
/// Whether training keeps only some states and computes the others again; for an engine that can.
/// </param>
internal sealed record Case(
    string Cell, int Batch, int Time, int Input, int Hidden, int Layers, bool Recompute = false)
{
    private const string RecomputeMark = "recompute";

    public int Gates => Cell switch { "rnn" => 1, "gru" => 3, _ => 4 };

    /// <summary>Floating-point operations of the matrix products; training counts as three forward passes.</summary>
    public double Flops(Mode mode)
    {
        double forward = 0;
        for (int layer = 0; layer < Layers; layer++)
        {
            forward += 2.0 * Time * Batch * Gates * Hidden * (InputOf(layer) + Hidden);
        }

        return mode == Mode.Train ? 3 * forward : forward;
    }

    public int InputOf(int layer) => layer == 0 ? Input : Hidden;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Cell} {Batch},{Time},{Input},{Hidden},{Layers}{(Recompute ? "," + RecomputeMark : "")}");

    public static Case Parse(string text)
    {
        string[] parts = text.Split(' ', ',');
        int Number(int i) => int.Parse(parts[i], CultureInfo.InvariantCulture);
        return new Case(parts[0], Number(1), Number(2), Number(3), Number(4), Number(5), parts[^1] == RecomputeMark);
    }
}

/// <summary>The shapes that are measured.</summary>
internal static class Grid
{
    private static readonly string[] s_shapes =
    [
        "1,20,128,128,1",
        "1,20,256,256,1",
        "32,50,64,128,1",
        "50,50,128,128,2",
        "20,35,200,200,2",
        "20,35,650,650,2",
        "64,100,512,512,1",
        "100,784,1,128,1",
    ];

    private static readonly string[] s_quickShapes = ["1,20,128,128,1", "32,50,64,128,1", "20,35,200,200,2"];

    public static IEnumerable<Case> Rows(bool quick) =>
        from shape in quick ? s_quickShapes : s_shapes
        from cell in (string[])["rnn", "gru", "lstm"]
        where !(cell == "rnn" && shape == "100,784,1,128,1")
        select Case.Parse($"{cell} {shape}");
}
