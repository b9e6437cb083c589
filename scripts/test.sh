#!/usr/bin/env bash
# All tests: installs what is missing, builds once, runs everything, then the core, DICOM and protocol tests with
# AddressSanitizer and UndefinedBehaviorSanitizer. `scripts/test.sh --quick` leaves the sanitizer build out.
# `scripts/test.sh --gpu-build` does another thing: it builds the networks' part against PyPI's LibTorch, which can use a
# GPU (scripts/torch.sh), and runs its tests on the CPU; those that need a GPU skip without one.
set -euo pipefail
cd "$(dirname "$0")/.."
quick=no gpu=no
for argument in "$@"; do
  case "$argument" in
    --quick) quick=yes ;;
    --gpu-build) gpu=yes ;;
    *) echo "usage: scripts/test.sh [--quick | --gpu-build]" >&2; exit 2 ;;
  esac
done
started=$SECONDS
say() { printf '\n== %s (%d s)\n' "$*" $((SECONDS - started)); }

scripts/install.sh
if [ -z "${SPONDYL_TEST_DATA:-}" ]; then
  if [ "${CI:-}" = true ]; then
    echo "SPONDYL_TEST_DATA is not set: in CI the real files are needed" >&2
    exit 1
  fi
  echo "SPONDYL_TEST_DATA is not set: tests on real files are skipped and counted below."
fi
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"
export QT_QPA_PLATFORM="${QT_QPA_PLATFORM:-offscreen}"
jobs=$(nproc)
runtime=$(mktemp -d)
trap 'rm -rf "$runtime"' EXIT
export XDG_RUNTIME_DIR="$runtime" XDG_DATA_HOME="$runtime/data" XDG_CONFIG_HOME="$runtime/config"

if [ $gpu = yes ]; then
  say "PyPI's LibTorch"
  root=$(scripts/torch.sh)
  say "configure"
  cmake --preset gpu -DSPONDYL_TORCH_ROOT="$root" > "$runtime/configure.log" || { cat "$runtime/configure.log"; exit 1; }
  say "build"
  ninja -C build/gpu -j "$jobs" spondyl-inference slide_array test_engine test_pipelines test_inference_client \
    test_inference_worker > "$runtime/build.log" || { tail -60 "$runtime/build.log"; exit 1; }
  say "test"
  ctest --test-dir build/gpu -j "$jobs" --output-on-failure --no-tests=error -LE slow \
    -L '^(engine|pipelines|inference_client|inference_worker)$'
  say "done"
  exit
fi

say "format"
scripts/lint.sh --format

say "configure"
cmake --preset ci > "$runtime/configure.log" || { cat "$runtime/configure.log"; exit 1; }
say "build"
ninja -C build/ci -j "$jobs" > "$runtime/build.log" || { tail -60 "$runtime/build.log"; exit 1; }
say "test"
failed=0
ctest --test-dir build/ci -j "$jobs" --output-on-failure --no-tests=error --output-junit "$runtime/ci.xml" > "$runtime/ci.log" || failed=1
grep -v -E '^ *[0-9]+/[0-9]+ Test .* Passed|^ *Start ' "$runtime/ci.log" || true
if [ $quick = no ]; then
  say "build with sanitizers"
  cmake --preset dev -DSPONDYL_GUI=OFF -DSPONDYL_INFERENCE=OFF > "$runtime/configure.log" || { cat "$runtime/configure.log"; exit 1; }
  ninja -C build/dev -j "$jobs" > "$runtime/build.log" || { tail -60 "$runtime/build.log"; exit 1; }
  say "test with sanitizers"
  ctest --test-dir build/dev -j "$jobs" --output-on-failure --no-tests=error -LE 'slow|architecture' > "$runtime/dev.log" || failed=1
  grep -v -E '^ *[0-9]+/[0-9]+ Test .* Passed|^ *Start ' "$runtime/dev.log" || true
fi

say "the slowest"
python3 scripts/slowest.py build/ci/.ninja_log "$runtime/ci.xml"
skipped=$(grep -c 'SKIPPED: SPONDYL_TEST_DATA' "$runtime/ci.xml" || true)
echo "tests skipped for want of SPONDYL_TEST_DATA: $skipped"
passed=$(grep -c ' Passed ' "$runtime/ci.log" || true)
broken=$(cat "$runtime"/ci.log "$runtime"/dev.log 2>/dev/null | grep -E -c '\*\*\*(Failed|Exception|Timeout|Not Run)' || true)
say "done"
echo "$passed passed, $broken failed, $skipped skipped"
[ "$failed" -eq 0 ]
