#!/usr/bin/env bash
# run.sh MEDVLM FIXTURE NODE_MODULES: writes results, makes reports of them and opens these in Chromium. 77: skipped.
set -euo pipefail
medvlm=$1 fixture=$2 modules=$3
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$fixture" "$folder/results"

# The command line: every format, and what is refused.
refused() {  # refused STATUS TEXT ARGUMENTS...
  local wanted=$1 text=$2 status=0 said
  shift 2
  said=$("$medvlm" report "$@" 2>&1) || status=$?
  [ "$status" = "$wanted" ] && [[ "$said" == *"$text"* ]] || { echo "report $*: status $status, said: $said"; exit 1; }
}
"$medvlm" report "$folder/results/small" --format html,csv,markdown --format latex,json --out "$folder/all/report" >/dev/null
for ending in html csv md tex json; do [ -s "$folder/all/report.$ending" ] || { echo "no report.$ending"; exit 1; }; done
"$medvlm" report "$folder/results/small/scenario-0" --out "$folder/one.csv" >/dev/null
[ "$(wc -l < "$folder/one.csv")" = 2 ] || { echo "one scenario with one value gives one row"; exit 1; }
refused 2 "markdown" "$folder/results/small" --format markdwon
refused 2 "at least one folder"
refused 2 "'all' or 'none'" "$folder/results/small" --samples many
refused 7 "no such folder" "$folder/nowhere"
refused 3 "linear_probe, lora" "$folder/results/small" --tuned prompting --out "$folder/x.html"

command -v node >/dev/null 2>&1 || { echo "skipped: no node; scripts/setup.sh installs it"; exit 77; }
[ -e "$modules/playwright-core" ] || { echo "skipped: no playwright-core in $modules; scripts/setup.sh installs it"; exit 77; }
chromium=$(command -v chromium || command -v chromium-browser || true)
[ -n "$chromium" ] || { echo "skipped: no chromium; scripts/setup.sh installs it"; exit 77; }
"$medvlm" report "$folder/results/small" --out "$folder/small.html" --thumbnails "$folder/results/thumbnails"
"$medvlm" report "$folder/results/grid" --out "$folder/grid.html"
# MEDVLM_SCREENSHOTS: a folder that keeps pictures of what was tested.
HOME="$folder" node "$here/report.test.mjs" "$modules" "$chromium" "$folder" "${MEDVLM_SCREENSHOTS:-}"
