#!/usr/bin/env bash
# Compiled ahead of time: how fast 'recurant predict' starts, how large it is, and whether its kernels are as fast as under
# the JIT. bench/aot.sh [MODEL...] prints Markdown; without a model it trains one on samples/reviews.tsv. Linux on x64.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
out=$root/artifacts/aot
bench=$root/bench/Recurant.Bench.Aot
publish() { dotnet publish "$@" -c Release -r linux-x64 --nologo -v quiet -clp:ErrorsOnly >&2; }

publish "$root/src/Recurant.Cli" -p:PublishAot=true -o "$out/cli"
publish "$bench" -p:PublishAot=true -o "$out/bench"
publish "$bench" --self-contained false -o "$out/bench-jit"
if [ $# -eq 0 ]; then
    "$out/cli/recurant" train "$root/samples/reviews.tsv" --out "$out/reviews.safetensors" --quiet >&2
    set -- "$out/reviews.safetensors"
fi
exec "$out/bench-jit/Recurant.Bench.Aot" compare "$out/bench/Recurant.Bench.Aot" "$out/cli/recurant" "$@"
