#!/usr/bin/env bash
# clang-format and clang-tidy, both of Debian 12 (14), over our C++.
#   scripts/lint.sh                what differs from the last commit (in a clean tree: the last commit's files)
#   scripts/lint.sh --all          everything (half an hour on two cores)
#   scripts/lint.sh --format       only the format, of every file (seconds)
#   scripts/lint.sh FILE...        these files
# clang-tidy reads build/ci/compile_commands.json; SPONDYL_BUILD names another build folder.
set -euo pipefail
cd "$(dirname "$0")/.."
build="${SPONDYL_BUILD:-build/ci}"
for tool in clang-format-14 clang-tidy-14; do
  if ! command -v "$tool" > /dev/null; then
    echo "$tool is missing: apt-get install clang-format-14 clang-tidy-14" >&2
    exit 1
  fi
done
ours() { git ls-files --cached --others --exclude-standard -- '*.cpp' '*.h'; }
tidy=yes
case "${1:-}" in
  --all) mapfile -t files < <(ours) ;;
  --format) mapfile -t files < <(ours); tidy=no ;;
  "")
    mapfile -t files < <({ git diff --name-only HEAD; git ls-files --others --exclude-standard; } | grep -E '\.(cpp|h)$' || true)
    if [ ${#files[@]} -eq 0 ]; then
      mapfile -t files < <(git diff --name-only HEAD~1 HEAD -- '*.cpp' '*.h')
    fi ;;
  --*) echo "usage: scripts/lint.sh [--all | --format | FILE...]" >&2; exit 2 ;;
  *) files=("$@") ;;
esac
present=()
for file in "${files[@]}"; do
  if [ -f "$file" ]; then present+=("$file"); fi
done
if [ ${#present[@]} -eq 0 ]; then
  echo "lint: nothing to look at"
  exit 0
fi
failed=0
unformatted=$(clang-format-14 --dry-run "${present[@]}" 2>&1 | sed -n 's/^\([^ :]*\):.*clang-format-violations.*/\1/p' | sort | uniq -c || true)
if [ -n "$unformatted" ]; then
  echo "not formatted (places, file); clang-format-14 -i FILE mends it:"
  echo "$unformatted"
  failed=1
fi
if [ $tidy = yes ]; then
  if [ ! -f "$build/compile_commands.json" ]; then
    echo "$build/compile_commands.json is missing: cmake --preset ci" >&2
    exit 1
  fi
  # Headers are looked at through the sources that include them; only built sources have a command.
  sources=()
  for file in "${present[@]}"; do
    if [[ $file == *.cpp ]] && grep -q -F "/$file\"" "$build/compile_commands.json"; then sources+=("$file"); fi
  done
  if [ ${#sources[@]} -gt 0 ]; then
    printf '%s\n' "${sources[@]}" | xargs -P "$(nproc)" -n 1 clang-tidy-14 --quiet -p "$build" 2> /dev/null || failed=1
  fi
fi
[ $failed -eq 0 ] && echo "lint: ${#present[@]} files, nothing found"
exit $failed
