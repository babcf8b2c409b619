using System.Text.RegularExpressions;

namespace Recurant.Tests.Architecture;

/// <summary>
/// The rooms of the core stand on floors, and a room uses only rooms on lower floors: never one above it, never one
/// beside it. A new room has to be given its floor here.
/// </summary>
public class RoomTests
{
    private static readonly Dictionary<string, int> s_floors = new()
    {
        ["Numerics"] = 0,
        ["Telemetry"] = 0,
        ["Parameters"] = 1,
        ["Data"] = 1,
        ["Cells"] = 2,
        ["Losses"] = 2,
        ["Optimizers"] = 2,
        ["Layers"] = 3,
        ["Inputs"] = 4,
        ["Feeds"] = 4,
        ["Bodies"] = 5,
        ["Heads"] = 6,
        ["Models"] = 7,
        ["Storage"] = 8,
        ["Training"] = 9,
        ["Inference"] = 9,
        ["Insight"] = 10,
        ["Tasks"] = 11,
        [""] = 12, // the front door: TextClassifier
    };

    private static readonly List<(string From, string To, string Where)> s_arrows = [.. Arrows()];

    [Fact]
    public void Rooms_All_HaveAFloor()
    {
        IEnumerable<string> rooms = typeof(FloatBuffer).Assembly.GetTypes()
            .Select(CompiledReferences.RoomOf).OfType<string>().Distinct();
        Assert.All(rooms, room => Assert.True(
            room == "Reference" || s_floors.ContainsKey(room), $"The room {room} has no floor."));
    }

    [Fact]
    public void Arrows_BetweenRooms_RunDown()
    {
        // Without these the reading of the assembly would be broken, and the test could not fail.
        Assert.Contains(s_arrows, arrow => arrow is { From: "Cells", To: "Numerics" });
        Assert.Contains(s_arrows, arrow => arrow is { From: "Layers", To: "Cells" });
        Assert.Contains(s_arrows, arrow => arrow is { From: "Models", To: "Layers" });

        string[] wrong = [.. s_arrows
            .Where(arrow => arrow.From != "Reference" && arrow.To != "Reference" && s_floors[arrow.From] <= s_floors[arrow.To])
            .Select(arrow => $"{arrow.From} uses {arrow.To} in {arrow.Where}").Distinct()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Reference_DependsOnNothingAndOnlyInsightUsesIt()
    {
        string[] wrong = [.. s_arrows
            .Where(arrow => arrow.From == "Reference" || (arrow.To == "Reference" && arrow.From != "Insight"))
            .Select(arrow => $"{arrow.From} uses {arrow.To} in {arrow.Where}").Distinct()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        Assert.Contains(typeof(FloatBuffer).Assembly.GetTypes(), type => CompiledReferences.RoomOf(type) == "Reference");
    }

    /// <summary>
    /// A room that serves every task names trained models, training tasks and recurrent parts, but no model, specification or
    /// network of one task.
    /// </summary>
    [Theory]
    [InlineData("Training")]
    [InlineData("Inference")]
    [InlineData("Storage")]
    [InlineData("Insight")]
    public void Rooms_OfAllTasks_NameNoClassOfOne(string room)
    {
        string[] wrong = [.. CompiledReferences.Of(typeof(FloatBuffer).Assembly)
            .Where(each => CompiledReferences.RoomOf(each.User) == room && IsOfATask(each.Used))
            .Select(each => $"{each.Member} names {each.Used.Name}").Distinct()];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
        Assert.True(IsOfATask(typeof(ClassifierModel)) && IsOfATask(typeof(TaggerSpec)) && IsOfATask(typeof(RecurrentNetwork)));
    }

    private static bool IsOfATask(Type type) => CompiledReferences.RoomOf(type) == "Models" && type != typeof(TrainedModel)
        && (typeof(TrainedModel).IsAssignableFrom(type) || type.Name.EndsWith("Spec", StringComparison.Ordinal)
            || type.Name.EndsWith("Network", StringComparison.Ordinal) || type.Name.EndsWith("Memory", StringComparison.Ordinal));

    [Fact]
    public void Core_References_NothingButDotNet()
    {
        Assert.All(
            typeof(FloatBuffer).Assembly.GetReferencedAssemblies(),
            reference => Assert.True(reference.Name!.StartsWith("System.", StringComparison.Ordinal),
                $"{reference.Name} is not part of .NET."));
    }

    /// <summary>
    /// Raw memory is for Numerics alone. MemoryMarshal.AsBytes and Cast between spans of numbers are checked by .NET and
    /// free for all.
    /// </summary>
    [Fact]
    public void Sources_OutsideNumerics_HaveNoUnsafeCode() =>
        AssertAbsent(@"\bunsafe\b|\bUnsafe\.|\bMemoryMarshal\.(?!AsBytes\b|Cast\b)|\bNativeMemory\b|\bstackalloc\b.*\*",
            exceptRoom: "Numerics");

    [Theory]
    [InlineData(@"\bDateTime(Offset)?\.Now\b")]
    [InlineData(@"\bRandom\.Shared\b|\bnew Random\(\)")]
    [InlineData(@"\bConsole\.|\busing static System\.Console\b")]
    public void Sources_OfTheCore_DoNotUse(string banned) => AssertAbsent(banned, exceptRoom: null);

    private static void AssertAbsent(string pattern, string? exceptRoom)
    {
        Regex banned = new(pattern);
        string core = Path.Combine(Repository.Root, "src", "Recurant");
        string[] skipped = [.. new[] { exceptRoom, "bin", "obj" }.OfType<string>()
            .Select(room => Path.Combine(core, room) + Path.DirectorySeparatorChar)];
        string[] files = [.. Directory.EnumerateFiles(core, "*.cs", SearchOption.AllDirectories)
            .Where(file => !skipped.Any(room => file.StartsWith(room, StringComparison.Ordinal)))];
        Assert.True(files.Length > 20, $"Only {files.Length} source files found in {core}.");
        List<string> wrong = [];
        foreach (string file in files)
        {
            string[] lines = File.ReadAllLines(file);
            for (int i = 0; i < lines.Length; i++)
            {
                string code = lines[i].Split("//")[0];
                if (banned.IsMatch(code)) wrong.Add($"{Path.GetRelativePath(core, file)}({i + 1}): {code.Trim()}");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<(string From, string To, string Where)> Arrows()
    {
        foreach ((Type user, Type used, string member) in CompiledReferences.Of(typeof(FloatBuffer).Assembly))
        {
            if (used.Assembly == user.Assembly
                && CompiledReferences.RoomOf(user) is { } from && CompiledReferences.RoomOf(used) is { } to && from != to)
            {
                yield return (from, to, member);
            }
        }
    }
}
