namespace Recurant.Tests.Optimizers;

public class ScheduleTests
{
    [Theory]
    [InlineData(ScheduleKind.Constant, 0.5, 1.0)]
    [InlineData(ScheduleKind.Constant, 1.0, 1.0)]
    [InlineData(ScheduleKind.Plateau, 1.0, 1.0)]
    [InlineData(ScheduleKind.Linear, 0.5, 0.505)]
    [InlineData(ScheduleKind.Linear, 1.0, 0.01)]
    [InlineData(ScheduleKind.Cosine, 0.5, 0.505)]
    [InlineData(ScheduleKind.Cosine, 0.25, 0.01 + 0.99 * 0.8535533905932737)]
    [InlineData(ScheduleKind.Cosine, 1.0, 0.01)]
    [InlineData(ScheduleKind.Constant, 0.0049, 0.5)]
    [InlineData(ScheduleKind.Constant, 0.0, 0.01)]
    public void Factor_KindAndProgress_IsTheDocumentedOne(ScheduleKind kind, double progress, double expected) =>
        Assert.Equal(expected, Schedule.Factor(kind, progress), 1e-6);

    [Fact]
    public void CosinePi_WholeRange_IsTheCosine()
    {
        for (int i = 0; i <= 1000; i++) Assert.Equal(Math.Cos(Math.PI * i / 1000), Schedule.CosinePi(i / 1000.0), 1e-8);
    }
}
