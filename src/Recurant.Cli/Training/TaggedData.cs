using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads tagged words for the commands.</summary>
internal static class TaggedData
{
    /// <summary>Reads a file and passes its warnings on.</summary>
    public static TaggedDataset Read(string path, TrainSettings settings, Invocation call)
    {
        var options = new TaggedFormatOptions { TagColumn = settings.TagColumn, Format = settings.Format };
        TaggedDataset data = TaggedDatasetReader.Read(settings.File(path), options);
        if (!call.Quiet)
        {
            call.Terminal.WriteNote(
                $"{path}: {Numbers.Of(data.Count, "sentence")}, {Numbers.Count(data.WordCount)} words, "
                + $"{Numbers.Of(data.Tags.Count, "tag")}");
            foreach (string warning in data.Warnings) call.Terminal.WriteNote(warning);
        }

        return data;
    }
}
