#!/bin/sh
# Makes all packages in artifacts/packages: what 'dotnet pack -c Release' makes, and on Linux x64 the command as a native
# executable, too. Options are passed on to 'dotnet pack': ./pack.sh -p:Version=1.2.3. Needs the .NET 10 SDK, and for the
# executable gcc or clang and binutils. Says at the end how to publish. docs/packages.md.
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
cd "$root" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
out=artifacts/packages
log=artifacts/pack.log
rm -rf "$out" && mkdir -p "$out" && : >"$log" || exit 1

# pack WHAT OPTIONS: one call of 'dotnet pack'; a warning is a failure.
pack() {
    echo "$1"
    shift
    dotnet pack -c Release -o "$root/$out" --nologo -v minimal -tl:off "$@" >>"$log" 2>&1 \
        && ! grep -qE ': warning ' "$log" && return
    grep -E ': (error|warning) ' "$log" | sort -u | head -n 20
    echo "that failed; all output is in $log" >&2
    exit 1
}

pack "packing the libraries, the templates and the command" "$@"
if [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ]; then
    command -v gcc >/dev/null || command -v clang >/dev/null || {
        echo "the native executable needs gcc or clang, and binutils (Debian: apt-get install gcc libc6-dev binutils zlib1g-dev)" >&2
        exit 1
    }
    # One package that names the two others: the .NET SDK takes the one that fits the machine, from version 10 on.
    tool="src/Recurant.Cli -p:RecurantNativeTool=true"
    rm "$out"/Recurant.Cli.*
    pack "packing the command: the list of its packages" $tool "$@"
    pack "packing the command for every machine with .NET" $tool -r any "$@"
    pack "packing the command as a native executable for Linux x64 (minutes)" $tool -r linux-x64 "$@"
else
    echo "the native executable for Linux x64 is made on Linux x64 only; the command's package runs on every machine with .NET"
fi

echo
(cd "$out" && ls -l | awk 'NR > 1 { printf "%10d  %s\n", $5, $9 }')
cat <<END

To publish: try them first (tests/Recurant.Install.Tests does, ./test.sh --filter-namespace Recurant.Install.Tests), then

    dotnet nuget push "$root/$out/*.nupkg" --source https://api.nuget.org/v3/index.json --api-key KEY

which takes the symbols (.snupkg) along. Build from a clean clone whose remote is the public repository, at the commit that gets
the tag: packages and symbols then name that address and commit.
END
