using System.Text;

namespace Recurant.Formats;

/// <summary>
/// Texts whose labels are names in a directory: either each label is a sub-directory of .txt files, a text a file, or each
/// label is a file, a text a line, told apart by their extensions (rt.pos, rt.neg) or by their names (Dutch.txt, Greek.txt).
/// </summary>
internal static class DirectoryReader
{
    internal static TextDataset Read(DataFile path)
    {
        var examples = new ExampleCollector();
        var listing = new Listing(path);
        List<string> labels = SubdirectoriesOfTexts(listing);
        if (labels.Count > 0)
        {
            foreach (string label in labels)
            {
                foreach (string file in TextFiles(listing, label))
                {
                    examples.Add(WholeText(path.Beside(file)), Path.GetFileName(label), 1, file);
                }
            }

            path.Tell(listing.Note);
            return examples.ToDataset(path);
        }

        foreach ((string file, string label) in FilesOfLines(listing))
        {
            using TextFile lines = path.Beside(file).OpenText();
            while (lines.TryReadLine(out ReadOnlySpan<char> line))
            {
                if (!line.IsWhiteSpace()) examples.Add(line, label, lines.LineNumber, file);
            }
        }

        path.Tell(listing.Note);
        return examples.Count > 0
            ? examples.ToDataset(path)
            : throw new InvalidDataException($"{path}: the files of this directory are empty; a text a line is expected.");
    }

    private static List<string> SubdirectoriesOfTexts(Listing listing)
    {
        var directories = new List<string>();
        foreach (string directory in listing.Directories())
        {
            if (TextFiles(listing, directory).Count > 0) directories.Add(directory);
        }

        return directories;
    }

    private static List<string> TextFiles(Listing listing, string directory) => listing.Files(directory).FindAll(
        static file => DataFile.WithoutPacking(file).EndsWith(".txt", StringComparison.OrdinalIgnoreCase));

    private static string WholeText(DataFile path)
    {
        using TextFile file = path.OpenText();
        var text = new StringBuilder();
        while (file.TryReadLine(out ReadOnlySpan<char> line))
        {
            text.Append(text.Length > 0 ? "\n" : "").Append(line);
            if (text.Length > TextFile.MaximumLineLength)
            {
                throw file.Error(
                    0,
                    $"the text is longer than {TextFile.MaximumLineLength:N0} characters, the most that is accepted. "
                    + "Cut it into parts.");
            }
        }

        return text.ToString();
    }

    private static List<(string File, string Label)> FilesOfLines(Listing listing)
    {
        var files = new List<(string File, string Stem, string Extension)>();
        foreach (string file in listing.Files(listing.Root.Path))
        {
            string name = DataFile.WithoutPacking(Path.GetFileName(file));
            string extension = Path.GetExtension(name);
            if (!name.StartsWith("README", StringComparison.OrdinalIgnoreCase)
                && !name.StartsWith("LICENSE", StringComparison.OrdinalIgnoreCase) && extension != ".md")
            {
                files.Add((file, Path.GetFileNameWithoutExtension(name), extension));
            }
        }

        bool byExtension = files.Count > 1 && files.TrueForAll(file => file.Stem == files[0].Stem && file.Extension.Length > 1);
        bool byName = files.Count > 0 && files.TrueForAll(file => file.Extension == files[0].Extension);
        return byExtension ? files.ConvertAll(file => (file.File, file.Extension[1..]))
            : byName ? files.ConvertAll(file => (file.File, file.Stem))
            : throw new InvalidDataException(
                $"{listing.Root}: no labels found in this directory. Expected sub-directories named as the labels with .txt "
                + "files in them, or one file a label, such as reviews.pos and reviews.neg, with a text a line.");
    }
}
