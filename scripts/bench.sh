#!/usr/bin/env bash
# Builds and runs the benchmarks on a synthetic 512 x 512 x 300 CT; docs/PERFORMANCE.md quotes what they print.
#   scripts/bench.sh [micro] [load] [analysis]     (all three without a word)
# `load` compares with GDCM and vtk-dicom: apt-get install $(grep -v '^#' scripts/packages-bench.txt)
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- micro load analysis
for word in "$@"; do
  case "$word" in
    micro | load | analysis) ;;
    *) echo "usage: scripts/bench.sh [micro] [load] [analysis]" >&2; exit 2 ;;
  esac
done
scripts/install.sh
export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$PWD"
cmake --preset release -DSPONDYL_TESTS=ON -DSPONDYL_BENCH=ON > /dev/null
targets=(spondyl-bench spondyl-bench-study spondyl-cli spondyl-inference)
comparable=no
if ninja -C build/release -t query spondyl-bench-load > /dev/null 2>&1; then
  comparable=yes
  targets+=(spondyl-bench-load)
fi
ninja -C build/release "${targets[@]}" | tail -1
bin=build/release/bin
study=$(mktemp -d)
trap 'rm -rf "$study"' EXIT

for word in "$@"; do
  echo
  echo "== $word"
  [ "$word" = micro ] || [ -d "$study/raw" ] || "$bin/spondyl-bench-study" "$study/raw"
  case "$word" in
    micro)
      # Interleaved, so that what else the machine does falls on all alike.
      "$bin/spondyl-bench" --benchmark_repetitions=5 --benchmark_min_time=0.2 --benchmark_enable_random_interleaving=true \
        --benchmark_report_aggregates_only=true 2> /dev/null | grep -E 'median|Benchmark' | sort ;;
    load)
      if [ $comparable = no ]; then
        echo "GDCM and vtk-dicom are not installed: apt-get install $(grep -v '^#' scripts/packages-bench.txt | tr '\n' ' ')" >&2
        continue
      fi
      mkdir "$study/lossless" "$study/j2k"
      for file in "$study"/raw/*; do
        dcmcjpeg +e1 "$file" "$study/lossless/${file##*/}"
        gdcmconv --j2k "$file" "$study/j2k/${file##*/}" > /dev/null 2>&1
      done
      echo "-- uncompressed"; "$bin/spondyl-bench-load" "$study/raw" 9
      echo "-- JPEG lossless"; "$bin/spondyl-bench-load" "$study/lossless" 5
      echo "-- JPEG 2000"; "$bin/spondyl-bench-load" "$study/j2k" 3 ;;
    analysis)
      python3 scripts/bench_analysis.py "$bin" "$study/raw" ;;
  esac
done
