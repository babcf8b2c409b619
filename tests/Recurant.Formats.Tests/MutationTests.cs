using System.Text;
using Recurant.Tests.Mutations;

namespace Recurant.Formats.Tests;

/// <summary>
/// Good files of every kind, changed at random from a fixed seed, read by every reader: what comes is data or a documented
/// fault that names the file, soon and within bounded memory. RECURANT_MUTATIONS=1000000 tries so many in all.
/// </summary>
[Trait("Mutates", "files")]
public sealed class MutationTests : TemporaryFiles
{
    private const int UsualCount = 20_000;

    [Fact]
    public void Read_MutatedFiles_GiveDataOrADocumentedFault()
    {
        MutationCase[] cases = [.. Cases()];
        foreach (MutationCase one in cases) one.Read(Write(one.Name, one.Content)); // the good file is good
        int read = 0;
        int count = MutationRun.Count(UsualCount);
        for (int i = MutationRun.First; i < MutationRun.First + count; i++)
        {
            MutationCase one = cases[i % cases.Length];
            byte[] content = Mutator.Change(one.Content, cases[(i / cases.Length) % cases.Length].Content, new Random(i));
            string path = Write(one.Name, content);
            read += MutationRun.Succeeds(one.Name, i, Path.GetFileName(path), () => one.Read(path)) ? 1 : 0;
        }

        Assert.InRange(read, 1, count - 1); // some changes do no harm, and some do
    }

    private IEnumerable<MutationCase> Cases()
    {
        const string Rows = "text,label\n\"good, really\",pos\nbad,neg\ncaf\u00E9 \U0001F600,pos\n\"two\nlines\",neg\n";
        static void Labelled(string path)
        {
            DataDetector.Detect(path);
            TextDatasetReader.Read(path);
            TextDatasetReader.Detect(path);
        }

        static void Any(string path)
        {
            DataDetector.Detect(path);
            PlainTextReader.Read(path);
        }

        byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
        yield return new("a.csv", Text(Rows), Labelled);
        yield return new("a.tsv", Text("text\tlabel\ngood\tpos\n\"a \"\"b\"\"\"\tneg\nc\tpos\n"), Labelled);
        yield return new(
            "a.jsonl", Text("{\"text\":\"a \\u00e9\",\"label\":1}\n{\"text\":\"b\",\"label\":true,\"x\":[1,{}]}\n"), Labelled);
        yield return new("a.ft", Text("__label__pos good one\n__label__neg bad one\n"), Labelled);
        yield return new("a.label", Text("NUM:dist How far is it?\nDESC:def What is it?\n"), Labelled);
        yield return new("a.conll", Text("# c\nThe DT B-NP\ndog NN I-NP\n\n-DOCSTART- -X- O\n\na DT O\n"),
            path => TaggedDatasetReader.Read(path));
        yield return new(
            "a.conllu",
            Text("# text = x\n1-2\tdu\t_\t_\t_\t_\t_\t_\t_\t_\n1\td\td\tADP\t_\t_\t0\troot\t_\t_\n"
                + "2\tu\tu\tDET\t_\t_\t1\tdet\t_\t_\n\n"),
            path => TaggedDatasetReader.Read(path));
        yield return new("p.tsv", Text("en\tde\na dog\tein Hund\na cat\teine Katze\n"), path => PairDatasetReader.Read(path));
        yield return new("p.jsonl", Text("{\"source\":\"a\",\"target\":\"b\"}\n"), path => PairDatasetReader.Read(path));
        yield return new("p.txt", Text("a dog\na cat\n"), path => PairDatasetReader.ReadLines(path, path));
        yield return new("t.txt", Text("The first line.\n\nThe second; a longer one.\n"), Any);
        yield return new("u.txt", Encoding.Unicode.GetBytes("The first line.\n\nThe second."), Any);
        yield return new("l.txt", Text("line of text\nline two\n"), path => PlainTextReader.Read(
            new DataFile(path) { Encoding = TextEncodings.Find("shift_jis") }, new TextFormatOptions { Format = "lines" }));
        yield return new("q.csv", Text(Rows), path => _ = TextDatasetReader.ReadTexts(
            path, new TextFormatOptions { FormatFromNameOnly = true }).Count());
        yield return new("v.txt", Text("3 2\nthe 0.1 0.2\nof\t-3e1  4\na b 5 6\n"), path => WordVectors.Read(path));
        yield return new(
            "v.bin", [.. "2 2\na "u8, .. new byte[8], 10, .. "b "u8, .. new byte[8], 10], path => WordVectors.Read(path));
        yield return new("a.csv.gz", DataFileTests.Gzip(Text(Rows)), Labelled);
        yield return new("a.zip", DataFileTests.Zip(("a.csv", Text(Rows))), Labelled);
        yield return new("a.tar", DataFileTests.Tar(("a.csv", Text(Rows))), Labelled);
        yield return new("t.bz2", Convert.FromBase64String(DataFileTests.Bzip2), Any);
        yield return new("t.zst", Convert.FromBase64String(Zstandard), Any);
        yield return new("t.xz", Convert.FromBase64String(Xz), Any);
        yield return new("i.png", ImageTests.Png(4, 3, 3, [.. Enumerable.Range(0, 36).Select(i => (byte)(i * 7))]), Image);
        yield return new("i.jpg", ImageTests.Jpeg(), Image);
        yield return new("i.bmp", ImageTests.Bmp(2, 1, [10, 20, 30, 1, 2, 3]), Image);
        yield return new("d.idx", [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6], path => IdxFile.Read(path));
        Write("one.png", ImageTests.Png(1, 1, 1, [7]));
        yield return new("m.tsv", Text("one.png\ta dot\none.png\tanother\n"), path => CaptionDatasetReader.Read(path));
        yield return new("run.jsonl", Text(Record), path => RunRecord.Read(path));
        yield return new("m.safetensors", Model(), path => ModelFile.Load(path));
        yield return new("s.safetensors", Model(), path =>
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (TensorInfo tensor in file.Tensors) file.ReadFloats(tensor.Name);
        });
    }

    private static void Image(string path) => ImageFile.Read(path, 2, 2, 3);

    private byte[] Model()
    {
        var data = new TextDataset("t",
            [.. Enumerable.Range(0, 60).Select(i => new TextExample($"word{i} text {i * 7}", i % 2 == 0 ? "a" : "b", i + 1))]);
        TrainingResult<ClassifierModel, Evaluation> result = ClassifierTrainer.Train(
            data, new TrainingOptions { Hidden = 2, Embedding = 2, Epochs = 1, Threads = 1 });
        string path = Path.Combine(Root, "good.safetensors");
        ModelFile.Save(result.Model, path);
        return File.ReadAllBytes(path);
    }

    // What zstd and xz make of "hello world" and a line feed.
    private const string Zstandard = "KLUv/QRYYQAAaGVsbG8gd29ybGQKjG19IA==";
    private const string Xz = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQALaGVsbG8gd29ybGQKAKHy/8Rqf7/PAAEkDKYY2NgftvN9AQAAAAAEWVo=";

    private const string Record =
        "{\"kind\":\"run\",\"task\":\"x\"}\n"
        + "{\"kind\":\"steps\",\"stage\":\"\",\"epoch\":1,\"first\":1,\"last\":2,\"loss\":0.5,\"norm\":1,\"largest_norm\":2,"
        + "\"clipped\":0,\"rate\":0.1,\"tokens\":10,\"seconds\":0.1}\n"
        + "{\"kind\":\"epoch\",\"stage\":\"\",\"epoch\":1,\"train_loss\":0.5,\"train_accuracy\":null,\"valid_loss\":0.4,"
        + "\"measure\":\"loss\",\"value\":0.4,\"higher_is_better\":false,\"best\":true,\"seconds\":1}\n"
        + "{\"kind\":\"result\",\"score\":1}\n";

    private sealed record MutationCase(string Name, byte[] Content, Action<string> Read);
}
