using Recurant.Tests.PublicApi;

namespace Recurant.Extensions.Tests.PublicApi;

public class PublicApiTests
{
    [Fact]
    public void Extensions_PublicApi_IsTheApprovedOne() => ApprovedApi.Check(
        typeof(RecurantOptions).Assembly, "tests/Recurant.Extensions.Tests/PublicApi/Recurant.Extensions.approved.txt");
}
