# shellcheck shell=bash disable=SC2154 # variables of shell_test.sh
# A checkout with the real launcher and set-up scripts around a program of one file, a LibTorch of two
# empty libraries and a model of some bytes in two wheels, so that set-up and build take a second.

# make_checkout: $checkout (its path has a space) and LIDIT_HOME's default inside it.
make_checkout() {
  checkout="$scratch/a checkout"
  mkdir -p "$checkout"/{cmake,results,ablations,encoders,metrics,harness}
  cp -- "$LIDIT_SOURCE/lidit" "$checkout/"
  cp -r -- "$LIDIT_SOURCE/cmake/setup" "$LIDIT_SOURCE/cmake/help.txt" \
    "$LIDIT_SOURCE/cmake/libtorch.lock" "$checkout/cmake/"
  echo 'bash coreutils # what every Debian has' >"$checkout/cmake/apt.txt"
  cat >"$checkout/CMakeLists.txt" <<'CMAKE'
cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES CXX)
enable_testing()
add_executable(lidit harness/main.cpp)
set_target_properties(lidit PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/harness)
add_test(NAME small COMMAND lidit 0)
CMAKE
  cat >"$checkout/CMakePresets.json" <<'JSON'
{"version": 6, "configurePresets": [{"name": "release", "generator": "Ninja", "binaryDir": "${sourceDir}/unused"}]}
JSON
  write_program '1'
  export LIDIT_TORCH_ROOT="$scratch/torch" PIP_CONFIG_FILE=/dev/null PIP_NO_INDEX=1
  export PIP_FIND_LINKS="$scratch/index" PIP_DISABLE_PIP_VERSION_CHECK=1
  unset LIDIT_HOME LIDIT_PRESET PIP_INDEX_URL
  make_torch 2 11 0
}

# write_program VERSION: prints its version and its arguments, ends with the last argument as code.
write_program() {
  cat >"$checkout/harness/main.cpp" <<CPP
#include <cstdio>
#include <cstdlib>
int main(int count, char** words) {
  std::printf("program $1");
  for (int i = 1; i < count; ++i) std::printf(" [%s]", words[i]);
  std::printf("\n");
  return count > 1 ? std::atoi(words[count - 1]) : 0;
}
CPP
}

# make_torch MAJOR MINOR PATCH: a folder that looks like LibTorch to the launcher.
make_torch() {
  local folder=$LIDIT_TORCH_ROOT library
  mkdir -p "$folder/include/torch/headeronly" "$folder/lib"
  printf '#define TORCH_VERSION_%s\n' "MAJOR $1" "MINOR $2" "PATCH $3" >"$folder/include/torch/headeronly/version.h"
  for library in torch_cpu c10; do
    c++ -shared -x c++ /dev/null -o "$folder/lib/lib$library.so"
  done
}

# make_model: the model `pair`, whose one file comes in two wheels, and `closed` under a licence.
make_model() {
  mkdir -p "$PIP_FIND_LINKS"
  make_wheel left first-
  make_wheel right second
  {
    echo 'model pair Apache-2.0 open A pair of words'
    lock_wheel pair left
    lock_wheel pair right
    echo "file pair words.bin $(printf first-second | hash) 12 left/part right/part"
    echo 'model closed Closed accept-licence A closed model'
    echo 'terms closed https://example.org/terms'
    lock_wheel closed left
    echo "file closed words.bin $(printf first- | hash) 6 left/part"
  } >"$checkout/cmake/models.lock"
}

hash() { sha256sum | cut -d' ' -f1; }

# make_wheel NAME CONTENT: a wheel NAME 1.0 with the one file NAME/part.
make_wheel() {
  local folder="$scratch/wheel-$1" archive="$PIP_FIND_LINKS/$1-1.0-py3-none-any.whl"
  mkdir -p "$folder/$1" "$folder/$1-1.0.dist-info"
  printf '%s' "$2" >"$folder/$1/part"
  printf 'Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n' "$1" >"$folder/$1-1.0.dist-info/METADATA"
  printf 'Wheel-Version: 1.0\nTag: py3-none-any\n' >"$folder/$1-1.0.dist-info/WHEEL"
  : >"$folder/$1-1.0.dist-info/RECORD"
  (cd "$folder" && python3 -m zipfile -c "$archive" "$1" "$1-1.0.dist-info")
}

lock_wheel() {
  local archive="$PIP_FIND_LINKS/$2-1.0-py3-none-any.whl"
  echo "wheel $1 $2==1.0 $(hash <"$archive") $(stat -c %s "$archive")"
}

# stub NAME BODY: NAME is this shell script for the rest of the test.
stub() {
  mkdir -p "$scratch/stubs"
  printf '#!/bin/bash\n%s\n' "$2" >"$scratch/stubs/$1"
  chmod +x "$scratch/stubs/$1"
  [[ $PATH == "$scratch/stubs":* ]] || PATH=$scratch/stubs:$PATH
}

# as_nobody COMMAND...: as an ordinary user, who may write to $checkout.
as_nobody() {
  if ((EUID)); then
    "$@"
  else
    chmod 755 "$scratch"
    chown -R 65534:65534 "$checkout"
    setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
  fi
}
