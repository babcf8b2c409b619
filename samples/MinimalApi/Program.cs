using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.RateLimiting;
using Recurant;

// A classifier as a web service:  dotnet run -c Release -- --Recurant:Models:reviews:Path=../reviews.safetensors
//     POST /classify  {"text": "..."}             one answer
//     POST /classify  {"texts": ["...", "..."]}   a list of answers
//     GET  /health                                200 while the model answers
// A new file in place of the model's is taken up without an error to anybody.
const int MostBytes = 1 << 20, MostTexts = 1000;
var builder = WebApplication.CreateBuilder(args);
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = MostBytes);
builder.Services.AddRecurant(builder.Configuration.GetSection("Recurant"), options => options.Reload = true);
builder.Services.AddHealthChecks().AddRecurant();
builder.Services.AddRateLimiter(limits => limits.AddConcurrencyLimiter("classify", limit =>
{
    limit.PermitLimit = Environment.ProcessorCount;
    limit.QueueLimit = 500;
}).RejectionStatusCode = StatusCodes.Status503ServiceUnavailable);
builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);

WebApplication app = builder.Build();
// Every answer that is not an answer is {"error": "..."}: first what was thrown, then what has a status and no text.
app.UseExceptionHandler(handler => handler.Run(context =>
{
    Exception? fault = context.Features.Get<IExceptionHandlerFeature>()?.Error;
    context.Response.StatusCode = (fault as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError;
    return Error(context, fault is BadHttpRequestException ? fault.Message : "The service failed; its log says why.");
}));
app.UseStatusCodePages(pages => Error(pages.HttpContext, pages.HttpContext.Response.StatusCode switch
{
    StatusCodes.Status413PayloadTooLarge => $"The body is too large; expected at most {MostBytes} bytes. Send fewer texts.",
    StatusCodes.Status503ServiceUnavailable => "Too many requests at once. Try again later.",
    int status => $"Status {status}; expected POST /classify with JSON, or GET /health.",
}));
app.UseRateLimiter();
app.MapHealthChecks("/health");
app.MapPost("/classify", (Question question, TextClassifier model, CancellationToken cancelled) => question switch
{
    { Text: { } text, Texts: null } => Results.Ok(model.Predict([text], cancelled)[0]),
    { Text: null, Texts: { Length: <= MostTexts } texts } when !texts.Contains(null) =>
        Results.Ok(model.Predict(texts!, cancelled)),
    _ => throw new BadHttpRequestException($$"""Expected {"text": "..."}, or {"texts": [...]} of at most {{MostTexts}} texts."""),
}).RequireRateLimiting("classify");

// Read now: a service without a model does not start.
_ = app.Services.GetRequiredService<TextClassifier>();
app.Run();

static Task Error(HttpContext context, string message) => context.Response.WriteAsJsonAsync(
    new Dictionary<string, string> { ["error"] = message }, context.RequestAborted);

internal sealed record Question(string? Text, string?[]? Texts);
