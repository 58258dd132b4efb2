#!/usr/bin/env bash
# cmake/measure_build.sh: how long the launcher, a fresh build and small changes take. Builds in a
# temporary LIDIT_HOME with the LibTorch that is there; measure on a quiet machine.
set -euo pipefail
root=$(cd "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
home=${LIDIT_HOME:-$root/.lidit}
export LIDIT_TORCH_ROOT=${LIDIT_TORCH_ROOT:-$(echo "$home"/torch-*/torch)}
LIDIT_HOME=$(mktemp -d)
export LIDIT_HOME
trap 'rm -rf -- "$LIDIT_HOME"' EXIT

# measure WHAT COMMAND...: prints the wall-clock seconds.
measure() {
  local what=$1 begin=$EPOCHREALTIME
  shift
  "$@" >/dev/null 2>&1
  awk -v what="$what" -v begin="$begin" -v end="$EPOCHREALTIME" 'BEGIN { printf "%-52s %7.2f s\n", what, end - begin }'
}

echo "load average before: $(cut -d' ' -f1-3 /proc/loadavg), $(nproc) cores"
measure 'fresh release build of the program' "$root/lidit" setup
measure 'nothing to do: ./lidit --version' "$root/lidit" --version
measure 'the program alone: lidit --version' "$(echo "$LIDIT_HOME"/build/*/harness/lidit)" --version
for source in results/table.cpp encoders/strategies/settings.cpp harness/main.cpp; do
  touch "$root/$source"
  measure "after touching $source: ./lidit --version" "$root/lidit" --version
done
