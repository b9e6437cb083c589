#!/bin/sh
# Drives the real window through its states at three sizes and writes the pictures and one contact sheet.
#   scripts/gallery.sh [BUILD_DIR] [STUDY [LABELS]]
# Pictures go to docs/gallery-output/. Look at them after each change to the window.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
build=${1:-$root/build/release}
study=${2:-}
labels=${3:-}
out=$root/docs/gallery-output
program=$build/bin/spondyl
[ -x "$program" ] || { echo "$program is not built" >&2; exit 3; }
if [ -z "$study" ]; then
  study=$out/phantom
  [ -d "$study" ] || "$build/bin/spondyl-cli" phantom --out "$study" --seed 20261 --spacing 1.5 --levels T10-S1
  labels=${labels:-$study/labels.nii.gz}
  study=$study/dicom
fi
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
export XDG_CONFIG_HOME="$home/config" XDG_DATA_HOME="$home/data" XDG_STATE_HOME="$home/state" SPONDYL_RUNTIME_DIR="$home/run"
: "${QT_QPA_PLATFORM:=offscreen}"
export QT_QPA_PLATFORM
for look in 1366x768:1 1600x1000:1 1600x1000:2; do
  size=${look%:*} scale=${look#*:}
  folder=$out/$size@$scale
  mkdir -p "$folder"
  QT_SCALE_FACTOR=$scale "$program" --size "$size" --screenshots "$folder" --quit
  # shellcheck disable=SC2086 # no labels: no word
  QT_SCALE_FACTOR=$scale "$program" "$study" $labels --gallery --size "$size" --screenshots "$folder" --quit
  echo "$folder"
done
"$program" --contact-sheet "$out/contact-sheet.png" "$out"
echo "$out/contact-sheet.png"
