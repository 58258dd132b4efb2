#!/usr/bin/env bash
# cmake/fuzz.sh SECONDS [NAME...]: builds the libFuzzer targets of tests/fuzz/ (AddressSanitizer and
# UndefinedBehaviorSanitizer on) and runs each, or those named, for SECONDS. Seeds are in
# tests/fuzz/corpus/NAME/ (without _fuzz), what it finds on the way goes to the build folder. Prints the executions of
# each; a finding stops it with exit code 1 and names the input. Packages: cmake/apt-fuzz.txt.
set -euo pipefail
cd "$(dirname -- "${BASH_SOURCE[0]}")/.."
seconds=${1:?usage: cmake/fuzz.sh SECONDS [NAME...]}
names=("${@:2}")
build=build/fuzz
((${#names[@]})) || mapfile -t names < <(basename -s .cpp tests/fuzz/*_fuzz.cpp)
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${names[@]}"

for name in "${names[@]}"; do
  corpora=("$build/corpus/$name")
  seeds=tests/fuzz/corpus/${name%_fuzz}
  [[ -d $seeds ]] && corpora+=("$seeds")
  mkdir -p "${corpora[0]}"
  log=$build/$name.log
  if ! "$build/tests/$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
    -artifact_prefix="$build/$name-" -print_final_stats=1 "${corpora[@]}" >"$log" 2>&1; then
    tail -n 30 "$log"
    echo "$name: a finding; all of it: $log" >&2
    exit 1
  fi
  echo "$name: $(sed -n 's/stat::number_of_executed_units: *//p' "$log") executions in $seconds s, no finding"
done
