using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurant.Cli;

/// <summary><c>recurant version</c>: which version this is, and what it runs on, as a report of a fault needs it.</summary>
internal sealed class VersionCommand() : CliCommand("version", "",
    "Show the version, and what it runs on: the runtime, the system, the width of the vectors, the cores.")
{
    public override IReadOnlyList<string> Examples => ["version", "version --json"];

    public override int Run(Invocation call)
    {
        // Compiled ahead of time there is no compiler in the process.
        bool isNative = !RuntimeFeature.IsDynamicCodeCompiled;
        string architecture = RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();
        int bits = Kernels.VectorBits, cores = Environment.ProcessorCount;
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer => writer.Write(
                ("version", Application.Version), ("runtime", RuntimeInformation.FrameworkDescription),
                ("os", RuntimeInformation.OSDescription), ("architecture", architecture), ("native", isNative),
                ("vector_bits", bits), ("cores", cores))));
            return ExitCode.Done;
        }

        string vectors = bits > 0 ? $"vectors of {bits} bits" : "no vector instructions";
        call.Terminal.WriteTable(
        [
            ["recurant", Application.Version],
            ["runtime", $"{RuntimeInformation.FrameworkDescription}, {(isNative ? "compiled ahead of time (native)" : "JIT")}"],
            ["system", $"{RuntimeInformation.OSDescription}, {architecture}"],
            ["processor", $"{vectors}, {Numbers.Of(cores, "core")}"],
        ], 1);
        return ExitCode.Done;
    }
}
