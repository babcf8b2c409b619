using Recurant.Bench.Peers;

const int Failed = 1, WrongUsage = 2, Interrupted = 130;

Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Options.Usage);
    return WrongUsage;
}

if (options.Help)
{
    Console.WriteLine(Options.Usage);
    return 0;
}

try
{
    if (options.Worker is { } engine)
    {
        return options.Program is null
            ? Worker.Run(engine, options.Threads[0])
            : options.Program is "words" or "characters" ? LanguageProgram.Run(engine, options)
            : ReviewProgram.Run(engine, options);
    }

    using Scratch scratch = Scratch.Instance;
    TorchLibrary.MakeLoadable();
    return options.Program switch
    {
        "mr" => ReviewProgram.RunAll(options),
        "words" or "characters" => LanguageProgram.RunAll(options),
        "score" => ScoreProgram.Run(options),
        "stream" => StreamProgram.Run(options),
        "scale" => ScaleProgram.Run(options),
        "ctc" => CtcProgram.Run(options),
        _ => Comparison.Run(options),
    };
}
catch (OperationCanceledException)
{
    return Interrupted;
}
catch (Exception e) when (e is InvalidOperationException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine("failed: " + e.Message);
    return Failed;
}
