using System.Collections;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Resources;

namespace Recurant.Formats;

/// <summary>
/// Reads the strings embedded in an assembly from its file; the assembly is never loaded and nothing in it runs.
/// </summary>
internal static class ResourceStrings
{
    private const string Extension = ".resources";

    /// <summary>
    /// The strings of all resource sets of an assembly, each under the set's name, a colon and its own; none if the file is no
    /// assembly.
    /// </summary>
    /// <param name="path">A .dll or .exe file.</param>
    /// <param name="language">What stands before ".resources" in the names of the sets of a satellite; null for none.</param>
    internal static Dictionary<string, string> Read(string path, string? language)
    {
        var strings = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var file = new PEReader(File.OpenRead(path), PEStreamOptions.PrefetchEntireImage);
            if (!file.HasMetadata || file.PEHeaders.CorHeader is not { } header) return strings;
            MetadataReader metadata = file.GetMetadataReader();
            PEMemoryBlock data = file.GetSectionData(header.ResourcesDirectory.RelativeVirtualAddress);
            foreach (ManifestResourceHandle handle in metadata.ManifestResources)
            {
                ManifestResource resource = metadata.GetManifestResource(handle);
                string name = metadata.GetString(resource.Name);
                if (resource.Implementation.IsNil && name.EndsWith(Extension, StringComparison.Ordinal))
                {
                    BlobReader blob = data.GetReader((int)resource.Offset, data.Length - (int)resource.Offset);
                    AddSet(SetName(name, language), blob.ReadBytes(blob.ReadInt32()), strings);
                }
            }
        }
        catch (Exception exception) when (exception is BadImageFormatException or ArgumentException or InvalidOperationException)
        {
            strings.Clear(); // a native library, or one that is damaged: it has no strings for us
        }

        return strings;
    }

    private static string SetName(string name, string? language)
    {
        name = name[..^Extension.Length];
        return language is not null && name.EndsWith($".{language}", StringComparison.OrdinalIgnoreCase)
            ? name[..^(language.Length + 1)]
            : name;
    }

    private static void AddSet(string set, byte[] content, Dictionary<string, string> strings)
    {
        try
        {
            using var reader = new ResourceReader(new MemoryStream(content));
            IDictionaryEnumerator entries = reader.GetEnumerator();
            while (entries.MoveNext())
            {
                if (Text(entries) is { } text) strings[$"{set}:{entries.Key}"] = text;
            }
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException or FormatException
            or BadImageFormatException or EndOfStreamException)
        {
            // a set in another form, which holds more than strings
        }
    }

    /// <summary>The value of an entry if it is a string; null if it is anything else.</summary>
    private static string? Text(IDictionaryEnumerator entries)
    {
        try
        {
            return entries.Value as string;
        }
        catch (Exception exception) when (exception is NotSupportedException or InvalidOperationException or TypeLoadException
            or FormatException or BadImageFormatException or FileNotFoundException)
        {
            return null;
        }
    }
}
