using Recurant.Formats;

namespace Recurant.Cli;

/// <summary>Reads ready-made word vectors for the commands.</summary>
internal static class VectorData
{
    /// <summary>Reads a file and passes its warnings on.</summary>
    public static WordVectors Read(string path, TrainSettings settings, Invocation call)
    {
        // The encoding is that of the texts: of the vectors' words only those that are no UTF-8 are read in it.
        DataFile file = settings.Files.Find(path, null);
        WordVectors vectors = WordVectors.Read(file.Open(), path, encoding: settings.Encoding);
        if (!call.Quiet)
        {
            foreach (string warning in vectors.Warnings) call.Terminal.WriteNote(warning);
        }

        return vectors;
    }
}
