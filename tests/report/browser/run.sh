#!/usr/bin/env bash
# run.sh MEDVLM FIXTURE NODE_MODULES: writes results, makes reports of them and opens these in Chromium. 77: skipped.
set -euo pipefail
medvlm=$1 fixture=$2 modules=$3
here=$(cd "$(dirname "$0")" && pwd)
command -v node >/dev/null 2>&1 || { echo "skipped: no node; scripts/setup.sh installs it"; exit 77; }
[ -e "$modules/playwright-core" ] || { echo "skipped: no playwright-core in $modules; scripts/setup.sh installs it"; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || { echo "skipped: no chromium; scripts/setup.sh installs it"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$fixture" "$folder/results"
"$medvlm" report "$folder/results/small" --out "$folder/small.html" --thumbnails "$folder/results/thumbnails"
"$medvlm" report "$folder/results/grid" --out "$folder/grid.html"
# MEDVLM_SCREENSHOTS: a folder that keeps pictures of what was tested.
HOME="$folder" node "$here/report.test.mjs" "$modules" "$chromium" "$folder" "${MEDVLM_SCREENSHOTS:-}"
