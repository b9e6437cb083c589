#!/usr/bin/env bash
# The main job from nothing to a report: installs, builds, takes a study (PATH, or a synthetic one from a seed that
# training never used), analyses, measures, writes report, pictures, SEG and case to demo-output/, opens the window.
# --gpu builds against PyPI's LibTorch with NVIDIA's libraries (scripts/torch.sh, 3 GB the first time), which uses a GPU
# where there is one.
set -euo pipefail
cd "$(dirname "$0")/.."
here=$PWD
usage() { echo "usage: scripts/demo.sh [--gpu] [--no-window] [PATH]   PATH: a DICOM folder, zip or NIfTI; without one a synthetic CT" >&2; exit 2; }
input="" window=yes preset=release
for argument in "$@"; do
  case "$argument" in
    --gpu) preset=release-gpu ;;
    --no-window) window=no ;;
    -*) usage ;;
    *) [ -z "$input" ] || usage; input=$argument ;;
  esac
done
if [ -n "$input" ]; then
  [ -e "$input" ] || { echo "$input does not exist." >&2; exit 3; }
  input=$(realpath "$input")
fi
out=$here/demo-output
times=()
stage() { # stage NAME COMMAND...: runs, remembers how long it took
  local name=$1 start=$EPOCHREALTIME
  shift
  printf '== %s\n' "$name"
  "$@"
  times+=("$(printf '%-28s %7.1f s' "$name" "$(echo "$EPOCHREALTIME - $start" | bc -l 2>/dev/null || awk "BEGIN {print $EPOCHREALTIME - $start}")")")
}

build() {
  export CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_NOHASHDIR=1 CCACHE_BASEDIR="$here"
  local log=$out/build.log
  { cmake --preset $preset && ninja -C build/$preset spondyl spondyl-cli spondyl-inference; } > "$log" 2>&1 ||
    { grep -E -A8 'error|FAILED' "$log" | head -60 >&2; echo "The build failed; all of it stands in $log" >&2; exit 1; }
  rm "$log"
}
cli=$here/build/$preset/bin/spondyl-cli

stage "install what is missing" scripts/install.sh
mkdir -p "$out"
[ $preset = release ] || stage "LibTorch for GPUs" scripts/torch.sh --cuda
stage "build (minutes the first time)" build
[ $preset = release ] || stage "devices" "$cli" devices
if [ -z "$input" ]; then
  input=$out/phantom
  stage "draw the synthetic study" "$cli" phantom --out "$input" --force --modality ct --seed 20261127 --spacing 1 \
    --levels T10-S1 --fracture L1:wedge:32 --noise 14
  input=$input/dicom
fi
stage "read" "$cli" info "$input"
rm -rf "$out/analysis"
stage "analyse and measure" "$cli" analyze "$input" --out "$out/analysis"
result=$(find "$out/analysis" -mindepth 1 -maxdepth 1 -type d | head -1)
case_file=$result/case.spondyl
stage "report (PDF)" "$cli" report "$case_file" --out "$out/report.pdf" --include proposed --force
stage "report (JSON)" "$cli" report "$case_file" --out "$out/report.json" --include proposed --force
stage "DICOM SEG" bash -c '"$1" export "$2" --out "$3" --seg --include proposed --force || {
  code=$?; [ $code -eq 3 ] && echo "   (no SEG: the source is not DICOM)"; [ $code -eq 3 ]; }' _ "$cli" "$case_file" "$out/dicom"
for view in sagittal coronal axial 3d grid; do
  stage "picture: $view" "$cli" snapshot "$case_file" --out "$out/$view.png" --view "$view" --size 1000x1000 --labels on --force
done
cp "$case_file" "$out/case.spondyl"

printf '\n%s\n' "What is in $out:"
ls -1 "$out"
printf '\n%s\n' "Times:"
printf '  %s\n' "${times[@]}"
if [ "$window" = yes ]; then
  if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec build/$preset/bin/spondyl "$out/case.spondyl"
  fi
  echo "No display: the window runs under Xvfb and leaves its pictures in $out/window."
  mkdir -p "$out/window"
  if [ -z "${XDG_RUNTIME_DIR:-}" ]; then
    XDG_RUNTIME_DIR=$(mktemp -d) && export XDG_RUNTIME_DIR
    trap 'rm -rf "$XDG_RUNTIME_DIR"' EXIT
  fi
  xvfb-run -a -s "-screen 0 1600x1000x24" build/$preset/bin/spondyl "$out/case.spondyl" --screenshots "$out/window" --quit
fi
