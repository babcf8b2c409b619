namespace Recurant.Formats.Tests;

/// <summary>Numbers are told from texts.</summary>
public sealed class SeriesDetectionTests : SeriesFiles
{
    [Theory]
    [InlineData("d.csv", "date,sales\n", "2024-01-{0},1.{0}", "CSV, numbers over time (time \"date\")")]
    [InlineData("d.csv", "", "{0}.03.2024;1,{0}", "CSV with semicolons, numbers over time (time \"c1\")")]
    [InlineData("d.csv", "id,t,x\n", "a,{0},1.5", "CSV, numbers over time (time \"t\"), series \"id\"")]
    [InlineData("d.csv", "a,b\n", "{0}.5,1.{0}", "CSV, rows of numbers")]
    [InlineData("d.csv", "a,b,label\n", "{0}.5,1.{0},walk", "CSV, rows of numbers")]
    [InlineData("d.txt", "", "{0}", "CSV, rows of numbers")]
    [InlineData("d.txt", "", "{0} 0.5 -1.25  ", "columns between blanks, rows of numbers")]
    [InlineData("d.jsonl", "", "{\"time\":\"2024-01-01T10:{0}:00Z\",\"x\":{0}.5}", "JSON lines, numbers over time (time "
        + "\"time\")")]
    [InlineData("d.csv", "date,city,temp\n", "2024-01-{0},New York,1.{0}", "CSV, numbers over time (time \"date\"), series "
        + "\"city\"")]
    public void Detect_Numbers_AreSeries(string name, string header, string row, string expected) => Assert.Equal(
        new DetectedData(DataKind.Series, expected), DataDetector.Detect(Write(name, header
            + Rows(18, i => row.Replace("{0}", $"{i}"), 10))));

    [Theory]
    [InlineData("d.csv", "text,label\n", "some words here {0},{1}")]
    [InlineData("d.csv", "label,text\n", "{1},word{0}")]
    [InlineData("d.csv", "date,review,stars\n", "2024-01-{0},a fine thing number {0},{1}")]
    [InlineData("d.tsv", "", "{1}\tsome words here {0}")]
    [InlineData("d.jsonl", "", "{\"text\":\"some words {0}\",\"label\":{1}}")]
    [InlineData("d.csv", "id,date,message,level\n", "{0},2024-01-{0},the message {0} came,L{1}")]
    public void Detect_TextsWithNumbersBeside_AreLabelledTexts(string name, string header, string row)
    {
        string content = header + Rows(18, i => row.Replace("{0}", $"{i}").Replace("{1}", $"{i % 2}"), 10);
        Assert.Equal(DataKind.LabelledTexts, DataDetector.Detect(Write(name, content)).Kind);
    }

    [Fact]
    public void Detect_TextColumnNamed_IsNoSeries()
    {
        string path = Write("d.csv", "x,label\n" + Rows(20, i => $"{i}.5,{i % 2}"));
        Assert.Equal(DataKind.Series, DataDetector.Detect(path).Kind);
        var options = new TextFormatOptions { TextColumn = "x", LabelColumn = "label" };
        Assert.Equal(DataKind.LabelledTexts, DataDetector.Detect(path, options).Kind);
    }

    [Theory]
    [InlineData("d.ts", "@problemName x\n@data\n1,2,3:a\n", DataKind.Series)]
    [InlineData("d.ts", "export const a = 1;\nfunction b() {\n  return a;\n}\n", DataKind.PlainText)]
    [InlineData("d.tsf", "@relation x\n@attribute series_name string\n@data\nT1:1,2\n", DataKind.Series)]
    [InlineData("d.arff", "% c\n@relation x\n@attribute a numeric\n@data\n1\n", DataKind.Series)]
    public void Detect_FilesOfArchives_AreSeries(string name, string content, DataKind kind) =>
        Assert.Equal(kind, DataDetector.Detect(Write(name, content)).Kind);

    [Fact]
    public void Detect_Directories_AreToldByTheirFiles()
    {
        Write("a/walk/1.csv", "x,y\n1,2\n2,3\n3,4\n");
        Write("a/run/1.csv", "x,y\n1,2\n2,3\n3,4\n");
        Assert.Equal(
            new DetectedData(DataKind.Series, "a sequence of numbers a file, each with a label") { HasLabels = true },
            DataDetector.Detect(Path.Combine(Root, "a")));
        Write("b/pos/1.txt", "some words");
        Write("b/neg/1.txt", "other words");
        Assert.Equal(DataKind.LabelledTexts, DataDetector.Detect(Path.Combine(Root, "b")).Kind);
    }
}
