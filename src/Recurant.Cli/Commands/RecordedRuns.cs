namespace Recurant.Cli;

/// <summary>Finds the records that a command line names.</summary>
internal static class RecordedRuns
{
    /// <summary>Reads a record, or the one beside a model file.</summary>
    /// <exception cref="InvalidDataException">There is none, or it is something else.</exception>
    public static RunRecord Read(string path)
    {
        if (!path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)) return RunRecord.Read(path);
        string beside = Path.ChangeExtension(path, ".run.jsonl");
        return File.Exists(beside) ? RunRecord.Read(beside) : throw new InvalidDataException(
            $"{path}: there is no record of its training beside it ({beside}). "
            + "'recurant train --report FILE.html' or '--record FILE' makes one.");
    }
}
