namespace Recurant.Models;

/// <summary>The pieces of texts in the metadata of a model file.</summary>
internal static class PiecesFormat
{
    private const string CharactersKey = "subword_characters", MergesKey = "subword_merges";

    /// <summary>What the pieces are, for people.</summary>
    public static string NameOf(TextPieces pieces) => pieces is SubwordPieces ? "subwords" : "whole words";

    /// <summary>Adds the pieces under keys with a prefix.</summary>
    public static void Write(IDictionary<string, string> metadata, TextPieces pieces, string prefix = "")
    {
        if (pieces is SubwordPieces { Encoding: { } encoding })
        {
            metadata[prefix + CharactersKey] = StringListJson.Write(encoding.Characters);
            metadata[prefix + MergesKey] = StringListJson.Write(encoding.Merges);
            return;
        }

        metadata[prefix + ModelMetadata.VocabularyKey] = StringListJson.Write(((WordPieces)pieces).Words.Words);
    }

    /// <summary>Reads the pieces; with the end mark there must be as many as the specification says.</summary>
    public static TextPieces Read(ModelMetadata metadata, int expected, string property, string prefix = "")
    {
        string wordsKey = prefix + ModelMetadata.VocabularyKey;
        if (metadata.Has(prefix + MergesKey)) return new SubwordPieces(ReadSubwords(metadata, 1, expected, property, prefix));
        return new WordPieces(metadata.Words(wordsKey, property, expected, added: 1));
    }

    /// <summary>Reads subwords; with so many tokens added there must be as many as the specification says.</summary>
    public static BytePairEncoding ReadSubwords(
        ModelMetadata metadata, int added, int expected, string property, string prefix = "")
    {
        List<string> characters = metadata.Strings(prefix + CharactersKey);
        BytePairEncoding encoding = metadata.Parse(
            prefix + MergesKey, json => new BytePairEncoding(characters, StringListJson.Read(json)));
        metadata.RequireCount(prefix + MergesKey, encoding.Count + added, property, expected);
        return encoding;
    }
}
