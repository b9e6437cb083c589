#!/usr/bin/env bash
# PyPI's LibTorch beside Debian's, in .torch/ (ignored by git): fetches what is missing with pip from wherever pip is
# configured to look, prints the folder for SPONDYL_TORCH_ROOT on stdout.
#   scripts/torch.sh          what computing on the CPU needs: torch and three small NVIDIA libraries it is linked to (0.6 GB)
#   scripts/torch.sh --cuda   all NVIDIA libraries that it asks for (2.5 GB more)
set -euo pipefail
cd "$(dirname "$0")/.."
version=2.11.0
case "${1:-}" in
  "") wanted=cpu ;;
  --cuda) wanted=cuda ;;
  *) echo "usage: scripts/torch.sh [--cuda]" >&2; exit 2 ;;
esac
root=$PWD/.torch
mark=$root/complete-$version
# Complete only when its last step was done: the marks are written after it.
if [ ! -e "$mark-cuda" ] && [ ! -e "$mark-$wanted" ]; then
  if ! python3 -m pip --version > /dev/null 2>&1; then
    scripts/install.sh python3-pip >&2
  fi
  get() { # get PIP_ARGUMENTS...
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-compile --upgrade --target "$root" "$@" >&2 || {
      echo "pip could not fetch LibTorch $version and its libraries: is there a network, or an index in pip's configuration?" >&2
      exit 1
    }
  }
  mkdir -p "$root"
  if [ ! -e "$mark-torch" ]; then
    echo "Fetching LibTorch $version (0.5 GB)" >&2
    rm -f "$root"/complete-*
    get --no-deps "torch==$version"
    touch "$mark-torch"
  fi
  # What to add stands in the wheel's own metadata; triton and other Python packages are of no use here.
  mapfile -t asked < <(sed -n -E 's/^Requires-Dist: ((cuda-toolkit|nvidia-)[^;]*).*/\1/p' "$root/torch-$version.dist-info/METADATA")
  if [ "$wanted" = cpu ]; then
    toolkit=$(printf '%s\n' "${asked[@]}" | sed -n -E 's/^cuda-toolkit\[.*\]==([0-9.]+).*/\1/p')
    asked=("cuda-toolkit[cudart,cupti,cufile]==$toolkit")
  fi
  echo "Fetching the NVIDIA libraries: ${asked[*]}" >&2
  get "${asked[@]}"
  touch "$mark-$wanted"
fi
echo "$root/torch"
