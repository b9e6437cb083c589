#!/usr/bin/env bash
# Installs what is missing of scripts/packages-debian.txt, and the packages named. Quick when nothing is. Says clearly when
# it cannot: scripts/install.sh [PACKAGE...]
set -euo pipefail
cd "$(dirname "$0")/.."
mapfile -t wanted < <(grep -v -e '^#' -e '^$' scripts/packages-debian.txt)
wanted+=("$@")
missing=()
installed=" $(dpkg-query -W -f '${db:Status-Abbrev}|${Package} ' "${wanted[@]}" 2>/dev/null || true) "
for package in "${wanted[@]}"; do
  [[ $installed == *"ii |$package "* ]] || missing+=("$package")
done
if [ ${#missing[@]} -eq 0 ]; then
  exit 0
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if sudo -n true 2>/dev/null; then
    as_root=(sudo)
  else
    echo "These Debian packages are missing and installing them needs root: ${missing[*]}" >&2
    echo "Ask an administrator to run: apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { "${as_root[@]}" apt-get update -qq &&
       "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"; } > "$log" 2>&1; then
  grep '^E:' "$log" | head -3 >&2 || true
  echo "The packages could not be installed: is there a network? Missing: ${missing[*]}" >&2
  exit 1
fi
