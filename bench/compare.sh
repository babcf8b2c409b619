#!/usr/bin/env bash
# Recurant beside TorchSharp and ONNX Runtime on the same shapes; bench/README.md explains, --help lists the options.
set -euo pipefail
project=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/Recurant.Bench.Peers
dotnet build "$project" -c Release --nologo -v quiet -clp:ErrorsOnly >&2
exec dotnet "$project/bin/Release/net10.0/Recurant.Bench.Peers.dll" "$@"
