using Microsoft.Extensions.Options;

namespace Recurant.Extensions;

/// <summary>Checks the options once, when the host starts or the first model is asked for.</summary>
internal sealed class RecurantOptionsCheck : IValidateOptions<RecurantOptions>
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(10), s_longest = TimeSpan.FromDays(1);

    /// <summary>As many as the library allows.</summary>
    private const int MostThreads = 1024;

    public ValidateOptionsResult Validate(string? name, RecurantOptions options)
    {
        List<string> faults = [];
        if (options.ReloadInterval < s_shortest || options.ReloadInterval > s_longest)
        {
            faults.Add(
                $"Recurant:ReloadInterval is {options.ReloadInterval:c}; expected 00:00:00.010 to 1.00:00:00. Set it to how "
                + "often the model files are to be looked at, such as 00:00:01.");
        }

        foreach ((string model, ModelOptions each) in options.Models)
        {
            string place = $"Recurant:Models:{model}";
            if (string.IsNullOrWhiteSpace(each.Path))
            {
                faults.Add(
                    $"{place}:Path is empty; expected the path of a model file. Give the file that 'recurant train --out' or "
                    + "Save wrote, such as reviews.safetensors.");
            }

            if (each.Task is not null && ServedKind.All.All(kind => kind.Task != each.Task))
            {
                faults.Add(
                    $"{place}:Task is '{each.Task}'; expected one of "
                    + $"{string.Join(", ", ServedKind.All.Select(kind => kind.Task))}. Correct it, or leave it out to take the "
                    + "file's.");
            }

            if (each.Threads is < 0 or > MostThreads)
            {
                faults.Add($"{place}:Threads is {each.Threads}; expected 1 to {MostThreads}, or 0 for one a core.");
            }
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
