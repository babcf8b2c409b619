using System.Text;

namespace Recurant.Storage;

/// <summary>Words the faults of a file, all in one form: file, place, what is wrong, what to do.</summary>
internal static class StorageFault
{
    /// <summary>What to do about a file whose bytes contradict each other.</summary>
    public const string Damaged = "The file is damaged: copy it again or retrain the model.";

    /// <summary>What to do about a file that ends too early.</summary>
    public const string CutShort = "The file is truncated: copy it again or retrain the model.";

    /// <summary>What messages call bytes that are no file, unless the caller names them.</summary>
    public const string TheStream = "the stream", TheBytes = "the bytes";

    /// <summary>The exception <c>file: place: fault. advice</c>.</summary>
    public static InvalidDataException At(string path, string place, string fault, string advice) =>
        new($"{path}: {place}: {MessageText.Bounded(fault)}. {advice}");

    /// <summary>The exception <c>file: byte N: fault. advice</c>, N counted from the start of the file.</summary>
    public static InvalidDataException At(string path, long offset, string fault, string advice) =>
        At(path, $"byte {offset}", fault, advice);

    /// <summary>The name in quotes, cut to a length a message can bear, without control characters.</summary>
    public static string Quote(string name)
    {
        string text = name.Length <= 80 ? name : $"{name.AsSpan(0, 77)}...";
        return "'" + string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? '?' : source[i];
        }) + "'";
    }
}
