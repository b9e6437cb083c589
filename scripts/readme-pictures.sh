#!/usr/bin/env bash
# Makes the README's pictures (docs/images) from a synthetic spine: no patient is shown.
# usage: scripts/readme-pictures.sh [BIN]   BIN: folder of the built programs, default build/release/bin
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${1:-build/release/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export QT_QPA_PLATFORM=offscreen XDG_DATA_HOME="$work/data" XDG_CONFIG_HOME="$work/config" XDG_RUNTIME_DIR="$work/run"
mkdir -m 700 "$work/run"
"$bin/spondyl-cli" phantom --out "$work/phantom" --seed 20261124 --spacing 1 --levels T10-S1 --fracture L1:wedge:32
"$bin/spondyl-cli" analyze "$work/phantom/dicom" --labels "$work/phantom/labels.nii.gz" --out "$work/result" --quiet > "$work/folder"
case_file=$(cat "$work/folder")/case.spondyl
mkdir -p docs/images
"$bin/spondyl-cli" snapshot "$case_file" --out docs/images/sagittal.png --view sagittal --size 640x640 --force
"$bin/spondyl-cli" snapshot "$case_file" --out docs/images/scene.png --view 3d --size 640x640 --force
"$bin/spondyl" "$case_file" --screenshots "$work/shots" --size 1280x720 --quit 2> /dev/null
cp "$work/shots/window-measures.png" docs/images/window.png
"$bin/spondyl-cli" report "$case_file" --out "$work/report.pdf" --include proposed --quiet
pdftoppm -r 60 -png -f 1 -l 1 -singlefile "$work/report.pdf" docs/images/report
ls -l docs/images
