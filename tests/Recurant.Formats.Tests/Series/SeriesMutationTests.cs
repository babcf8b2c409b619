using System.Text;
using Recurant.Tests.Mutations;

namespace Recurant.Formats.Tests;

/// <summary>
/// Tables of numbers that are changed at random are read, or refused with a documented fault that names the file.
/// </summary>
public sealed class SeriesMutationTests : SeriesFiles
{
    private const int UsualCount = 3000;

    [Fact]
    public void Read_ChangedTables_GivesDataOrADocumentedFault()
    {
        (string Name, byte[] Content, SeriesFormatOptions Options)[] cases = [.. Cases()];
        int read = 0;
        int count = MutationRun.Count(UsualCount);
        for (int i = MutationRun.First; i < MutationRun.First + count; i++)
        {
            (string name, byte[] content, SeriesFormatOptions options) = cases[i % cases.Length];
            byte[] changed = Mutator.Change(content, cases[(i / cases.Length) % cases.Length].Content, new Random(i));
            string path = Write(name, changed);
            read += MutationRun.Succeeds(name, i, Path.GetFileName(path), () =>
            {
                SeriesFile file = SeriesReader.Read(path, options);
                if (file.Times is { } times && file.Table.Axis is { } axis)
                {
                    times.Write(file.Table.InstantOf(file.Table.Rows - 1), axis);
                }
            }) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1); // some changes do no harm, and some do
    }

    private static IEnumerable<(string Name, byte[] Content, SeriesFormatOptions Options)> Cases()
    {
        var none = new SeriesFormatOptions();
        byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
        yield return ("a.csv",
            Text("id,date,y,k\na,2024-01-31,1.5,x\na,2024-02-29,NA,y\nb,2024-01-31,-3e2,x\nb,2024-02-29,4,z\n"), none);
        yield return ("b.csv", Text("Datum;Wert\n01.02.2024 10:00;5.840,72\n01.02.2024 11:00;19,5\n01.02.2024 12:00;7\n"),
            new SeriesFormatOptions { TimeZone = "Europe/Berlin", Duplicates = DuplicateRows.Mean });
        yield return ("c.csv", Text("timestamp,x\n1664445000123.0,1\n1664445000322.5,2\n1664445000522.5,3\n"), none);
        yield return ("d.txt", Text("1 1 0.5 7\n1 2 0.25 8\n2 1 1 9\n2 2 3 4\n"), none);
        yield return ("e.csv",
            Text("\"V1\",\"V2\",\"V3\",\"V4\",\"V5\",\"V6\",\"V7\",\"V8\",\"V9\"\n\"H1\",1,2,3,4,5,6,7,8\nH2,1,2,3\n"),
            none);
        yield return ("f.jsonl",
            Text("{\"t\":\"2024-01-01T10:00:00Z\",\"s\":{\"x\":1}}\n{\"t\":\"2024-01-01T11:00:00Z\",\"s\":{\"x\":2}}\n"),
            none);
        yield return ("g.ts", Text("@problemName x\n@timeStamps false\n@classLabel true a b\n@data\n1,2,?:3,4,5:a\n1,2:3,4:b\n"),
            none);
        yield return ("h.ts", Text("@timeStamps true\n@targetLabel true\n@data\n(2024-01-01 00:00:00,1),(2024-01-01 "
            + "00:01:00,2):0.5\n"),
            none);
        yield return ("i.tsf", Text("@relation x\n@attribute series_name string\n@attribute start_timestamp date\n@frequency "
            + "monthly\n@data\nT1:1979-01-31 00-00-00:1,?,3\nT2:1979-03-31 00-00-00:4,5\n"), none);
        yield return ("j.arff", Text("@relation x\n@attribute rel relational\n@attribute t0 numeric\n@end rel\n@attribute class "
            + "{a,b}\n@data\n'1,2\\n3,4',a\n'5,?\\n7,8',b\n"), none);
        yield return ("k.idx", [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6], none);
        yield return ("l.csv", Text("year,month,day,hour,x\n2010,1,1,22,1\n2010,1,1,23,2\n2010,1,2,0,3\n"), none);
        yield return ("m.csv", Text("date,y,k\n2024-01-01,1,a\n2024-01-02,2,b\n"), new SeriesFormatOptions
        {
            Label = "k", Targets = ["y"], Expected = [new("k", ["a"]), new("y")],
        });
    }
}
