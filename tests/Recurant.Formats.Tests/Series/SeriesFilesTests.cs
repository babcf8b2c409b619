using Parquet;
using Parquet.Schema;

namespace Recurant.Formats.Tests;

/// <summary>Formats besides lines, and several files.</summary>
public sealed class SeriesFilesTests : SeriesFiles
{
    [Fact]
    public void Read_JsonLines_KeysAreColumns()
    {
        SeriesFile file = Read("d.jsonl", "{\"ts\":\"2024-01-01T10:00:00Z\",\"s\":{\"t\":1.5},\"k\":\"a\"}\n"
            + "{\"ts\":\"2024-01-01T11:00:00Z\",\"k\":\"b\"}\n"
            + "{\"ts\":\"2024-01-01T12:00:00Z\",\"s\":{\"t\":-3e2},\"k\":\"a\"}\n");
        Assert.Equal(("1.5 - -300", "a b a"), (Values(file, "s.t"), Values(file, "k")));
        Assert.Equal("2024-01-01T13:00:00Z", Next(file, 1));
    }

    [Fact]
    public async Task Read_Parquet_ReadsNumbersTimesAndWords()
    {
        var schema = new ParquetSchema(
            new DataField<DateTime>("when"), new DataField<double>("x"), new DataField<int?>("n"),
            new DataField<string>("who"));
        string path = Path.Combine(Root, "d.parquet");
        await using (FileStream stream = File.Create(path))
        await using (ParquetWriter writer = await ParquetWriter.CreateAsync(schema, stream))
        {
            for (int group = 0; group < 2; group++)
            {
                using ParquetRowGroupWriter rows = writer.CreateRowGroup();
                DateTime day = new(2024, 1, 1 + (2 * group), 0, 0, 0, DateTimeKind.Utc);
                await rows.WriteAsync<DateTime>(schema.DataFields[0], new[] { day, day.AddDays(1) });
                await rows.WriteAsync<double>(schema.DataFields[1], new[] { 0.5 + group, double.NaN });
                await rows.WriteAsync<int>(schema.DataFields[2], new int?[] { 7, null });
                await rows.WriteAsync(schema.DataFields[3], new[] { "a", "b" });
            }
        }

        SeriesFile file = SeriesReader.Read(path);
        Assert.Equal(("0.5 - 1.5 -", "7 - 7 -", "a b a b"), (Values(file, "x"), Values(file, "n"), Values(file, "who")));
        Assert.Equal(new TimeRule(TimeUnit.Days, 1), file.Table.Axis!.Rule);
        Assert.StartsWith("Parquet, time \"when\" (daily, 4 steps)", file.Description);
        Assert.Equal(DataKind.Series, DataDetector.Detect(path).Kind);
    }

    [Fact]
    public void Read_DamagedParquet_IsRefused()
    {
        string path = Write("d.parquet", "PAR1 and nothing that belongs behind it PAR1");
        Assert.Contains("the Parquet file is damaged", Assert.Throws<InvalidDataException>(() =>
            SeriesReader.Read(path)).Message);
    }

    [Fact]
    public void Read_FlatArff_HasASequenceARow()
    {
        string head = "% UCR\n@relation x\n" + Rows(9, i => $"@attribute att{i + 1} numeric")
            + "@attribute target {1,2}\n\n@data\n";
        SeriesFile file = Read("d.arff", head + "1,2,3,4,5,6,7,8,9,1\n9,8,7,?,5,4,3,2,1.5,2\n");
        Assert.Equal(("1 9, 2 9", "target", true), (Spans(file), file.LabelColumn, file.LabelIsConstant));
        Assert.Equal("9 8 7 - 5 4 3 2 1.5", Values(file, "value", 1));
        Assert.Equal(["1", "2"], file.Table.Columns[file.Table.IndexOf("target")].Categories);
    }

    [Fact]
    public void Read_RelationalArff_HasDimensionsInLines()
    {
        SeriesFile file = Read("d.arff", "@relation x\n@attribute rel relational\n@attribute t0 numeric\n@attribute t1 "
            + "numeric\n@end rel\n@attribute class {a,b}\n@data\n'1,2\\n3,4',a\n'5,?\\n7,8',b\n");
        Assert.Equal(("1 2, 2 2", "1 2 5 -", "3 4 7 8"), (Spans(file), Values(file, "dim1"), Values(file, "dim2")));
        Assert.Equal("a a b b", Values(file, "class"));
    }

    [Fact]
    public void Read_FolderALabel_HasASequenceAFile()
    {
        Write("d/walk/1.csv", "t,x\n0,1\n1,2\n2,3\n");
        Write("d/walk/2.csv", "t,x\n0,4\n1,5\n");
        Write("d/run/1.csv", "t,x\n0,6\n1,7\n");
        SeriesFile file = SeriesReader.Read(Path.Combine(Root, "d"));
        Assert.Equal("run/1.csv 2, walk/1.csv 3, walk/2.csv 2", Spans(file));
        Assert.Equal(("6 7 1 2 3 4 5", "run run walk walk walk walk walk"), (Values(file, "x"), Values(file, "label")));
        Assert.Equal(("label", true, "file"), (file.LabelColumn, file.LabelIsConstant, file.IdColumn));
    }

    [Fact]
    public void Read_FilesWithAManifest_HaveItsLabels()
    {
        Write("d/a.txt", "1 2\n3 4\n");
        Write("d/b.txt", "5 6\n");
        Write("d/labels.csv", "name,label\na,up\nb.txt,down\n");
        SeriesFile file = SeriesReader.Read(Path.Combine(Root, "d"));
        Assert.Equal(("a.txt 2, b.txt 1", "1 3 5", "up up down"), (Spans(file), Values(file, "c1"), Values(file, "label")));
    }

    [Fact]
    public void Read_FilesOfOtherColumns_NamesThem()
    {
        Write("d/a.csv", "x,y\n1,2\n2,3\n");
        Write("d/b.csv", "x,z\n1,2\n2,3\n");
        string message = Short(Assert.Throws<InvalidDataException>(() => SeriesReader.Read(Path.Combine(Root, "d"))).Message);
        Assert.Equal(
            "d/b.csv: its columns are \"x\", \"z\"; those of d/a.csv are expected: \"x\", \"y\", \"file\".",
            message.Replace(Root + "/", "").Replace('\\', '/'));
    }

    [Fact]
    public void Read_SeveralFiles_GoOnOneInTheOther()
    {
        DataFile[] files = [Write("a.csv", "date,y\n2024-01-01,1\n2024-01-02,2\n"),
            Write("b.csv", "date,y\n2024-01-03,3\n2024-01-04,4\n")];
        SeriesFile file = SeriesReader.Read(files);
        Assert.Equal(("4", "1 2 3 4"), (Spans(file), Values(file, "y")));
        files[1] = Write("b.csv", "date,y\n2024-01-01,3\n2024-01-02,4\n");
        Assert.Equal("a.csv 2, b.csv 2", Spans(SeriesReader.Read(files)));
    }

    [Fact]
    public void Read_FoldersOfImages_AreSequences()
    {
        byte[] png = Convert.FromBase64String(
            "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNg+A8AAQIBAEK+vGgAAAAASUVORK5CYII=");
        Write("d/one/1.png", png);
        Write("d/two/1.png", png);
        SeriesFile file = SeriesReader.Read(Path.Combine(Root, "d"));
        Assert.Equal("one/1.png 1, two/1.png 1", Spans(file));
        Assert.Equal(["pixel1", "pixel2", "label"], file.Table.Columns.Select(column => column.Name));
    }

    [Fact]
    public void Read_Gzip_IsUnpacked()
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest,
            leaveOpen: true))
        {
            gzip.Write("@problemName x\n@univariate true\n@classLabel true a b\n@data\n1,2:a\n3,4:b\n"u8);
        }

        SeriesFile file = SeriesReader.Read(Write("d.ts.gz", packed.ToArray()));
        Assert.Equal(("1 2 3 4", "a a b b"), (Values(file, "value"), Values(file, "label")));
    }
}
