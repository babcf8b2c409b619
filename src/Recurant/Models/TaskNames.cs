namespace Recurant.Models;

/// <summary>What the tasks are called: in <c>--task</c>, in JSON, in model files and records of runs alike.</summary>
public static class TaskNames
{
    /// <summary>One label for a text.</summary>
    public const string Classify = "classify";

    /// <summary>A tag for each word of a sentence.</summary>
    public const string Tag = "tag";

    /// <summary>A language model: the next token of a running text.</summary>
    public const string LanguageModel = "lm";

    /// <summary>A text for a text.</summary>
    public const string Translate = "translate";

    /// <summary>A sentence for an image.</summary>
    public const string Caption = "caption";

    /// <summary>A generated problem, such as adding or copying.</summary>
    public const string Problem = "problem";

    /// <summary>Values to come of a series.</summary>
    public const string Forecast = "forecast";

    /// <summary>A number for a sequence, or for each of its steps.</summary>
    public const string Regress = "regress";

    /// <summary>Music: the notes of the next step.</summary>
    public const string Notes = "notes";

    /// <summary>Speech: what was said.</summary>
    public const string Transcribe = "transcribe";
}
