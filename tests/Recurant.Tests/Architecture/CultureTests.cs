using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Recurant.Tests.Architecture;

/// <summary>
/// What the compiler does not warn of: texts that are made of numbers without saying in which culture. Where a culture is asked
/// for, the analysers do (CA1304, CA1305, CA1310, CA1311: errors in .editorconfig).
/// </summary>
public class CultureTests
{
    private static readonly Type[] s_numbers =
        [typeof(float), typeof(double), typeof(decimal), typeof(int), typeof(long), typeof(short), typeof(sbyte), typeof(Half)];

    /// <summary>"a" + 0.5 calls Double.ToString(), and StringBuilder.Append(0.5) does the same.</summary>
    [Fact]
    public void Core_MakesNoTextOfANumber_WithoutACulture()
    {
        string[] wrong = [.. CompiledReferences.Calls(typeof(FloatBuffer).Assembly)
            .Where(call => IsCultural(call.Called))
                .Select(call => $"{call.Member} calls {call.Called.DeclaringType!.Name}.{call.Called}")
            .Distinct()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        // Without these the reading of the assembly would be broken, and the test could not fail.
        Assert.Contains(CompiledReferences.Calls(typeof(CultureTests).Assembly), call => IsCultural(call.Called)
            && call.Member.Contains(nameof(Careless), StringComparison.Ordinal));
    }

    internal static string Careless(double value) => "a" + value + new StringBuilder().Append(value);

    private static bool IsCultural(MethodBase called)
    {
        Type? type = called.DeclaringType;
        ParameterInfo[] parameters = called.GetParameters();
        if (called.Name == "ToString" && parameters.Length == 0) return s_numbers.Contains(type);
        bool takesNumber = parameters.Length == 1 && s_numbers.Contains(parameters[0].ParameterType);
        return takesNumber && (type == typeof(StringBuilder) || typeof(TextWriter).IsAssignableFrom(type))
            && called.Name is "Append" or "Write" or "WriteLine";
    }

    /// <summary>
    /// What the compiler writes for a record prints fractions as the culture does, so each says itself how it is printed.
    /// </summary>
    [Fact]
    public void PublicRecords_WithFractions_PrintThemSelves()
    {
        Type[] records = [.. typeof(FloatBuffer).Assembly.GetExportedTypes()
            .Where(type => type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null)];
        Assert.True(records.Length > 80, $"{records.Length} records");
        string[] wrong = [.. records.Where(type => HasFraction(type, records) && IsGenerated(type)).Select(type => type.Name)];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    private static bool IsGenerated(Type type) =>
        type.GetMethod("ToString", Type.EmptyTypes)!.IsDefined(typeof(CompilerGeneratedAttribute));

    private static bool HasFraction(Type type, Type[] records) => type.GetProperties().Any(property =>
    {
        Type kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        return kind == typeof(float) || kind == typeof(double)
            || (records.Contains(kind) && kind != type && HasFraction(kind, records));
    });

    [Fact]
    public void Interpolation_OfTheLibrary_IsInvariantInEveryCulture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "minus ";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("minus 0,5", (-0.5).ToString(CultureInfo.CurrentCulture));
            Assert.Contains("Clip is -0.5;", Assert.Throws<ArgumentException>(
                new Recurant.Tasks.TrainingOptions { Clip = -0.5f }.Validate).Message);
            Assert.Contains("-0.5", new Recurant.Insight.CalibrationBin(-0.5, 0, 1, 0, 0).ToString());
            Assert.Contains("ForgetBias is -∞;".Replace("∞", "Infinity"), Assert.Throws<ArgumentException>(
                new Recurant.Models.LanguageModelSpec { VocabularySize = 2,
                    Recurrent = new RecurrentSpec
                    {
                        ForgetBias = float.NegativeInfinity, HiddenSize = 256,
                    } }.Validate).Message);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
