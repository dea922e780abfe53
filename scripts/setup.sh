#!/usr/bin/env bash
# Installs what medvlm is built with: Debian packages, LibTorch and Apache Arrow (from the Python wheels `torch` and
# `pyarrow`) in a private environment under .deps/, and what the report's figures are drawn with (from npm) in .deps/node/.
# Idempotent: a second run only looks (well under 5 s).
set -euo pipefail
cd "$(dirname "$0")/.."

PACKAGES=(
  g++ cmake ninja-build ccache pkg-config python3 python3-venv python3-pip unzip
  libboost-dev libboost-filesystem-dev libboost-program-options-dev
  libopencv-dev libjpeg62-turbo-dev libpng-dev libtiff-dev libwebp-dev libdcmtk-dev libopenjp2-7-dev
  zlib1g-dev libzip-dev libpugixml-dev libtomlplusplus-dev libspdlog-dev doctest-dev
  nlohmann-json3-dev libpcre2-dev libicu-dev libssl-dev libcurl4-openssl-dev
  chromium
  munge slurmctld slurmd slurm-client  # a test starts a Slurm of its own; nothing else needs it
)
# A Node.js from elsewhere does as well.
command -v npm >/dev/null 2>&1 || PACKAGES+=(nodejs npm)
TORCH_VERSION=2.13.0
ARROW_VERSION=26.0.1
# The report's libraries, which are copied into every report, and what its test drives the browser with.
NODE_PACKAGES=(vega@6.4.0 vega-lite@6.5.0 vega-embed@7.3.0 playwright-core@1.65.1)
DEPS=.deps

say() { printf 'setup: %s\n' "$*"; }

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || printf '%s ' "$package"
  done
}

install_packages() {
  local missing; missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  local run=()
  if [ "$(id -u)" != 0 ]; then
    if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
      run=(sudo -n env DEBIAN_FRONTEND=noninteractive)
    else
      say "these Debian packages are missing and this account may not install them."
      say "an administrator must run this line once:"
      printf '\n    apt-get update && apt-get install -y --no-install-recommends %s\n\n' "$missing"
      exit 1
    fi
  fi
  say "installing Debian packages: $missing"
  export DEBIAN_FRONTEND=noninteractive
  "${run[@]}" apt-get update -qq
  # shellcheck disable=SC2086
  "${run[@]}" apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# MEDVLM_TORCH_PREFIX: an existing LibTorch (with CUDA, say); then no wheel is installed.
# MEDVLM_PIP_ARGS: more arguments for pip, e.g. the index that serves CPU wheels of PyTorch.
install_torch() {
  if [ -n "${MEDVLM_TORCH_PREFIX:-}" ]; then
    say "using the LibTorch in $MEDVLM_TORCH_PREFIX"
    return 0
  fi
  local stamp="$DEPS/torch-$TORCH_VERSION.done"
  [ -e "$stamp" ] && [ -e "$DEPS/torch" ] && return 0
  say "installing LibTorch $TORCH_VERSION into $DEPS/"
  mkdir -p "$DEPS"
  # The system's Python first: a Debian 12 machine has 3.11, which the wheel is made for.
  python3 -m venv --clear "$DEPS/python"
  # shellcheck disable=SC2086
  "$DEPS/python/bin/pip" install -q --disable-pip-version-check --no-deps ${MEDVLM_PIP_ARGS:-} "torch==$TORCH_VERSION"
  local home; home=$("$DEPS/python/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  ln -sfn "${home#"$PWD/$DEPS/"}/torch" "$DEPS/torch"
  if [ ! -e "$DEPS/torch/share/cmake/Torch/TorchConfig.cmake" ]; then
    say "the torch wheel carries no CMake package: $home/torch"
    exit 1
  fi
  if [ -e "$DEPS/torch/lib/libtorch_cuda.so" ] && ! command -v nvcc >/dev/null 2>&1; then
    say "pip chose a CUDA build of torch, which needs the CUDA toolkit to link."
    say "give pip the index of CPU wheels:  MEDVLM_PIP_ARGS='--index-url <index>' $0"
    exit 1
  fi
  touch "$stamp"
}

# MEDVLM_ARROW_PREFIX: the folder of an installed pyarrow; then no wheel is installed.
install_arrow() {
  if [ -n "${MEDVLM_ARROW_PREFIX:-}" ]; then
    say "using the Arrow in $MEDVLM_ARROW_PREFIX; name it to CMake too: -DMEDVLM_ARROW_PREFIX=$MEDVLM_ARROW_PREFIX"
    return 0
  fi
  local stamp="$DEPS/arrow-$ARROW_VERSION.done"
  [ -e "$stamp" ] && [ -e "$DEPS/arrow/include/parquet/file_reader.h" ] && return 0
  say "installing Apache Arrow $ARROW_VERSION into $DEPS/"
  [ -x "$DEPS/python/bin/pip" ] || python3 -m venv "$DEPS/python"
  "$DEPS/python/bin/pip" install -q --disable-pip-version-check --no-deps "pyarrow==$ARROW_VERSION"
  local home; home=$("$DEPS/python/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  ln -sfn "${home#"$PWD/$DEPS/"}/pyarrow" "$DEPS/arrow"
  if [ ! -e "$DEPS/arrow/include/parquet/file_reader.h" ]; then
    say "the pyarrow wheel carries no C++ headers: $home/pyarrow"
    exit 1
  fi
  touch "$stamp"
}

install_node_packages() {
  local stamp; stamp="$DEPS/node/$(printf '%s+' "${NODE_PACKAGES[@]}").done"
  [ -e "$stamp" ] && return 0
  say "installing ${NODE_PACKAGES[*]} into $DEPS/node/"
  mkdir -p "$DEPS/node"
  # Nothing of these runs in Node.js but playwright-core, so that what they say of its version does not matter.
  npm install --prefix "$DEPS/node" --no-save --ignore-scripts --no-audit --no-fund --loglevel=error "${NODE_PACKAGES[@]}" >/dev/null
  touch "$stamp"
}

install_packages
install_torch
install_arrow
install_node_packages
say "ready"
