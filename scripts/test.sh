#!/usr/bin/env bash
# Sets up, builds the release preset and runs every test, the demo included.
# Arguments go to ctest, e.g. ./scripts/test.sh -L unit
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh
./scripts/build.sh release
# The tokenizers' real vocabularies are not ours to commit; without them that part of the conformance tests says so.
python3 ./scripts/fetch_tokenizers.py || echo "test: going on without the real vocabularies"
ctest --preset release -j "$(nproc)" "$@"
