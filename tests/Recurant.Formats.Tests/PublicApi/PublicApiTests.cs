using Recurant.Tests.PublicApi;

namespace Recurant.Formats.Tests.PublicApi;

public class PublicApiTests
{
    [Fact]
    public void Formats_PublicApi_IsTheApprovedOne() => ApprovedApi.Check(
        typeof(TextDatasetReader).Assembly, "tests/Recurant.Formats.Tests/PublicApi/Recurant.Formats.approved.txt");
}
