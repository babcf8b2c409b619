using System.Globalization;
using System.Runtime.CompilerServices;
using Recurant.Bench.Aot;

// kernels: times the kernels of this very program and prints them, one a line.
// compare: see Comparison. bench/aot.sh builds what it needs.
switch (args)
{
    case ["kernels"]:
        Console.WriteLine($"{(RuntimeFeature.IsDynamicCodeCompiled ? "jit" : "aot")}\t{Width.Bits}");
        foreach ((string name, Action step) in Kernels.All())
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}\t{Kernels.Time(step):f3}"));
        }

        return 0;
    case ["compare", string compiled, string command, .. string[] models]:
        return Comparison.Run(compiled, command, models);
    default:
        Console.Error.WriteLine("Usage: kernels | compare COMPILED-PROGRAM RECURANT-COMMAND [MODEL...]");
        return 2;
}
