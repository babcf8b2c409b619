using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recurant.Install.Tests;

/// <summary>Each template of 'dotnet new', made, built without a warning and run.</summary>
public sealed partial class TemplateTests(PackageFeed feed)
{
    [Fact]
    public async Task Classifier_LearnsOnceAndAnswers()
    {
        string project = await Make("recurant-classifier", "Meine Texte");
        Said first = await Stranger.Run(project, "run", "-c", "Release", "--no-build");
        Assert.Equal("Learning from 6,334 texts ...", first.Lines[0]);
        Assert.Matches(@"^positive \d\.\d{4}  This movie is good$", first.Lines[^2]);
        Assert.Matches(@"^negative \d\.\d{4}  This movie is not good$", first.Lines[^1]);
        Said second = await Stranger.Run(project, "run", "-c", "Release", "--no-build", "--", "This film is not bad");
        Assert.Matches(@"^positive \d\.\d{4}  This film is not bad$", Assert.Single(second.Lines));
    }

    [Fact]
    public async Task Layers_LearnTheWave()
    {
        string project = await Make("recurant-layers", "Waves");
        Said said = await Stranger.Run(project, "run", "-c", "Release", "--no-build");
        double[] losses =
        [
            .. said.Lines.Where(line => line.StartsWith("step", StringComparison.Ordinal))
                .Select(line => double.Parse(line.Split(' ')[^1], CultureInfo.InvariantCulture)),
        ];
        Assert.Equal(6, losses.Length);
        Assert.True(losses[^1] < 0.005 && losses[^1] < losses[0], said.Output);
        Assert.Equal(10, NumberPattern().Count(said.Lines[^1]));
    }

    [Fact]
    public async Task MinimalApi_AnswersOverHttp()
    {
        string project = await Make("recurant-minimal-api", "Service");
        ProcessStartInfo start = Stranger.Information(
            Stranger.Dotnet, project, ["run", "-c", "Release", "--no-build", "--no-launch-profile"],
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"));
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            string? address = null;
            // The first start learns: seconds, on a busy machine minutes.
            using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10));
            while (address is null && await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            {
                if (AddressPattern().Match(line) is { Success: true } match) address = match.Value;
            }

            if (address is null) Assert.Fail($"It ended before it listened:\n{await errors}");
            _ = process.StandardOutput.ReadToEndAsync();
            using var client = new HttpClient { BaseAddress = new Uri(address) };
            HttpResponseMessage answer = await client.PostAsJsonAsync("/classify", new { text = "This movie is not good" });
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            JsonElement body = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal("negative", body.GetProperty("label").GetString());
            Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health")).StatusCode);
            Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("/classify", new { txt = 1 })).StatusCode);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private async Task<string> Make(string template, string name)
    {
        string packages = await feed.Plain(), room = feed.Room(packages, "new"), hive = Path.Combine(room, "hive");
        await Stranger.Run(
            room, "new", "install", Path.Combine(packages, $"Recurant.Templates.{PackageFeed.Version}.nupkg"),
            "--debug:custom-hive", hive);
        await Stranger.Run(room, "new", template, "-o", name, "--debug:custom-hive", hive);
        string project = Path.Combine(room, name);
        await Stranger.Run(project, "build", "-c", "Release", "-warnaserror", "--nologo");
        return project;
    }

    [GeneratedRegex(@"-?\d\.\d\d")]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex AddressPattern();
}
