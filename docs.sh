#!/bin/sh
# Builds the site of the documentation: these pages, and the API from the comments in the source. Opens with any browser:
# artifacts/site/index.html. Needs the .NET 10 SDK; the generator, docfx, comes as a tool of the repository. A broken link or a
# reference to what does not exist is a failure.
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
cd "$root" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
mkdir -p artifacts || exit 1
dotnet tool restore >/dev/null || exit 1
for project in Extensions Reports Tensors Formats; do
    dotnet build "src/Recurant.$project" -c Release --nologo -v quiet "$@" >artifacts/docs.log 2>&1 || {
        cat artifacts/docs.log
        exit 1
    }
done
rm -rf artifacts/api artifacts/site
dotnet docfx docfx.json --warningsAsErrors >artifacts/docs.log 2>&1 || {
    grep -E 'warning|error' artifacts/docs.log | sort -u | head -n 30
    echo "the documentation was not built; all output is in artifacts/docs.log" >&2
    exit 1
}
cp artifacts/site/README.html artifacts/site/index.html
echo "Wrote artifacts/site: $(find artifacts/site -name '*.html' | wc -l) pages; begin with artifacts/site/index.html"
