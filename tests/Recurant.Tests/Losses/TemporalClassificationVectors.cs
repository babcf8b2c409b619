using Recurant.Tests.Data;
using System.Text.Json;

namespace Recurant.Tests.Losses;

/// <summary>A case of shared/cases/media/18_ctc_vectors.json, made by full enumeration of alignments.</summary>
internal sealed record TemporalClassificationVector(
    string Name, int Blank, double[][] Logits, int[] Target, double Loss, double[][]? Gradient, int[] BestPath,
    (int[] Labels, double LogProbability)[] Top)
{
    /// <summary>All of them; without the file the calling test is reported as skipped.</summary>
    public static TemporalClassificationVector[] All()
    {
        string path = SharedData.FindIn("cases", Path.Combine("media", "18_ctc_vectors.json"));
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        TemporalClassificationVector[] all = [.. document.RootElement.EnumerateArray().Select(Read)];
        Assert.True(all.Length >= 13, $"Only {all.Length} vectors stand in {path}.");
        return all;
    }

    private static TemporalClassificationVector Read(JsonElement vector)
    {
        JsonElement loss = vector.GetProperty("loss_nats"), gradient = vector.GetProperty("grad_wrt_logits");
        return new TemporalClassificationVector(
            vector.GetProperty("name").GetString()!, vector.GetProperty("blank").GetInt32(),
            Rows(vector.GetProperty("logits")), Numbers(vector.GetProperty("target")),
            loss.ValueKind == JsonValueKind.String ? double.PositiveInfinity : loss.GetDouble(),
            gradient.ValueKind == JsonValueKind.Array ? Rows(gradient) : null, Numbers(vector.GetProperty("best_path_decode")),
            [.. vector.GetProperty("exact_top4").EnumerateArray().Select(top => (Numbers(top[0]), top[1].GetDouble()))]);
    }

    private static int[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetInt32())];

    private static double[][] Rows(JsonElement array) =>
        [.. array.EnumerateArray().Select(row => row.EnumerateArray().Select(number => number.GetDouble()).ToArray())];
}
