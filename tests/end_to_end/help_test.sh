#!/usr/bin/env bash
# The launcher's help, which is there before any build, against the program's own.
# shellcheck disable=SC2317 # test_* are called by run_all_tests
set -euo pipefail
source "$LIDIT_SOURCE/tests/support/shell_test.sh"

launchers_own='setup|test|models fetch' # commands that the launcher carries out by itself

# commands_of_launcher: a line each, as in "run" and "models fetch"; `models A X | B Y` are two.
commands_of_launcher() {
  awk '/^  [a-z]/ {
    sub(/^  /, "")
    sub(/  .*/, "")
    count = split($0, uses, " [|] ")
    split(uses[1], words, " ")
    if (words[2] !~ /^[a-z]+$/) { print words[1]; next }
    print words[1], words[2]
    for (i = 2; i <= count; ++i) { split(uses[i], rest, " "); print words[1], rest[1] }
  }' "$LIDIT_SOURCE/cmake/help.txt" | sort
}

test_every_command_of_the_program_stands_in_the_launchers_help() {
  run "$LIDIT_PROGRAM" --help
  expect_status 0
  local commands absent
  commands=$(sed -n '/^Subcommands:/,/^$/s/^  \([a-z]\+\) .*/\1/p' <<<"$stdout" | sort)
  [[ -n $commands ]] || fail 'no list of commands in the help of the program'
  absent=$(comm -23 <(echo "$commands") <(commands_of_launcher | cut -d' ' -f1 | sort -u) | paste -sd' ')
  [[ -z $absent ]] || fail "cmake/help.txt lacks: $absent"
}

test_every_command_of_the_launchers_help_is_there() {
  local commands command
  mapfile -t commands < <(commands_of_launcher | grep -vxE "$launchers_own")
  ((${#commands[@]})) || fail 'no commands in cmake/help.txt'
  for command in "${commands[@]}"; do
    # shellcheck disable=SC2086 # the words of a command; the help of the nearest one is printed
    run "$LIDIT_PROGRAM" $command --help
    [[ $stdout == *"Usage: lidit $command "* ]] || fail "the program has no command '$command'"
  done
}

test_the_launchers_own_commands_explain_themselves_and_set_nothing_up() {
  local command
  for command in setup test doctor 'models fetch'; do
    # shellcheck disable=SC2086 # the words of a command
    LIDIT_HOME=$scratch/home run "$LIDIT_SOURCE/lidit" $command --help
    expect_status 0
    [[ $stdout == "usage: ./lidit $command"* ]] || fail "no help of '$command': $stdout"
    expect_no_file "$scratch/home"
  done
}

run_all_tests
