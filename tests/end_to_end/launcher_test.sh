#!/usr/bin/env bash
# The launcher around a small program: what it builds and when, and what it hands over.
# shellcheck disable=SC2317 # test_* are called by run_all_tests
set -euo pipefail
source "$LIDIT_SOURCE/tests/support/shell_test.sh"
source "$LIDIT_SOURCE/tests/support/small_checkout.sh"

test_help_comes_before_any_build() {
  make_checkout
  run "$checkout/lidit" --help
  expect_status 0
  expect_stdout "$(<"$LIDIT_SOURCE/cmake/help.txt")"
  expect_no_file "$checkout/.lidit"
}

test_no_command_is_a_mistake_that_shows_the_help() {
  make_checkout
  run "$checkout/lidit"
  expect_status 2
  expect_said 'usage: ./lidit COMMAND'
}

test_an_unknown_command_is_refused_before_any_build() {
  make_checkout
  run "$checkout/lidit" quickstrat
  expect_status 2
  expect_said "no command is called 'quickstrat'; commands: quickstart test"
  expect_no_file "$checkout/.lidit"
}

test_builds_and_hands_over_arguments_and_exit_code() {
  make_checkout
  run "$checkout/lidit" run 'a b' '' 7
  expect_status 7
  expect_stdout 'program 1 [run] [a b] [] [7]'
}

test_works_from_another_folder_and_through_a_link() {
  make_checkout
  ln -s "$checkout/lidit" "$scratch/link"
  mkdir "$scratch/elsewhere"
  cd "$scratch/elsewhere"
  run ../link list
  expect_status 0
  expect_file "$checkout/.lidit"
}

test_a_second_call_runs_no_build_tool() {
  make_checkout
  run "$checkout/lidit" list
  for tool in cmake ninja apt-get dpkg-query python3; do stub "$tool" 'exit 99'; done
  run "$checkout/lidit" list
  expect_status 0
  expect_stdout 'program 1 [list]'
  expect_silent
}

test_a_changed_source_is_built_again() {
  make_checkout
  run "$checkout/lidit" list
  sleep 0.01
  write_program '2'
  run "$checkout/lidit" list
  expect_stdout 'program 2 [list]'
}

test_a_changed_lock_is_built_again_and_a_changed_text_is_not() {
  make_checkout
  run "$checkout/lidit" list
  sleep 0.01
  touch "$checkout/harness/README.md"
  touch -r "$checkout/cmake/help.txt" "$checkout/harness"
  run "$checkout/lidit" list
  expect_silent
  touch "$checkout/cmake/libtorch.lock"
  run "$checkout/lidit" list
  expect_said 'building'
}

test_a_broken_source_fails_and_its_repair_works() {
  make_checkout
  run "$checkout/lidit" list
  sleep 0.01
  echo 'not C++' >"$checkout/harness/main.cpp"
  run "$checkout/lidit" list
  expect_status 1
  expect_said 'the build failed'
  run "$checkout/lidit" list
  expect_status 1
  write_program '3'
  run "$checkout/lidit" list
  expect_stdout 'program 3 [list]'
}

test_two_checkouts_may_share_one_home() {
  make_checkout
  export LIDIT_HOME=$scratch/home
  run "$checkout/lidit" list
  cp -r "$checkout" "$scratch/second"
  checkout=$scratch/second write_program 'of the second'
  run "$scratch/second/lidit" list
  expect_stdout 'program of the second [list]'
  run "$checkout/lidit" list
  expect_stdout 'program 1 [list]'
}

test_a_relative_home_is_taken_from_the_current_folder() {
  make_checkout
  cd "$scratch"
  LIDIT_HOME=here run "$checkout/lidit" list
  expect_file "$scratch/here/build"
}

test_a_home_that_was_moved_goes_on() {
  make_checkout
  LIDIT_HOME=$scratch/home run "$checkout/lidit" list
  mv "$scratch/home" "$scratch/moved"
  write_program '2'
  LIDIT_HOME=$scratch/moved run "$checkout/lidit" list
  expect_stdout 'program 2 [list]'
}

test_two_calls_at_once_both_succeed() {
  make_checkout
  "$checkout/lidit" list one >"$scratch/one" 2>&1 </dev/null &
  run "$checkout/lidit" list two
  wait $! || fail "the other call failed: $(<"$scratch/one")"
  expect_status 0
  [[ $(tail -n 1 "$scratch/one") == 'program 1 [list] [one]' ]] || fail "$(<"$scratch/one")"
}

test_test_builds_everything_and_ends_with_the_closing_line() {
  make_checkout
  sed -i 's/^default_models=.*/default_models=()/' "$checkout/lidit"
  run "$checkout/lidit" test
  expect_status 0
  [[ $stdout == *'100% tests passed, 0 tests failed out of 1'* ]] || fail 'no closing line'
}

test_a_failing_test_gives_exit_code_1() {
  make_checkout
  sed -i 's/^default_models=.*/default_models=()/' "$checkout/lidit"
  sed -i 's/COMMAND lidit 0/COMMAND lidit 5/' "$checkout/CMakeLists.txt"
  run "$checkout/lidit" test
  expect_status 1
}

test_a_libtorch_of_another_version_is_refused() {
  make_checkout
  make_torch 2 9 1
  run "$checkout/lidit" list
  expect_status 2
  expect_said "LibTorch 2.11.0 is needed, and $LIDIT_TORCH_ROOT has version 2.9.1"
}

test_a_folder_without_libtorch_is_refused() {
  make_checkout
  LIDIT_TORCH_ROOT=$scratch/nothing run "$checkout/lidit" list
  expect_status 2
  expect_said "LIDIT_TORCH_ROOT=$scratch/nothing has no lib/libtorch_cpu.so"
}

test_another_libtorch_builds_again() {
  make_checkout
  run "$checkout/lidit" list
  LIDIT_TORCH_ROOT=$scratch/other make_torch 2 11 0
  LIDIT_TORCH_ROOT=$scratch/other run "$checkout/lidit" list
  expect_said 'building'
}

test_without_root_missing_packages_are_listed() {
  make_checkout
  echo 'no-such-package-a bash no-such-package-b' >"$checkout/cmake/apt.txt"
  stub sudo 'exit 1'
  run as_nobody "$checkout/lidit" list
  expect_status 3
  expect_said 'apt-get install --no-install-recommends no-such-package-a no-such-package-b'
}

test_a_home_that_cannot_be_written_is_one_sentence() {
  make_checkout
  LIDIT_HOME=/proc/nothing run "$checkout/lidit" list
  expect_status 3
  expect_said 'cannot write to /proc/nothing'
}

test_doctor_changes_nothing_and_says_what_is_missing() {
  make_checkout
  make_model
  echo 'no-such-package' >"$checkout/cmake/apt.txt"
  run "$checkout/lidit" doctor
  expect_status 3
  [[ $stdout == *'missing: no-such-package'*'not built'*'pair is not fetched'* ]] || fail 'a line lacks'
  expect_no_file "$checkout/.lidit"
}

run_all_tests
