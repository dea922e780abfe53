#!/usr/bin/env bash
# Sets up, builds the release preset and runs every test, the demo included.
# Arguments go to ctest, e.g. ./scripts/test.sh -L unit
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh
./scripts/build.sh release
ctest --preset release -j "$(nproc)" "$@"
