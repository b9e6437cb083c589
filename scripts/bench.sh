#!/usr/bin/env bash
# Builds and runs the benchmarks; the table goes to the terminal (docs/PERFORMANCE.md quotes it).
set -euo pipefail
cd "$(dirname "$0")/.."
scripts/install.sh
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"
cmake --preset release -DSPONDYL_TESTS=ON -DSPONDYL_BENCH=ON > /dev/null
ninja -C build/release spondyl-bench | tail -1
build/release/bin/spondyl-bench "$@"
