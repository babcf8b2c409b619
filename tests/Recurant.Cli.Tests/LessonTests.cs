using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recurant.Cli.Tests;

/// <summary>lesson: every number that is printed can be computed again from the numbers beside it.</summary>
public partial class LessonTests
{
    private const string Sentence = "this movie is not good";

    // Six digits are printed: each factor is off by 5e-6 of itself at most, and a line has some ten terms below 1 in size.
    private const double Printed = 2e-5;

    [Theory]
    [InlineData("--cell", "elman")]
    [InlineData("--cell", "lstm")]
    [InlineData("--cell", "gru")]
    [InlineData("--embedding", "4")]
    [InlineData("--label", "negative")]
    [InlineData("--activation", "sigmoid")]
    public void Lesson_PrintedNumbers_ComeOutOnAPocketCalculator(params string[] options)
    {
        using var place = new Workspace();
        CommandResult result = place.Run(["lesson", Sentence, .. options]);
        Assert.True(result.Code == 0, result.Error);
        Assert.All(result.Out.Split('\n'), line => Assert.True(line.Length <= 100, line));
        int checks = 0;
        foreach (string number in Numbers(result.Out))
        {
            // Parts are separated by " = "; the last is the value, those of digits alone before it must give it.
            string[] parts = number.Split(" = ");
            double value = double.Parse(parts[^1], CultureInfo.InvariantCulture);
            foreach (string part in parts[1..^1].Where(part => !Letters().IsMatch(WithoutFunction(part))))
            {
                double found = Calculate(part);
                Assert.True(Math.Abs(found - value) <= Printed * Math.Max(1, Math.Abs(value)), $"{number}\n{part} gives {found}");
                checks++;
            }
        }

        Assert.True(checks > 150, $"{checks} checks");
    }

    [Fact]
    public void Lesson_PartAndStep_ShowThatAlone()
    {
        using var place = new Workspace();
        string forward = place.Run("lesson", Sentence, "--part", "forward", "--step", "3").Out;
        Assert.StartsWith("Step 3, \"is\": the state\n", forward, StringComparison.Ordinal);
        Assert.Contains("h_3 = tanh(U x_3 + W h_2)", forward, StringComparison.Ordinal);
        Assert.DoesNotContain("Step 2", forward, StringComparison.Ordinal);
        Assert.DoesNotContain("back through", forward, StringComparison.Ordinal);
        Assert.True(forward.Split('\n').Length < 75, "one step is a screen or two");
        string update = place.Run("lesson", Sentence, "--part", "update").Out;
        Assert.StartsWith("One step of gradient descent\n", update, StringComparison.Ordinal);
    }

    [Fact]
    public void Lesson_Json_HoldsTheSameNumbers()
    {
        using var place = new Workspace();
        using JsonDocument document = JsonDocument.Parse(place.Run("lesson", Sentence, "--json", "--seed", "5").Out);
        JsonElement root = document.RootElement;
        Assert.Equal(5, root.GetProperty("words").GetArrayLength());
        Assert.Equal("weight_ih_l0", root.GetProperty("tensors")[0].GetProperty("tensor").GetString());
        Assert.True(root.GetProperty("new_loss").GetDouble() < root.GetProperty("loss").GetDouble());
        Assert.Equal(15, root.GetProperty("paths").GetArrayLength());
    }

    [Fact]
    public void Lesson_SavedModel_UsesItsWeightsAndSaysItsProbability()
    {
        using var place = new Workspace();
        place.TrainSmall("--cell", "lstm");
        using JsonDocument answer = JsonDocument.Parse(place.Run("predict", "model.safetensors", "not good", "--json").Out);
        CommandResult lesson = place.Run("lesson", "not good", "--model", "model.safetensors", "--json", "--label", "negative");
        Assert.True(lesson.Code == 0, lesson.Error);
        using JsonDocument document = JsonDocument.Parse(lesson.Out);
        double expected = answer.RootElement.GetProperty("probabilities").GetProperty("negative").GetDouble();
        Assert.Equal(expected, document.RootElement.GetProperty("probabilities")[0][0].GetDouble(), 1e-5);
        string text = place.Run("lesson", "not good", "--model", "model.safetensors").Out;
        Assert.Contains("No label was given", text, StringComparison.Ordinal);
        Assert.Contains("weight_hh_l0", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Lesson_Report_WritesAPage()
    {
        using var place = new Workspace();
        CommandResult result = place.Run("lesson", "a <script> b", "--report", "lesson.html");
        Assert.True(result.Code == 0, result.Error);
        Assert.Equal("", result.Out);
        Assert.Contains("Wrote lesson.html", result.Error, StringComparison.Ordinal);
        string page = File.ReadAllText(place.Path("lesson.html"));
        Assert.Contains("Lesson: a &lt;script&gt; b", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--step is 9; the sentence has 5 words", "--step", "9")]
    [InlineData("--hidden is 100", "--hidden", "100")]
    [InlineData("is none of elman, lstm, gru", "--cell", "sru")]
    [InlineData("cannot be combined", "--onehot", "--embedding", "3")]
    [InlineData("2 labels for a sentence of 5 words", "--label", "a,b")]
    [InlineData("--hidden is for fresh weights", "--hidden", "4", "--model", "x.safetensors")]
    [InlineData("is none of forward, backward, update", "--part", "sideways")]
    public void Lesson_WrongOptions_AreExplained(string message, params string[] options)
    {
        using var place = new Workspace();
        CommandResult result = place.Run(["lesson", Sentence, .. options]);
        Assert.Equal(2, result.Code);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    /// <summary>The numbers of the text, each on one line: "h_1[1] = tanh(...) = ... = 0.5".</summary>
    private static IEnumerable<string> Numbers(string text)
    {
        string? number = null;
        foreach (string line in text.Split('\n').Append(""))
        {
            bool begins = Beginning().IsMatch(line);
            bool goesOn = number is not null && line.StartsWith("     ", StringComparison.Ordinal);
            if (goesOn && !begins)
            {
                number += " " + line.Trim();
                continue;
            }

            if (number is not null) yield return number;
            number = begins ? line.Trim() : null;
        }
    }

    private static string WithoutFunction(string part) =>
        Functions().Replace(part, "").Replace("e-", "", StringComparison.Ordinal);

    /// <summary>A part: a function or not of a sum of products, perhaps divided.</summary>
    private static double Calculate(string part)
    {
        string divisor = "1";
        if (part.LastIndexOf(" / ", StringComparison.Ordinal) is var slash and >= 0)
        {
            (part, divisor) = (part[..slash], part[(slash + 3)..]);
        }

        string function = "";
        if (part.EndsWith(')') && part.IndexOf('(', StringComparison.Ordinal) is var bracket
            && (bracket == 0 || char.IsLetter(part[bracket - 1])) && !part[..bracket].Contains('*', StringComparison.Ordinal))
        {
            (function, part) = (part[..bracket], part[(bracket + 1)..^1]);
        }

        double sum = 0;
        string signed = part.Replace(" - ", " + ~", StringComparison.Ordinal);
        foreach (string term in signed.Split(" + "))
        {
            double product = term.StartsWith('~') ? -1 : 1;
            foreach (string factor in term.TrimStart('~').Split('*'))
            {
                product *= double.Parse(factor.Trim('(', ')'), CultureInfo.InvariantCulture);
            }

            sum += product;
        }

        sum /= double.Parse(divisor, CultureInfo.InvariantCulture);
        return function switch
        {
            "tanh" => Math.Tanh(sum),
            "sigmoid" => 1 / (1 + Math.Exp(-sum)),
            "exp" => Math.Exp(sum),
            "-ln" => -Math.Log(sum),
            "" => sum,
            _ => throw new InvalidOperationException($"Function {function} of {part}"),
        };
    }

    [GeneratedRegex(@"^    \S.* = ")]
    private static partial Regex Beginning();

    [GeneratedRegex("[A-Za-z]")]
    private static partial Regex Letters();

    [GeneratedRegex(@"^(tanh|sigmoid|exp|-ln)(?=\()")]
    private static partial Regex Functions();
}
