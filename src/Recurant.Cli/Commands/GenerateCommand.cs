using System.Text;

namespace Recurant.Cli;

/// <summary><c>recurant generate</c>: continues a text, as it is written, or a piece of music.</summary>
internal sealed class GenerateCommand() : CliCommand("generate", "MODEL",
    "Continue a text with a language model, or a piece of music.")
{
    private const int DefaultLength = 200;

    public const string Out = "--out";

    private const string Prompt = "--prompt", Length = "--length", Temperature = "--temperature", TopK = "--top-k",
        TopP = "--top-p", Seed = "--seed";

    public override IReadOnlyList<CommandOption> Options { get; } =
    [
        new(Prompt, "TEXT|FILE", "The beginning of the text, or the MIDI file to go on with. Default: a new line, or piece."),
        new(Length, "N", "The number of tokens (words or characters), or steps of music, to write. Default: 200."),
        new(Out, "FILE", "Music: the MIDI file to write. Default: each step's notes in a line of their own."),
        new(Temperature, "X", "Below 1, probable tokens become more probable; 0 always takes the most probable one. Default: 1."),
        new(TopK, "N", "Sample from the N most probable tokens only; 0 for all. Default: 0."),
        new(TopP, "X", "Sample from the most probable tokens whose probabilities sum to X (nucleus sampling). Default: 1, all."),
        new(Seed, "N", "The seed of the random numbers: same seed, same text. Default: 1."),
        SharedOptions.Threads,
    ];

    public override IReadOnlyList<string> Examples =>
    [
        "generate shakespeare.safetensors --prompt \"ROMEO:\" --length 500 --temperature 0.8",
        "generate news.safetensors --top-p 0.9 --seed 7",
        "generate chorales.safetensors --length 64 --out tune.mid",
    ];

    public override int Run(Invocation call)
    {
        var options = new SamplingOptions
        {
            Temperature = Read(call, Temperature, SettingValue.Real, 1f),
            TopK = Read(call, TopK, SettingValue.Whole, 0),
            TopP = Read(call, TopP, SettingValue.Real, 1f),
            Seed = Read(call, Seed, SettingValue.Seed, 1ul),
        };
        Check(options);
        int length = Read(call, Length, SettingValue.Whole, DefaultLength);
        if (length < 0) throw new UsageException($"{Length} is {length}; it must be 0 or more.");
        string prompt = call.Value(Prompt) ?? "";
        TrainedModel model = ModelFile.Load(call.Arguments[0]);
        return CliTasks.Of(model).Generate(call, model, new GenerateRequest(prompt, length, options, call.Value(Out)));
    }

    /// <summary>Continues a text.</summary>
    public static int WriteText(Invocation call, TextGenerator generator, GenerateRequest ask)
    {
        if (ask.Out is not null) throw new UsageException($"{Out} is for music; texts go to standard output: > FILE.");
        (string prompt, int length, SamplingOptions options, _) = ask;
        int unknown = generator.UnknownTokens(prompt);
        if (unknown > 0)
        {
            call.Tell($"{Numbers.Of(unknown, "token")} of the prompt {(unknown == 1 ? "is" : "are")} not known to the model "
                + "and read as an unknown one");
        }

        CancellationToken stop = call.Interruption.Token;
        if (call.Json)
        {
            var text = new StringBuilder();
            foreach (string token in generator.Continue(prompt, length, options))
            {
                stop.ThrowIfCancellationRequested();
                text.Append(token);
            }

            call.Terminal.Out.WriteLine(JsonText.Object(writer => writer.Write(("prompt", prompt), ("text", text.ToString()))));
            return ExitCode.Done;
        }

        call.Terminal.Out.Write(prompt);
        foreach (string token in generator.Continue(prompt, length, options))
        {
            if (stop.IsCancellationRequested) break;
            call.Terminal.Out.Write(token);
            // Whoever reads along sees every word as it is chosen.
            call.Terminal.Out.Flush();
        }

        call.Terminal.Out.WriteLine();
        stop.ThrowIfCancellationRequested();
        return ExitCode.Done;
    }

    /// <summary>The library speaks of properties, such as TopP; whoever wrote --top-p knows the option.</summary>
    private static void Check(SamplingOptions options)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException fault)
        {
            (string Property, string Option)[] names =
            [
                (nameof(options.Temperature), Temperature), (nameof(options.TopK), TopK), (nameof(options.TopP), TopP),
            ];
            string message = fault.Message;
            foreach ((string property, string option) in names)
            {
                if (message.StartsWith(property + " ", StringComparison.Ordinal)) message = option + message[property.Length..];
            }

            throw new UsageException(message);
        }
    }

    private static T Read<T>(Invocation call, string option, Func<string, T> read, T fallback)
    {
        if (call.Value(option) is not { } text) return fallback;
        try
        {
            return read(text);
        }
        catch (FormatException fault)
        {
            throw new UsageException($"{option}: {fault.Message}");
        }
    }
}

/// <summary>What <c>generate</c> was asked.</summary>
/// <param name="Prompt">The beginning: a text, or the path of music.</param>
/// <param name="Length">How many tokens or steps to write.</param>
/// <param name="Sampling">How they are drawn.</param>
/// <param name="Out">The file to write; null for standard output.</param>
internal sealed record GenerateRequest(string Prompt, int Length, SamplingOptions Sampling, string? Out);
