using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text;
using System.Text.Json;

namespace Recurant.Extensions.Tests;

/// <summary>The sample samples/MinimalApi as a process on this machine, asked over HTTP.</summary>
public sealed class MinimalApiTests : IAsyncLifetime
{
    private const int Requests = 1000, AtOnce = 64;

    /// <summary>After the first thousand requests a second thousand may not need so much more, in bytes.</summary>
    private const long MostGrowth = 100L << 20;

    /// <summary>Ends a wait for a service that hangs.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    private readonly ModelFolder _folder = new();
    private readonly StringBuilder _output = new();
    private Process? _service;
    private HttpClient? _client;

    private static string Program => typeof(MinimalApiTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(item => item.Key == "Service:MinimalApi").Value!;

    public async ValueTask InitializeAsync()
    {
        TestModels.A.Save(_folder["m.safetensors"]);
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var listening = new TaskCompletionSource<string>();
        _service = new Process
        {
            StartInfo = new ProcessStartInfo(dotnet, [
                "exec", Program, "--urls", "http://127.0.0.1:0", "--Recurant:Models:reviews:Path=m.safetensors",
                "--Recurant:ReloadInterval=00:00:00.050"])
            {
                WorkingDirectory = _folder.Path, RedirectStandardOutput = true, RedirectStandardError = true,
            },
            EnableRaisingEvents = true,
        };
        _service.OutputDataReceived += (_, line) => Note(line.Data);
        _service.ErrorDataReceived += (_, line) => Note(line.Data);
        _service.Exited += (_, _) => listening.TrySetException(new InvalidOperationException("The service ended."));
        _service.Start();
        _service.BeginOutputReadLine();
        _service.BeginErrorReadLine();
        string address = await listening.Task.WaitAsync(s_limit);
        _client = new HttpClient { BaseAddress = new Uri(address), Timeout = s_limit };

        void Note(string? line)
        {
            if (line is null) return;
            lock (_output) _output.AppendLine(line);
            const string Before = "Now listening on: ";
            int at = line.IndexOf(Before, StringComparison.Ordinal);
            if (at >= 0) listening.TrySetResult(line[(at + Before.Length)..].Trim());
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_service is { } service)
        {
            if (!service.HasExited) service.Kill(entireProcessTree: true);
            await service.WaitForExitAsync();
            service.Dispose();
        }

        _folder.Dispose();
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<string> Ask(string text)
    {
        using HttpResponseMessage response = await _client!.PostAsync("/classify", Json(JsonSerializer.Serialize(new { text })));
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{response.StatusCode}: {body}");
        return TestModels.Bits(JsonSerializer.Deserialize<Prediction>(body)!);
    }

    private Task AskMany(Func<int, string> text, Func<int, string[]> expected) => Parallel.ForEachAsync(
        Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (i, _) => Assert.Contains(await Ask(text(i)), expected(i)));

    [Fact]
    public async Task Classify_AThousandRequestsSixtyFourAtATime_AreTheBitsOfPredict()
    {
        // JSON has no lone surrogates.
        string[] texts = [.. TestModels.OddTexts.Where(text => !HasLoneSurrogate(text)),
            new string('x', 10_000), .. Enumerable.Range(0, 50).Select(i => $"film {i} is really good!")];
        TextClassifier file = TextClassifier.Load(_folder["m.safetensors"]);
        string[] bits = [.. texts.Select(text => TestModels.Bits(file.Predict(text)))];
        await AskMany(i => texts[i % texts.Length], i => [bits[i % texts.Length]]);
        _service!.Refresh();
        long before = _service.WorkingSet64;
        await AskMany(i => texts[i % texts.Length], i => [bits[i % texts.Length]]);
        _service.Refresh();
        Assert.InRange(_service.WorkingSet64 - before, long.MinValue, MostGrowth);

        using HttpResponseMessage batch = await _client!.PostAsync("/classify", Json(JsonSerializer.Serialize(new { texts })));
        Prediction[] answers = (await batch.Content.ReadFromJsonAsync<Prediction[]>())!;
        Assert.Equal(bits, answers.Select(TestModels.Bits));
        using HttpResponseMessage health = await _client.GetAsync("/health");
        Assert.Equal((HttpStatusCode.OK, "Healthy"), (health.StatusCode, await health.Content.ReadAsStringAsync()));
    }

    private static bool HasLoneSurrogate(string text) => text.EnumerateRunes().Any(rune => rune.Value == 0xFFFD);

    [Fact]
    public async Task Classify_WhileTheModelIsReplaced_IsOfOneOfTheModels()
    {
        string[] expected = [TestModels.Bits(TestModels.A.Predict("good")), TestModels.Bits(TestModels.B.Predict("good"))];
        Task asking = AskMany(_ => "good", _ => expected);
        TestModels.B.Save(_folder["m.safetensors"]);
        await asking;
        var waited = Stopwatch.StartNew();
        while (await Ask("good") != expected[1] && waited.Elapsed < s_limit) await Task.Delay(20);
        Assert.Equal(expected[1], await Ask("good"));
    }

    [Theory]
    [InlineData("", 400)]
    [InlineData("{", 400)]
    [InlineData("[]", 400)]
    [InlineData("null", 400)]
    [InlineData("\0", 400)]
    [InlineData("{}", 400)]
    [InlineData("{\"text\": 1}", 400)]
    [InlineData("{\"text\": null}", 400)]
    [InlineData("{\"text\": [\"x\"]}", 400)]
    [InlineData("{\"texts\": [null]}", 400)]
    [InlineData("{\"texts\": \"x\"}", 400)]
    [InlineData("{\"text\": \"x\", \"texts\": []}", 400)]
    [InlineData("{\"text\": \"\\ud800\"}", 400)]
    [InlineData("{\"texts\": [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", 400)]
    public async Task Classify_OfABadBody_IsRefusedWithAReason(string body, int status)
    {
        using HttpResponseMessage response = await _client!.PostAsync("/classify", Json(body));
        await AssertError(response, status);
        Assert.Equal(TestModels.Bits(TestModels.A.Predict("good")), await Ask("good"));
    }

    [Fact]
    public async Task Requests_OfTheWrongKind_AreRefusedWithAReason()
    {
        using var large = new HttpRequestMessage(HttpMethod.Post, "/classify")
        {
            Content = Json($"{{\"text\": \"{new string('x', 2 << 20)}\"}}"),
        };
        // The client asks before it sends, or the connection might be closed while it does.
        large.Headers.ExpectContinue = true;
        using HttpResponseMessage tooLarge = await _client!.SendAsync(large);
        await AssertError(tooLarge, 413);
        using HttpResponseMessage tooMany = await _client.PostAsync(
            "/classify", Json(JsonSerializer.Serialize(new { texts = Enumerable.Repeat("x", 1001) })));
        await AssertError(tooMany, 400);
        using HttpResponseMessage notJson = await _client.PostAsync("/classify", new StringContent("good"));
        await AssertError(notJson, 415);
        using HttpResponseMessage wrongMethod = await _client.GetAsync("/classify");
        await AssertError(wrongMethod, 405);
        using HttpResponseMessage nothing = await _client.GetAsync("/none");
        await AssertError(nothing, 404);
    }

    /// <summary>A client that goes away does not harm the service.</summary>
    [Fact]
    public async Task Requests_ThatAreGivenUp_LeaveTheServiceAlive()
    {
        string body = JsonSerializer.Serialize(new { texts = Enumerable.Repeat(new string('a', 900), 900) });
        for (int i = 0; i < 20; i++)
        {
            using var gone = new CancellationTokenSource(TimeSpan.FromMilliseconds(5));
            try
            {
                using HttpResponseMessage response = await _client!.PostAsync("/classify", Json(body), gone.Token);
            }
            catch (OperationCanceledException)
            {
                // As meant.
            }
        }

        Assert.Equal(TestModels.Bits(TestModels.A.Predict("good")), await Ask("good"));
    }

    private static async Task AssertError(HttpResponseMessage response, int status)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode == status, $"{(int)response.StatusCode} instead of {status}: {body}");
        using var json = JsonDocument.Parse(body);
        Assert.NotEmpty(json.RootElement.GetProperty("error").GetString()!);
    }
}
