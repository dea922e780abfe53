# Uses the dropped-in metric, dataset and adapter in a run of the installed program.
set -eu
prefix="$1"
plugins="$2"
scratch="$3"
cat > "$scratch/study.toml" <<EOF
[study]
name = "dropped-in"
output = "results"
[plugins]
folders = ["$plugins"]
[[models]]
plugin = "minimal-model"
[[datasets]]
plugin = "minimal-dataset"
[[adapters]]
plugin = "minimal-adapter"
[[metrics]]
plugin = "minimal-metric"
[[metrics]]
plugin = "accuracy"
EOF
"$prefix/bin/medvlm" run "$scratch/study.toml" --quiet
result=$(find "$scratch/results" -name result.json)
grep -q '"metric": "minimal-metric"' "$result"
grep -q '"errored": 0' "$result"
