#!/usr/bin/env bash
# The program needs nothing at run time but libc, libstdc++ and LibTorch's CPU library with the OpenMP run
# time that it brings, which it finds by itself: so it runs on a machine without Debian's packages, and on one with a GPU.
# shellcheck disable=SC2317 # test_* are called by run_all_tests
set -euo pipefail
source "$LIDIT_SOURCE/tests/support/shell_test.sh"

test_only_libtorch_and_the_c_and_cpp_run_time_are_needed() {
  local allowed='^(libtorch_cpu\.so|libc10\.so|libgomp\.so\.1|libstdc\+\+\.so\.6|libm\.so\.6|libgcc_s\.so\.1|libc\.so\.6|ld-linux-x86-64\.so\.2)$'
  run readelf -d "$LIDIT_PROGRAM"
  local others
  others=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$stdout" | grep -Ev "$allowed" || true)
  [[ -z $others ]] || fail "the program also needs $others"
}

test_the_loader_finds_libtorch_without_any_setting() {
  LD_LIBRARY_PATH='' run ldd "$LIDIT_PROGRAM"
  [[ $stdout == *libtorch_cpu.so* && $stdout != *'not found'* ]] || fail 'a library is not found'
}

run_all_tests
