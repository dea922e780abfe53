# A plugin author's day: installs medvlm, moves it, builds the minimal metric with find_package(medvlm) and nothing else
# of this tree, drops library and manifest into a folder, and sees, checks and (in hooks) uses it. No program changes.
# Arguments: cmake, the build tree, a generator. Each file of hooks/*.sh runs with: the prefix, the plugin folder, a
# scratch folder.
set -eu
cmake="$1"
build="$2"
generator="$3"
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/medvlm-out-of-tree-XXXXXX")
trap 'rm -rf "$work"' EXIT

say() { echo "-- $1"; }
fail() { echo "FAILED: $1"; exit 1; }

say "install"
"$cmake" --install "$build" --prefix "$work/first" > "$work/install.log" ||
  { tail -20 "$work/install.log"; fail install; }
say "move the installation"
prefix="$work/somewhere else/medvlm"
mkdir -p "$work/somewhere else"
mv "$work/first" "$prefix"
medvlm="$prefix/bin/medvlm"
sums() { sha256sum "$prefix/bin/medvlm" "$prefix/lib/medvlm/medvlm-engine"; }
before=$(sums)

say "the installed plugins are found and whole"
unset MEDVLM_PLUGIN_PATH
"$medvlm" list > "$work/list.txt"
cat "$work/list.txt"
if grep -q '^refused' "$work/list.txt"; then fail "an installed plugin is refused"; fi

say "build the minimal plugins out of tree"
plugins="$work/dropped"
mkdir "$plugins"
for kind in metric model dataset adapter; do
  cp -r "$prefix/share/medvlm/examples/minimal/$kind" "$work/$kind"
  "$cmake" -S "$work/$kind" -B "$work/$kind/build" -G "$generator" -DCMAKE_BUILD_TYPE=Release \
    "-DCMAKE_PREFIX_PATH=$prefix" > "$work/configure.log" 2>&1 || { cat "$work/configure.log"; fail configure; }
  "$cmake" --build "$work/$kind/build" > "$work/build.log" 2>&1 || { cat "$work/build.log"; fail build; }
  cp "$work/$kind/build/plugins/"*.so "$work/$kind/build/plugins/"*.toml "$plugins"
done

say "list sees it"
"$medvlm" list metrics --plugin-dir "$plugins" > "$work/list.txt"
cat "$work/list.txt"
grep -q 'minimal-metric' "$work/list.txt" || fail "list does not show minimal-metric"

say "validate passes it"
"$medvlm" validate "$plugins" || fail "validate"

for hook in "$here"/hooks/*.sh; do
  [ -e "$hook" ] || continue
  say "hook $(basename "$hook")"
  mkdir -p "$work/hook"
  sh "$hook" "$prefix" "$plugins" "$work/hook" || fail "$(basename "$hook")"
done

[ "$before" = "$(sums)" ] || fail "a program changed"
say "no program changed"
