namespace Recurant.Formats;

/// <summary>
/// Tells a format from a file's name alone. Of texts that wait for answers the content tells nothing: a line that begins as a
/// label does, or holds a tab, is a question like any other.
/// </summary>
internal static class FormatByName
{
    internal static string Find(DataFile path)
    {
        if (Directory.Exists(path.Path)) return FormatName.Directory;
        using (path.Open())
        {
            // now the name of the file in an archive is known
        }

        return path.Extension switch
        {
            ".csv" => FormatName.Csv,
            ".tsv" or ".tab" => FormatName.Tsv,
            ".jsonl" or ".ndjson" or ".json" => FormatName.JsonLines,
            ".ft" or ".fasttext" => FormatName.FastText,
            ".label" => FormatName.Trec,
            ".conllu" or ".conllup" => FormatName.ConllU,
            string extension when ConllShape.IsName(extension) => FormatName.Conll,
            _ => FormatName.Lines,
        };
    }
}
