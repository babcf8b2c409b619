using System.Text.Json;
using Xunit;

namespace Recurant.Cli.Tests;

/// <summary>What the memory of a command on a large file rests on.</summary>
public class MemoryTests
{
    [Fact]
    public void RuntimeOptions_OfTheCommand_CloseGapsInTheHeap()
    {
        string file = Path.Combine(AppContext.BaseDirectory, "Recurant.Cli.runtimeconfig.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        JsonElement properties = document.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");
        Assert.Equal(7, properties.GetProperty("System.GC.ConserveMemory").GetInt32());
        Assert.False(properties.GetProperty("System.GC.Concurrent").GetBoolean());
    }
}
