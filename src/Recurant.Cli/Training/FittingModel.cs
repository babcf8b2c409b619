namespace Recurant.Cli;

/// <summary>Reads the model that a command works with; of a model of another task it says which command fits.</summary>
internal static class FittingModel
{
    /// <summary>Reads a model file whose model must be of one kind.</summary>
    /// <param name="path">The file.</param>
    /// <param name="command">The command that was given, for the message.</param>
    /// <exception cref="InvalidDataException">It holds a model of another kind, or none.</exception>
    public static TModel Load<TModel>(string path, string command) where TModel : TrainedModel =>
        ModelFile.Load(path) is var model && model is TModel fitting ? fitting : throw Unfit(path, model, command);

    /// <summary>What to say of a model that a command has no use for.</summary>
    public static InvalidDataException Unfit(string path, TrainedModel model, string command)
    {
        string article = "aeiou".Contains(model.Noun[0], StringComparison.Ordinal) ? "an" : "a";
        return new InvalidDataException(
            $"{path} holds {article} {model.Noun}, which '{command}' cannot use. "
            + $"What fits it: {ShellCommand.Of(CommandFor(model), path)} ...");
    }

    private static string CommandFor(TrainedModel model) => model switch
    {
        LanguageModel => "generate", SequenceModel => "test", _ => "predict",
    };
}
