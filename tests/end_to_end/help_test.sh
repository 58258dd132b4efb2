#!/usr/bin/env bash
# The launcher's help, which is there before any build, against the program's own.
# shellcheck disable=SC2317 # test_* are called by run_all_tests
set -euo pipefail
source "$LIDIT_SOURCE/tests/support/shell_test.sh"

commands_of_launcher() { sed -n 's/^  \([a-z]\+\).*/\1/p' "$LIDIT_SOURCE/cmake/help.txt" | sort; }

test_every_command_of_the_program_stands_in_the_launchers_help() {
  run "$LIDIT_PROGRAM" --help
  expect_status 0
  local commands absent
  commands=$(sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\+\) .*/\1/p' <<<"$stdout" | sort)
  [[ -n $commands ]] || fail 'no list of commands in the help of the program'
  absent=$(comm -23 <(echo "$commands") <(commands_of_launcher) | paste -sd' ')
  [[ -z $absent ]] || fail "cmake/help.txt lacks: $absent"
}

run_all_tests
