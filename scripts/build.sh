#!/usr/bin/env bash
# Configures and builds one preset (default: release). Called by demo.sh and test.sh after setup.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
preset=${1:-release}
[ -z "${MEDVLM_TORCH_PREFIX:-}" ] || export CMAKE_PREFIX_PATH="$MEDVLM_TORCH_PREFIX${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH}"
log=build/$preset-configure.log
mkdir -p build
if ! cmake --preset "$preset" >"$log" 2>&1; then
  cat "$log"
  exit 1
fi
cmake --build --preset "$preset"
