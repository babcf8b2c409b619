using Recurant.Tests.PublicApi;

namespace Recurant.Reports.Tests.PublicApi;

public class PublicApiTests
{
    [Fact]
    public void Reports_PublicApi_IsTheApprovedOne() => ApprovedApi.Check(
        typeof(HtmlPage).Assembly, "tests/Recurant.Reports.Tests/PublicApi/Recurant.Reports.approved.txt");
}
