namespace Recurant.Tests.PublicApi;

/// <summary>The public API of the core, and the comparison itself.</summary>
public class PublicApiTests
{
    [Fact]
    public void Core_PublicApi_IsTheApprovedOne() =>
        ApprovedApi.Check(typeof(TextClassifier).Assembly, "tests/Recurant.Tests/PublicApi/Recurant.approved.txt");

    [Fact]
    public void Tensors_PublicApi_IsTheApprovedOne() => ApprovedApi.Check(
        typeof(Recurant.Tensors.TensorBatches).Assembly, "tests/Recurant.Tests/PublicApi/Recurant.Tensors.approved.txt");

    [Fact]
    public void Of_TheCore_HoldsTheFrontDoorAndNothingInternal()
    {
        string api = ApprovedApi.Of(typeof(TextClassifier).Assembly);

        Assert.Contains("public sealed class TextClassifier", api);
        Assert.DoesNotContain("namespace Recurant.Numerics", api);
        Assert.DoesNotContain('\r', api);
    }

    [Fact]
    public void FirstDifferences_ALineChanged_ShowsItOnceOnEachSide() => Assert.Equal(
        "They part at line 2:\n- b\n+ B\n", ApprovedApi.FirstDifferences("a\nb\nc\n", "a\nB\nc\n"));

    [Fact]
    public void FirstDifferences_ALineAdded_ShowsOnlyThatLine() => Assert.Equal(
        "They part at line 3:\n+ b\n", ApprovedApi.FirstDifferences("a\nb\nc\n", "a\nb\nb\nc\n"));

    [Fact]
    public void FirstDifferences_ManyLines_ShowsTheFirstAndCountsTheRest() => Assert.EndsWith(
        "+ 8\n+ ... and 12 more lines\n",
        ApprovedApi.FirstDifferences("x\n", string.Concat(Enumerable.Range(1, 20).Select(i => $"{i}\n")) + "x\n"));
}
