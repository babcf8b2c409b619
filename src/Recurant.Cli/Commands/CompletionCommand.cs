namespace Recurant.Cli;

/// <summary><c>recurant completion</c>: the script by which a shell completes command lines.</summary>
internal sealed class CompletionCommand() : CliCommand("completion", "bash|zsh|pwsh",
    "Write a script for a shell that completes commands, options, their values and files at the tab key.")
{
    private static readonly (string Shell, string Use, string Script)[] s_shells =
    [
        ("bash", "put this line into ~/.bashrc: source <(recurant completion bash)", """
            _recurant() {
                local program=${COMP_WORDS[0]/#\~/$HOME}
                local line=${COMP_LINE:0:COMP_POINT}
                line=${line#*"${COMP_WORDS[0]}"}
                line=${line#"${line%%[![:space:]]*}"}
                local IFS=$'\n\r'
                COMPREPLY=($("$program" "[suggest:${#line}]" "$line" 2>/dev/null </dev/null))
            }
            # Where there is no answer, bash offers files.
            complete -o bashdefault -o default -F _recurant recurant
            """),
        ("zsh", "put this line into ~/.zshrc, below compinit: source <(recurant completion zsh)", """
            _recurant() {
                local line="${(j: :)words[2,CURRENT-1]} ${PREFIX}"
                line=${line## #}
                local -a answers
                answers=(${(f)"$(${~words[1]} "[suggest:${#line}]" "$line" 2>/dev/null </dev/null)"})
                if (( ${#answers} )); then
                    compadd -a answers
                else
                    _files
                fi
            }
            compdef _recurant recurant
            """),
        ("pwsh", "put this line into the file $PROFILE: recurant completion pwsh | Out-String | Invoke-Expression", """
            Register-ArgumentCompleter -Native -CommandName recurant -ScriptBlock {
                param($word, $tree, $cursor)
                $length = $cursor - $tree.Extent.StartOffset
                $line = $tree.Extent.Text.PadRight($length).Substring(0, $length)
                $program = $tree.CommandElements[0]
                $line = $line.Substring([Math]::Min($line.Length, $program.Extent.Text.Length)).TrimStart()
                # Where there is no answer, PowerShell offers files.
                & $program.Value "[suggest:$($line.Length)]" $line 2>$null | ForEach-Object {
                    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
                }
            }
            """),
    ];

    public override IReadOnlyList<string> ArgumentChoices => [.. s_shells.Select(shell => shell.Shell)];

    public override IReadOnlyList<string> Examples =>
        ["completion bash", "completion zsh > ~/.recurant-completion.zsh", "completion pwsh"];

    public override int Run(Invocation call)
    {
        (string name, string use, string script) = Array.Find(s_shells, shell => shell.Shell == call.Arguments[0]);
        if (name is null)
        {
            string shown = TextLayout.Shorten(call.Arguments[0], 40);
            throw new UsageException($"there is no script for the shell \"{shown}\"; there are "
                + $"those for {string.Join(", ", ArgumentChoices)}.{Nearest.Question(call.Arguments[0], ArgumentChoices)}");
        }

        script = $"# Completion of recurant for {name}. To have it in every session,\n# {use}\n"
            + script.ReplaceLineEndings("\n");
        if (call.Json) call.Terminal.Out.WriteLine(JsonText.Object(writer => writer.Write(("shell", name), ("script", script))));
        else call.Terminal.Out.WriteLine(script);
        return ExitCode.Done;
    }
}
