#!/usr/bin/env bash
# Fuzzes the DICOM reader, or what SPONDYL_FUZZ_TARGET names: tests/fuzz/run.sh BUILD_FOLDER SECONDS [SEED_FOLDER...]
#   dicom_fuzz     seeds: SPONDYL_FUZZ_SEEDS=DIR test_dicom "fuzz seeds"
#   protocol_fuzz  the worker's messages; seeds: SPONDYL_FUZZ_SEEDS=DIR test_protocol "fuzz seeds"
#   card_fuzz      a model package's card; seeds: copies of resources/models/*/metadata.json; quick with TMPDIR=/dev/shm
# The first run configures BUILD_FOLDER with clang, libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer. The corpus
# is kept in BUILD_FOLDER/corpus/TARGET, what was found in BUILD_FOLDER/finds.
set -euo pipefail
if [ $# -lt 2 ]; then
  echo "usage: tests/fuzz/run.sh BUILD_FOLDER SECONDS [SEED_FOLDER...]" >&2
  exit 2
fi
source_folder="$(cd "$(dirname "$0")/../.." && pwd)"
build="$1"
seconds="$2"
shift 2
if [ ! -f "$build/build.ninja" ]; then
  cmake -S "$source_folder" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_C_COMPILER="${CC:-clang}" -DCMAKE_CXX_COMPILER="${CXX:-clang++}" \
    -DCMAKE_CXX_FLAGS="-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -Wno-error" \
    -DSPONDYL_GUI=OFF -DSPONDYL_INFERENCE=OFF -DSPONDYL_FUZZ=ON
fi
target="${SPONDYL_FUZZ_TARGET:-dicom_fuzz}"
ninja -C "$build" -j"${JOBS:-2}" "$target"
mkdir -p "$build/corpus/$target" "$build/finds"
exec "$build/bin/$target" "$build/corpus/$target" "$@" -max_total_time="$seconds" -max_len=20000 -timeout=10 \
  -rss_limit_mb=1500 -artifact_prefix="$build/finds/" -print_final_stats=1
