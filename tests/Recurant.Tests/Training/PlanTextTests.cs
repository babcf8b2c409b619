namespace Recurant.Tests.Training;

/// <summary>What makes two runs one and the same.</summary>
public class PlanTextTests
{
    private static readonly DataSize s_size = new(100, 2, 1000);

    /// <summary>Only a run that keeps checkpoints makes fingerprints; nothing is written before it begins.</summary>
    private static readonly CheckpointOptions s_checkpoint = new() { Directory = "never-made" };

    private static Dictionary<string, string> TextOf(TrainingOptions options) => PlanText
        .Of(TrainingPlan.For(options, s_size, vocabulary: 50), PlanContext.Default.TrainingPlan)
        .ToDictionary(item => item.Name, item => item.Value);

    [Fact]
    public void Of_APlan_HoldsWhatDecidesTheBits()
    {
        Dictionary<string, string> text = TextOf(new TrainingOptions { Clip = 0.5f, Seed = 7 });

        Assert.Equal("0.5", text["Clip"]);
        Assert.Equal("7", text["Dropout.Seed"]);
        Assert.Equal("Lstm", text["Recurrent.Cell"]);
        Assert.Equal("128", text["Recurrent.HiddenSize"]);
        Assert.Equal("Max", text["Pooling"]);
        Assert.Equal("50", text["VocabularySize"]);
        Assert.Equal("Linear", text["Schedule"]);
        foreach (string mayChange in new[] { "Budget", "Observers", "Options", "Stage" })
        {
            Assert.DoesNotContain(mayChange, text.Keys);
        }
    }

    /// <summary>Every property of a plan and a specification that is not marked otherwise; none has to be listed.</summary>
    [Theory]
    [InlineData(typeof(LearningPlan))]
    [InlineData(typeof(TrainingPlan))]
    [InlineData(typeof(ClassifierSpec))]
    [InlineData(typeof(RecurrentSpec))]
    [InlineData(typeof(DropoutPlan))]
    public void Of_APlan_HasEveryPropertyThatCanBeSet(Type type)
    {
        string[] names = [.. TextOf(new TrainingOptions()).Keys.Select(name => name.Split('.')[^1])];
        string[] without = ["Stage", "Budget", "Observers", "Options", "Spec", "Dropout", "Recurrent"];
        string[] missing = [.. type.GetProperties().Where(property => property.CanWrite && !without.Contains(property.Name))
            .Select(property => property.Name).Except(names)];

        Assert.True(missing.Length == 0, string.Join(", ", missing));
    }

    [Fact]
    public void Identity_OfTwoRuns_DiffersWhereClipOrRecomputeDo()
    {
        static string[] Of(TrainingOptions options) =>
            [.. PreparedData.Make(Reviews.Words(40, seed: 1), null, options with { Checkpoint = s_checkpoint }).Identity()
                .Select(item => $"{item}")];

        TrainingOptions plain = Reviews.Small with { Bidirectional = false, Optimizer = OptimizerKind.Sgd };
        string[] expected = Of(plain);
        Assert.Equal(expected, Of(plain with { Threads = 3, Budget = TimeSpan.FromHours(1) }));
        Assert.Equal(["(Clip, 0.25)"], Of(plain with { Clip = 0.25f }).Except(expected));
        Assert.Equal(["(Recompute, True)"], Of(plain with { Recompute = true }).Except(expected));
    }
}
