#!/usr/bin/env bash
# cmake/run_benches.sh BUILD [OUT [OPTION...]]: builds the Google Benchmark programs in BUILD (a build
# folder with -DLIDIT_BENCHES=ON), runs each, and writes OUT/NAME.json, by default BUILD/benches. Options go to every
# program (--benchmark_filter=REGEX, --benchmark_repetitions=7 ...). Two such folders are compared by
# Google Benchmark's own tools/compare.py: compare.py benchmarks OLD/kernels.json NEW/kernels.json.
set -euo pipefail
build=${1:?usage: cmake/run_benches.sh BUILD [OUT [OPTION...]]}
out=${2:-$build/benches}
if ! grep -qs '^LIDIT_BENCHES:BOOL=ON$' "$build/CMakeCache.txt"; then
  echo "no benches in $build: configure it with -DLIDIT_BENCHES=ON" >&2
  exit 2
fi
cmake --build "$build" --target benches
mkdir -p "$out"
for program in "$build"/tests/*_benches; do
  [[ -x $program ]] || continue
  name=$(basename "$program" _benches)
  "$program" --benchmark_out="$out/$name.json" --benchmark_out_format=json "${@:3}"
done
