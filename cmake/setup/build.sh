# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# Configures and builds with the preset $preset in $build, a folder that belongs to this checkout.

# up_to_date: the program was built after the last change of what it is made of, with this LibTorch. A
# folder is newer than the stamp when a file came or went. Specs are read when the program runs, and the set-up scripts are not in it.
up_to_date() {
  local built_with=
  [[ -x $program && -e $torch/lib/libtorch_cpu.so ]] || return 1
  { read -r built_with <"$build/built"; } 2>/dev/null || return 1
  [[ $built_with == "$torch" ]] || return 1
  [[ -z $(find "$root"/{results,ablations,encoders,metrics,harness,cmake,CMakeLists.txt,CMakePresets.json} \
    \( -path "$root/ablations/specs" -o -path "$root/cmake/setup" \) -prune \
    -o ! -name '*.md' -newer "$build/built" -print -quit) ]]
}

# jobs_at_once: a file with LibTorch takes up to 1.5 GB to compile.
jobs_at_once() {
  local cores memory
  cores=$(nproc)
  memory=$(awk '/^MemTotal:/ { print int($2 / 1500000) }' /proc/meminfo)
  echo $((memory < 1 ? 1 : memory < cores ? memory : cores))
}

# build TARGET: `lidit` for the program alone, `all` with the tests.
build() {
  need_space "$LIDIT_HOME" $((1500 << 20)) "building"
  configure
  touch "$build/started"
  say "building ($1)"
  cmake --build "$build" --target "$1" -j "$(jobs_at_once)" </dev/null >&2 ||
    die 1 "the build failed: its messages are above, its folder is $build"
  printf '%s\n' "$torch" >"$build/built.new"
  touch -r "$build/started" "$build/built.new"
  mv -- "$build/built.new" "$build/built"
}

configure() {
  local made_for
  made_for=$(sed -n 's/^CMAKE_CACHEFILE_DIR:INTERNAL=//p' "$build/CMakeCache.txt" 2>/dev/null || true)
  [[ -z $made_for || $made_for -ef $build ]] || rm -rf -- "$build" # LIDIT_HOME was moved
  mkdir -p "$build"
  (cd "$root" && cmake --preset "$preset" -B "$build" -DLIDIT_TORCH_ROOT="$torch") \
    </dev/null >"$build/configure.log" 2>&1 && return
  cat "$build/configure.log" >&2
  die 1 "cmake could not configure: its messages are above"
}

# run_tests CTEST-ARGUMENT...
run_tests() {
  # One thread a test program: ctest itself keeps the cores busy.
  OMP_NUM_THREADS=1 ctest --test-dir "$build" --output-on-failure --no-tests=error --timeout 300 \
    -j "$(nproc)" "$@" </dev/null
}
