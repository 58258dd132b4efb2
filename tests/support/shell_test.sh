# shellcheck shell=bash
# Test functions for the shell: every function test_* of the script runs in a subshell of its own, in
# an empty folder $scratch. `run COMMAND...` keeps status, stdout and stderr for the expectations.

run() {
  status=0
  "$@" >"$scratch/stdout" 2>"$scratch/stderr" </dev/null || status=$?
  stdout=$(<"$scratch/stdout")
  stderr=$(<"$scratch/stderr")
}

fail() {
  printf 'FAILED: %s\n-- status: %s\n-- stdout:\n%s\n-- stderr:\n%s\n' "$*" "${status:-}" "${stdout:-}" "${stderr:-}"
  exit 1
}

expect_status() { [[ $status == "$1" ]] || fail "exit code $status instead of $1"; }
expect_stdout() { [[ $stdout == "$1" ]] || fail "stdout is not: $1"; }
expect_said() { [[ $stderr == *"$1"* ]] || fail "stderr does not say: $1"; }
expect_silent() { [[ -z $stderr ]] || fail "stderr is not empty"; }
expect_file() { [[ -e $1 ]] || fail "there is no $1"; }
expect_no_file() { [[ ! -e $1 ]] || fail "there is a $1"; }

# run_all_tests: prints one line a test, ends with 1 when one failed.
run_all_tests() {
  local name failed=0 outcome code
  for name in $(declare -F | sed -n 's/^declare -f \(test_.*\)/\1/p'); do
    scratch=$(mktemp -d)
    outcome=ok
    set +e # in a condition, bash would ignore -e inside the test
    (
      set -euo pipefail
      "$name"
    )
    code=$?
    set -e
    ((code == 0)) || outcome=FAILED failed=1
    rm -rf -- "$scratch"
    printf '%-6s %s\n' "$outcome" "${name#test_}"
  done
  exit "$failed"
}
