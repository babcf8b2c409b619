using Recurant.Bench.Peers;

Options options;
try
{
    options = Options.Parse(args);
}
catch (ArgumentException e)
{
    Console.Error.WriteLine(e.Message);
    Console.Error.WriteLine(Options.Usage);
    return 2;
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
            : ReviewProgram.Run(engine, options);
    }

    TorchLibrary.MakeLoadable();
    return options.Program is null ? Comparison.Run(options) : ReviewProgram.RunAll(options);
}
catch (Exception e) when (e is InvalidOperationException or IOException)
{
    Console.Error.WriteLine("failed: " + e.Message);
    return 1;
}
