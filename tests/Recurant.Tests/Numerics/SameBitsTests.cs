using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Recurant.Tests.Losses;

namespace Recurant.Tests.Numerics;

/// <summary>
/// The promise of the same bits: three training steps of every cell give the weights whose digest stands here, on any
/// machine, at any vector width and with any number of threads. A change that alters the numbers on purpose (another
/// polynomial, another order of a sum) changes the digests, and with them every model that is trained anew: say so in
/// docs/numerics.md.
/// </summary>
public class SameBitsTests
{
    /// <summary>Set for a run of these tests in a process of its own: the widest vectors it may have.</summary>
    private const string MostBits = "RECURANT_TESTS_MOST_VECTOR_BITS";

    public static TheoryData<CellKind, Activation, GruReset, string> Digests => new()
    {
        { CellKind.Elman, Activation.Tanh, default, "c999cf2329096002" },
        { CellKind.Elman, Activation.Relu, default, "858a57734eab5106" },
        { CellKind.Elman, Activation.Sigmoid, default, "6be89052bf354070" },
        { CellKind.Lstm, default, default, "c54c6dd87cbf278c" },
        { CellKind.Gru, default, GruReset.Inside, "36592c4ca6ed2ed2" },
        { CellKind.Gru, default, GruReset.Outside, "f8a0ed5d8bf430d7" },
    };

    [Theory]
    [MemberData(nameof(Digests))]
    public void Training_ThreeSteps_GivesTheKnownBits(CellKind cell, Activation activation, GruReset reset, string digest)
    {
        StackSpec spec = new()
        {
            Cell = cell,
            Activation = activation,
            GruReset = reset,
            InputSize = 9,
            HiddenSize = 21,
            Layers = 2,
            Bidirectional = true,
        };
        Assert.Equal(digest, Train(spec, threads: 1));
        Assert.Equal(digest, Train(spec, threads: 3));
    }

    /// <summary>The same tests in a process that may use narrower vectors only, or none.</summary>
    [Trait("Starts", "processes")]
    [Theory]
    [InlineData("DOTNET_EnableAVX512", 256)]
    [InlineData("DOTNET_EnableAVX2", 128)]
    [InlineData("DOTNET_EnableHWIntrinsic", 0)]
    public async Task Training_InstructionSetSwitchedOff_GivesTheKnownBits(string instructionSet, int mostBits)
    {
        if (Environment.GetEnvironmentVariable(MostBits) is not null) Assert.Skip("This is the process with fewer instructions.");
        bool isX64 = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.X64;
        if (!isX64 && mostBits != 0) Assert.Skip("The switch is for x64.");
        string runtime = RuntimeEnvironment.GetRuntimeDirectory();
        string host = Path.GetFullPath(
            Path.Combine(runtime, "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
        ProcessStartInfo start = new(host) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(typeof(SameBitsTests).Assembly.Location);
        start.ArgumentList.Add("-class");
        start.ArgumentList.Add(typeof(SameBitsTests).FullName!);
        start.Environment[instructionSet] = "0";
        start.Environment[MostBits] = $"{mostBits}";
        // The test platform of this process is not to hear from the other one.
        foreach (string name in start.Environment.Keys
            .Where(name => name.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync() + await errors;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0 && output.Contains("Failed: 0", StringComparison.Ordinal), output);
        Assert.Contains($"Total: {Digests.Count + 5},", output, StringComparison.Ordinal);
    }

    /// <summary>The loss of alignments: lanes over the states of texts that fill one vector, several, or part of one.</summary>
    [Fact]
    public void TemporalClassification_LossAndGradients_GiveTheKnownBits()
    {
        int[] lengths = [50, 9, 31, 80];
        int[][] texts =
        [
            [.. Enumerable.Range(0, 20).Select(j => 1 + j * j % 36)], [], [7, 7, 3],
            [.. Enumerable.Range(0, 39).Select(j => 1 + j / 2)],
        ];
        foreach (int threads in (int[])[1, 3])
        {
            TemporalClassificationCase some = new(37, lengths, texts, scale: 4f, seed: 12);
            double loss = some.Apply(threads);
            using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(MemoryMarshal.AsBytes(some.Logits.Span));
            hash.AppendData(BitConverter.GetBytes(loss));
            Assert.Equal("b171e56c6d35b0cb", Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
        }
    }

    [Fact]
    public void Process_InstructionSetSwitchedOff_HasNoWiderVectors()
    {
        string? most = Environment.GetEnvironmentVariable(MostBits);
        if (most is null) Assert.Skip("No instruction set is switched off.");
        Assert.InRange(Width.Bits, 0, int.Parse(most));
    }

    /// <summary>Embedding, two layers in both directions with dropout, attention, dense layer, cross-entropy, AdamW.</summary>
    private static string Train(StackSpec spec, int threads)
    {
        const int Words = 15, Classes = 4, Keys = 6;
        int[][] texts = [[3, 1, 4, 1, 5, 9, 2], [6, 5, 3], [14], [8, 9, 7, 9, 3], [2, 3, 8, 4, 6, 2, 6]];
        Workers workers = Workers.ForThreads(threads);
        Embedding embedding = new(Words, spec.InputSize);
        RecurrentStack stack = new(spec);
        AttentionPooling attention = new(spec.OutputSize, Keys);
        Dense dense = new("output", spec.OutputSize, Classes);
        Parameter[] parameters = [embedding.Table, .. stack.Parameters, .. attention.Parameters, .. dense.Parameters];
        for (int i = 0; i < parameters.Length; i++) parameters[i].InitialiseUniform(seed: 42, ordinal: (uint)i, 0.4f);

        BatchLayout batch = new();
        batch.Fill(texts, [0, 1, 2, 3, 4]);
        RecurrentMemory memory = stack.CreateMemory();
        AttentionMemory attentionMemory = new();
        DenseMemory denseMemory = new();
        Optimizer optimizer = new(OptimizerKind.AdamW, parameters);
        Matrix input = Bits.Zeros(batch.Rows, spec.InputSize), pooled = Bits.Zeros(batch.Sequences, spec.OutputSize);
        Matrix logits = Bits.Zeros(batch.Sequences, Classes), dPooled = Bits.Zeros(batch.Sequences, spec.OutputSize);
        for (ulong step = 0; step < 3; step++)
        {
            DropoutPlan dropout = new() { Layers = 0.25f, Recurrent = 0.25f, Seed = 42, Step = step };
            embedding.Forward(workers, batch.TokenMemory, input);
            stack.ResetInitialState(memory, batch.Sequences);
            stack.ResetFinalGradient(memory, batch.Sequences);
            Matrix states = stack.Forward(workers, batch, input, memory, dropout);
            attention.Forward(workers, batch, states, pooled, attentionMemory);
            dense.Forward(workers, pooled, logits, denseMemory);
            CrossEntropy.Apply(logits, [0, 1, 2, 3, 1], smoothing: 0.1f, out _);

            Matrix dStates = Bits.Zeros(batch.Rows, spec.OutputSize), dInput = Bits.Zeros(batch.Rows, spec.InputSize);
            dense.Backward(workers, pooled, logits, dPooled, denseMemory);
            attention.Backward(workers, batch, states, dPooled, dStates, attentionMemory);
            stack.Backward(workers, batch, input, dStates, dInput, memory, dropout);
            embedding.Backward(workers, batch.TokenMemory, dInput);
            float scale = (float)Math.Min(1, 0.5 / optimizer.GradientNorm(workers));
            optimizer.Step(workers, learningRate: 0.01f, weightDecay: 0.01f, scale);
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Parameter parameter in parameters) hash.AppendData(MemoryMarshal.AsBytes(parameter.Value));
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }
}
