using CsCheck;

namespace Recurant.Tests.Data;

public class DatasetTests
{
    [Fact]
    public void Labels_OfAnyOrder_AreDistinctAndOrdinal()
    {
        TextDataset data = TextDataset.FromPairs([("x", "pos"), ("y", "Neg"), ("z", "pos"), ("w", "neg")]);
        Assert.Equal(["Neg", "neg", "pos"], data.Labels);
        Assert.Equal(4, data.Count);
        Assert.Equal(new TextExample("z", "pos", 3), data.Examples[2]);
        Assert.Empty(data.Warnings);
    }

    [Fact]
    public void Stratified_DistinctTexts_KeepsTheShareOfEachLabel()
    {
        TextDataset data = Rows(("a", 600), ("b", 300), ("c", 100));
        (TextDataset first, TextDataset second) = DatasetSplit.Stratified(data, 0.1, seed: 1);
        Assert.Equal(60, second.Examples.Count(example => example.Label == "a"));
        Assert.Equal(30, second.Examples.Count(example => example.Label == "b"));
        Assert.Equal(10, second.Examples.Count(example => example.Label == "c"));
        Assert.Equal(900, first.Count);
        Assert.Equal(first.Examples.OrderBy(example => example.Line), first.Examples);
        Assert.Equal(data.Examples, first.Examples.Concat(second.Examples).OrderBy(example => example.Line));
    }

    [Fact]
    public void Stratified_ManySmallLabels_StillFillsTheSecondPart()
    {
        TextDataset data = Rows([.. Enumerable.Range(0, 50).Select(k => ($"label{k:00}", 4))]);
        Assert.Equal(20, DatasetSplit.Stratified(data, 0.1, seed: 1).Second.Count);
    }

    [Fact]
    public void Stratified_SeedGiven_DecidesTheChoice()
    {
        TextDataset data = Rows(("a", 50), ("b", 50));
        string[] Chosen(ulong seed) => [.. DatasetSplit.Stratified(data, 0.2, seed).Second.Examples.Select(e => e.Text)];
        Assert.Equal(Chosen(1), Chosen(1));
        Assert.NotEqual(Chosen(1), Chosen(2));

        // The choice itself is part of what a saved run relies on: it must not change from one version to the next.
        Assert.Equal(
            [9, 16], DatasetSplit.Stratified(Rows(("a", 10), ("b", 10)), 0.1, seed: 1).Second.Examples.Select(e => e.Line));
    }

    [Fact]
    public void Stratified_AnyData_KeepsItsPromises()
    {
        Gen<(string Text, string Label)[]> rows =
            Gen.Select(Gen.Int[0, 30], Gen.Int[0, 3], (text, label) => ($"t{text}", $"l{label}")).Array[0, 60];
        Gen.Select(rows, Gen.Double[0, 0.95], Gen.ULong).Sample((pairs, fraction, seed) =>
        {
            TextDataset data = TextDataset.FromPairs(pairs);
            (TextDataset first, TextDataset second) = DatasetSplit.Stratified(data, fraction, seed);
            Assert.Equal(data.Labels, first.Labels);
            Assert.Empty(first.Examples.Select(e => e.Text).Intersect(second.Examples.Select(e => e.Text)));
            Assert.Equal(data.Examples, first.Examples.Concat(second.Examples).OrderBy(example => example.Line));
        });
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.NaN)]
    public void Stratified_FractionOutOfRange_Throws(double fraction) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => DatasetSplit.Stratified(Rows(("a", 3)), fraction, 1));

    [Fact]
    public void ForTraining_GoodData_Passes() =>
        DatasetChecks.ForTraining(Rows(("a", 2), ("b", 2)));

    [Fact]
    public void ForTraining_LabelOnce_NamesLabelAndLine()
    {
        var data = new TextDataset("reviews.tsv", [new("x", "a", 2), new("y", "b", 3), new("z", "a", 4), new("w", "c", 5)]);
        string message = Assert.Throws<InvalidDataException>(() => DatasetChecks.ForTraining(data)).Message;
        Assert.StartsWith("reviews.tsv, line 3: the label \"b\" occurs only once. At least 2 examples", message);
        Assert.Contains("(One more label occurs only once.)", message);
    }

    [Fact]
    public void ForTraining_LabelOnceInADirectory_NamesItsFile()
    {
        TextExample[] examples = [new("x", "a", 1) { File = "d/a/1.txt" }, new("y", "b", 1) { File = "d/b/1.txt" }];
        string message = Assert.Throws<InvalidDataException>(
            () => DatasetChecks.ForTraining(new TextDataset("d", examples))).Message;
        Assert.StartsWith("d/a/1.txt, line 1:", message);
    }

    [Fact]
    public void ForTraining_OneLabel_SaysSo()
    {
        string message = Assert.Throws<InvalidDataException>(() => DatasetChecks.ForTraining(Rows(("good", 5)))).Message;
        Assert.Contains("all 5 rows have the label \"good\"", message);
        Assert.Contains("no examples", Assert.Throws<InvalidDataException>(() => DatasetChecks.ForTraining(Rows())).Message);
    }

    [Fact]
    public void TestLabelsKnown_NewLabel_NamesFileLineAndLabels()
    {
        var test = new TextDataset("test.tsv", [new("x", "a", 1), new("y", "B", 2)]);
        string message = Assert.Throws<InvalidDataException>(
            () => DatasetChecks.TestLabelsKnown(Rows(("a", 2), ("b", 2)), test)).Message;
        Assert.StartsWith(
            "test.tsv, line 2: the label \"B\" never occurs in the training data, whose labels are \"a\", \"b\".", message);
        DatasetChecks.TestLabelsKnown(["a", "B"], test);
    }

    [Fact]
    public void Hash_ReferenceStream_GivesThePublishedNumbers()
    {
        // The first outputs of splitmix64 for seed 1234567, as listed by Rosetta Code's "Pseudo-random numbers/Splitmix64".
        ulong[] expected =
        [
            6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821,
        ];
        Assert.Equal(expected, Enumerable.Range(0, 5).Select(i => SplitMix64.Hash(1234567, i)));
    }

    private static TextDataset Rows(params (string Label, int Count)[] labels) =>
        TextDataset.FromPairs(labels.SelectMany(
            label => Enumerable.Range(0, label.Count).Select(i => ($"{label.Label} {i}", label.Label))));
}
