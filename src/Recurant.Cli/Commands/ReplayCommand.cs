namespace Recurant.Cli;

/// <summary><c>recurant replay</c>: does the step of a run again that met NaN or infinity.</summary>
internal sealed class ReplayCommand() : CliCommand("replay", "BUNDLE",
    "Repeat the step in which a training run met NaN or infinity, from the file that the run left, and show where, when "
    + "and probably why.")
{
    public override IReadOnlyList<CommandOption> Options { get; } = [SharedOptions.Threads];

    public override IReadOnlyList<string> Examples => ["replay reviews.nonfinite.safetensors"];

    public override int Run(Invocation call)
    {
        ReplayResult result = StepReplay.Run(call.Arguments[0], call.Threads);
        NonFiniteReport shown = result.Repeated ?? result.Recorded;
        if (call.Json)
        {
            call.Terminal.Out.WriteLine(JsonText.Object(writer =>
            {
                writer.WriteBoolean("same", result.IsSame);
                writer.WritePropertyName("recorded");
                writer.WriteRawValue(result.Recorded.ToJson());
                if (result.Repeated is null) return;
                writer.WritePropertyName("repeated");
                writer.WriteRawValue(result.Repeated.ToJson());
            }));
            return result.IsSame ? ExitCode.Done : ExitCode.Failed;
        }

        TextWriter to = call.Terminal.Out;
        to.WriteLine(FormattableString.Invariant(
            $"step {shown.Step} (epoch {shown.Epoch}, {shown.Stage}): the {shown.What} is {shown.Value}"));
        foreach (string line in NonFiniteText.Lines(shown, call.Terminal.Width)) to.WriteLine(line);
        to.WriteLine();
        string outcome = result.IsSame && shown.IsFromUpdate
            ? $"Replayed step {shown.Step - 1} and its update: the same value at the same place, every weight bit for "
                + "bit the same."
            : result.IsSame ? "Replayed: the same value at the same place, every layer bit-identical."
            : result.Repeated is null ? "Replayed: all numbers are finite now. Another version or machine computed the step?"
            : $"Replayed: different. When it was recorded: {NonFiniteText.Place(result.Recorded.Place)}";
        foreach (string line in TextLayout.Wrap(outcome, call.Terminal.Width)) to.WriteLine(line);
        return result.IsSame ? ExitCode.Done : ExitCode.Failed;
    }
}
