using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Recurant.TestHost;

/// <summary>
/// Writes what the library makes of texts and numbers, in ASCII. Only the first line may depend on the culture.
/// </summary>
internal static class Cultures
{
    /// <summary>Capitals that ICU libraries and .NET fold differently, and those that Turkish folds in its own way.</summary>
    private const string Capitals =
        "I \u0130 \u0131 \u017F \u1E9E \u212A \u1C89 \uA7CB \uA7CC \uA7DA \uA7DC \U00010D50 \U00010D65 \U00010400 TITLE ÄÖÜ ΣΑΣ "
        + "Ж";

    public static void Print(string directory)
    {
        Console.WriteLine(
            $"culture {CultureInfo.CurrentCulture.Name} {0.5.ToString(CultureInfo.CurrentCulture)}".Replace("  ", " "));
        Tokens();
        Messages();
        Trained(directory);
    }

    private static void Tokens()
    {
        foreach (TokenUnit unit in (TokenUnit[])[TokenUnit.Word, TokenUnit.Character])
        {
            List<string> tokens = new Tokenizer(new TokenizerOptions { Unit = unit, Lowercase = true }).Tokenize(Capitals);
            Write(string.Join('|', tokens));
        }

        Write(string.Join('|', TagPredictor.Split("I'LL DON'T \u0130'S 1.5 WWW.TITLE.COM")));
        Write(Bleu.Corpus(["a b c d e"], ["a b c d f"]).ToString());
        Write(Chrf.Corpus(["İI ıi"], ["ii ii"]).ToString("R", CultureInfo.InvariantCulture));
    }

    private static void Messages()
    {
        Fault(() => new TrainingOptions { LearningRate = -0.5f }.Validate());
        Fault(() => new TrainingOptions { ValidationFraction = -1234.5 }.Validate());
        Fault(() => new TrainingOptions { Epochs = -1 }.Validate());
        Fault(() => new SamplingOptions { Temperature = -1234.5f }.Validate());
        Fault(() => new ExplainOptions { Tolerance = -0.25 }.Validate());
        Fault(() => new LanguageModelSpec { VocabularySize = -3,
            Recurrent = new RecurrentSpec
            {
                ForgetBias = float.NaN, HiddenSize = 256,
            } }.Validate());
        Fault(() => new Translator(null!));
        Write(new TrainingOptions { LearningRate = 0.5f, Clip = 1234.5f, ForgetBias = -1.5f }.ToString());
        Write(new SamplingOptions { Temperature = 0.25f, TopP = 0.5f }.ToString());
        Write(new DropoutOptions { Word = 0.5f }.ToString());
        Write(new TagCount("-0,5", 1, 2, 3).ToString());
        Write(new TaggedWord("I", "B-x", 0.5f).ToString());
        Write(new CalibrationBin(0.25, 0.5, 7, 0.4, 0.375).ToString());
        Write(new TokenCost("t", 3, -1.5, 0.5).ToString());
        Write(new BlockRadius("i", 1.5).ToString());
        TaggedSentence[] sentences = [.. Enumerable.Repeat(new TaggedSentence(["a", "b"], ["I-x", "B-x"]), 1500)];
        Write(TagSpan.SchemeNote(new TaggedDataset("tags", sentences)) ?? "");
    }

    private static void Trained(string directory)
    {
        string[] texts =
            [.. Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"{Capitals} GOOD {i}" : $"bad {i} {Capitals} \uA7DC")];
        var data = new TextDataset(
            "data", [.. texts.Select((text, i) => new TextExample(text, i % 2 == 0 ? "I" : "\u0130", i + 1))]);
        ClassifierModel classifier = ClassifierTrainer.Train(data, new TrainingOptions
        {
            Hidden = 6, Embedding = 5, Epochs = 2, Threads = 1, MinimumCount = 1,
        }).Model;
        Save(classifier, directory);
        Write(string.Join('|', classifier.Vocabulary.Words));
        Write(new Predictor(classifier, 1).Evaluate(data).ToString());
        Write(new Predictor(classifier, 1).Predict(Capitals).ToString());
        foreach (Finding finding in ModelDoctor.Examine(classifier, data).Findings) Write(finding.ToString());
        foreach (Finding finding in DataDoctor.Examine(data).Findings) Write(finding.ToString());
        Write(Explainer.Explain(classifier, Capitals).ToString());
        LensResult lens = GradientLens.Look(classifier, data);
        Write(lens.ToString());
        foreach (LensLayer layer in lens.Layers) Write(layer.ToString());
        foreach (LayerDescription layer in classifier.Describe()) Write(layer.ToString());
        Lesson lesson = Lesson.Of("I am \u0130 TITLE", new LessonOptions { HiddenSize = 2 });
        Write(lesson.ToString());
        Write(Hash(Encoding.UTF8.GetBytes(string.Concat(lesson.Sections.SelectMany(section => section.Equations)))));
        var lines = new PlainText("lines", texts);
        LanguageModel language = LanguageModelTrainer.Train(lines, new LanguageModelOptions
        {
            Unit = TokenUnit.Word, Lowercase = true, Hidden = 6, Embedding = 5, Epochs = 1, Threads = 1, Window = 8, Batch = 2,
            MinimumCount = 1,
        }).Model;
        Save(language, directory);
        Write(string.Concat(new TextGenerator(language).Continue(Capitals, 20)));
        Write(LanguageModelTrainer.Evaluate(language, lines).ToString());
    }

    private static void Save(TrainedModel model, string directory)
    {
        string path = Path.Combine(directory, "model.safetensors");
        ModelFile.Save(model, path);
        Write(Hash(File.ReadAllBytes(path)));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static void Fault(Action act)
    {
        try
        {
            act();
            Write("nothing thrown");
        }
        catch (ArgumentException fault)
        {
            Write(fault.Message);
        }
    }

    private static void Write(string text)
    {
        var line = new StringBuilder();
        foreach (char c in text)
        {
            if (c is >= ' ' and <= '~') line.Append(c);
            else line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
        }

        Console.WriteLine(line.ToString());
    }
}
