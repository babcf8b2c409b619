#!/bin/sh
# Builds everything in Release and runs all tests, those of the core a second and a third time with narrower vectors. Needs
# the .NET 10 SDK; the tests of pages need Chromium, too, and those of native programs a C compiler: both are installed where they
# are missing and that can be done. Options are passed on to 'dotnet test', and then every test runs once only:
# ./test.sh --filter-class '*CellTests'. Each part is named as it begins. The last line counts: N passed, N failed.
root=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
cd "$root" || exit 1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_CLI_UI_LANGUAGE=en
mkdir -p artifacts || exit 1

# Names each project of the build as it is done, so that nobody waits before a dumb screen.
stages() {
    echo "== building: restoring packages"
    built=0
    while IFS= read -r line; do
        case $line in
            *.csproj*) ;;
            *" -> "*.dll) built=$((built + 1)) line=${line%% ->*} && echo "   built $(echo $line), $built of $1" ;;
        esac
    done
}

{ dotnet build Recurant.slnx -c Release --nologo -v minimal -tl:off 2>&1; echo $? >artifacts/test-build.code; } \
    | tee artifacts/test-build.log | stages "$(grep -c 'Project Path' Recurant.slnx)"
if [ "$(cat artifacts/test-build.code)" != 0 ]; then
    errors=$(grep -E 'error' artifacts/test-build.log | sort -u | head -n 50)
    echo "${errors:-$(head -n 20 artifacts/test-build.log)}"
    echo "the build failed; all of its output is in artifacts/test-build.log"
    echo "0 passed, 1 failed"
    exit 1
fi

browser=${CHROMIUM_PATH:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
if [ -z "$browser" ] && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "installing Chromium, for the tests of pages"
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -y --no-install-recommends chromium) \
        >artifacts/test-chromium.log 2>&1
    browser=$(command -v chromium)
fi

if ! command -v gcc >/dev/null && ! command -v clang >/dev/null && [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
    echo "installing a C compiler, for the tests of native programs"
    (apt-get update -qq && DEBIAN_FRONTEND=noninteractive timeout 600 apt-get install -y --no-install-recommends \
        gcc libc6-dev binutils zlib1g-dev) >artifacts/test-gcc.log 2>&1
fi

passed=0 failed=0 skipped=0 code=0
number() { sed -n "s/^ *$1: *\([0-9][0-9]*\).*/\1/p" artifacts/test-run.log | tail -n 1; }

# run HEADING PROJECT [OPTIONS]: runs the tests of one project and adds to the counts.
run() {
    echo "== $1"
    project=$2
    shift 2
    begun=$(date +%s)
    # A sign of life every half minute, as long as this script runs.
    (
        trap 'kill $sleeping 2>/dev/null; exit 0' TERM
        while sleep 30 & sleeping=$!; wait $sleeping && kill -0 $$; do echo "   $(($(date +%s) - begun)) s, still running"; done
    ) &
    clock=$!
    dotnet test --project "$project" -c Release --no-build --no-progress --output normal "$@" >artifacts/test-run.log 2>&1
    result=$?
    kill $clock
    wait $clock
    # 8: no test matched the filter, which is no failure of this project.
    if [ $result -eq 8 ] && [ $# -gt 0 ]; then
        echo "no test of this project matches"
        return
    fi
    [ $result -eq 0 ] || code=1
    sed -e '/^Running tests from/d' -e '/^$/d' artifacts/test-run.log
    p=$(number succeeded) f=$(number failed) s=$(number skipped)
    if [ -z "$p" ]; then
        # The run ended before it could count: that is a failure, not an empty run.
        f=1
        code=1
    fi
    passed=$((passed + ${p:-0})) failed=$((failed + ${f:-0})) skipped=$((skipped + ${s:-0}))
}

# narrow BITS VARIABLE=VALUE: the same tests of the core where vectors have no more bits. One of the tests finds out whether
# that is so. Tests that compute nothing, and those that start processes with narrow vectors of their own, have been run.
narrow() {
    (
        export RECURANT_TESTS_MOST_VECTOR_BITS="$1" "${2?}"
        run "Recurant.Tests with vectors of $1 bits ($2)" tests/Recurant.Tests/Recurant.Tests.csproj \
            --filter-not-trait Starts=processes --filter-not-namespace Recurant.Tests.Architecture \
            --filter-not-namespace Recurant.Tests.Data --filter-not-namespace Recurant.Tests.PublicApi \
            --filter-not-namespace Recurant.Tests.Samples --filter-not-namespace Recurant.Tests.Storage \
            --filter-not-method '*EveryFloat_StaysWithinTheBound'
        echo "$passed $failed $skipped $code" >artifacts/test-counts
    )
    read -r passed failed skipped code <artifacts/test-counts
}

for project in tests/*/*.Tests.csproj; do
    run "$(basename "$project" .csproj)" "$project" "$@"
done
if [ $# -eq 0 ] && [ "$(uname -m)" = x86_64 ]; then
    narrow 256 DOTNET_EnableAVX512=0
    # Without AVX2 .NET has no fused multiply-add instruction either and every one is a call: the tests take ten times as long.
    narrow 128 DOTNET_PreferredVectorBitWidth=128
fi

if [ $# -eq 0 ]; then
    export RECURANT_POISON=1
    run "Recurant.Tests, the frozen runs with poisoned memory (RECURANT_POISON=1)" tests/Recurant.Tests/Recurant.Tests.csproj \
        --filter-class '*FrozenRunTests'
    unset RECURANT_POISON
fi

[ "$failed" -eq 0 ] || code=1
if [ $# -gt 0 ] && [ $((passed + failed + skipped)) -eq 0 ] && [ $code -eq 0 ]; then
    # A misspelt filter must not look like success.
    echo "no test matches: $*"
    code=1
fi
if [ -z "$browser" ] && [ "$skipped" -gt 0 ]; then
    echo "NO CHROMIUM: the tests of pages were skipped. Install it (Debian: apt-get install chromium) or set CHROMIUM_PATH."
fi
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
exit $code
