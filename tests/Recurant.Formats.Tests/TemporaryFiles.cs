using System.Text;

namespace Recurant.Formats.Tests;

/// <summary>Makes small files for one test and removes them afterwards.</summary>
public abstract class TemporaryFiles : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("recurant-");

    internal string Root => _root.FullName;

    public void Dispose()
    {
        _root.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    internal string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    internal string Write(string name, byte[] content)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    /// <summary>The examples of a data set as "line label: text", one after another.</summary>
    internal static string Show(TextDataset data) =>
        string.Join(" | ", data.Examples.Select(example => $"{example.Line} {example.Label}: {example.Text}"));

    /// <summary>The message of the fault found in a file, without the directory's name.</summary>
    internal string Fault(string name, string content, TextFormatOptions? options = null) =>
        Fault(name, Encoding.UTF8.GetBytes(content), options);

    internal string Fault(string name, byte[] content, TextFormatOptions? options = null)
    {
        string path = Write(name, content);
        string message = Xunit.Assert.Throws<InvalidDataException>(() => TextDatasetReader.Read(path, options)).Message;
        return message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal);
    }
}
