# shellcheck shell=bash disable=SC2154 # variables of lidit and of the other parts
# LibTorch: the pinned wheel's headers and CPU libraries, or a LibTorch that is already there.

torch_lock=$root/cmake/libtorch.lock
torch_members=('torch/include/*' 'torch/version.py' 'torch/lib/libc10.so' 'torch/lib/libtorch_cpu.so'
  'torch/lib/libgomp*' 'torch/lib/libtorch_global_deps.so' '*.dist-info/*')
torch_unpacked=$((560 << 20)) # bytes, with room to spare

read -r torch_requirement torch_sha256 torch_bytes < <(wheels_of "$torch_lock" torch)
torch_version=${torch_requirement#torch==}
torch=${LIDIT_TORCH_ROOT:-$LIDIT_HOME/torch-$torch_version/torch}

# version_of_torch FOLDER: as its headers say, empty where there are none.
version_of_torch() {
  sed -n 's/^#define TORCH_VERSION_\(MAJOR\|MINOR\|PATCH\) \([0-9]*\).*/\2/p' \
    "$1/include/torch/headeronly/version.h" 2>/dev/null | paste -sd.
}

# lacking_libraries FOLDER: what the loader does not find for its libtorch_cpu.so.
lacking_libraries() { ldd "$1/lib/libtorch_cpu.so" 2>&1 | sed -n 's/^\s*\(\S*\) => not found.*/\1/p'; }

setup_torch() {
  if [[ -z ${LIDIT_TORCH_ROOT:-} && ! -e $torch/lib/libtorch_cpu.so ]]; then
    unpack_torch
  fi
  check_torch
}

check_torch() {
  [[ -e $torch/lib/libtorch_cpu.so && -e $torch/lib/libc10.so ]] ||
    die 2 "LIDIT_TORCH_ROOT=$torch has no lib/libtorch_cpu.so: it must be the folder with LibTorch's include/ and lib/"
  local version lacking
  version=$(version_of_torch "$torch")
  [[ $version == "$torch_version" ]] ||
    die 2 "LibTorch $torch_version is needed, and $torch has version ${version:-unknown}: set LIDIT_TORCH_ROOT to another folder, or unset it to fetch the right one"
  lacking=$(lacking_libraries "$torch" | tr '\n' ' ')
  [[ -z $lacking ]] ||
    die 3 "the loader does not find what $torch/lib/libtorch_cpu.so needs: ${lacking% }"
}

unpack_torch() {
  local site=$LIDIT_HOME/torch-$torch_version partial=$LIDIT_HOME/torch-$torch_version.partial
  fetch_wheel "$torch_requirement" "$torch_sha256" "$torch_bytes"
  need_space "$LIDIT_HOME" "$torch_unpacked" "unpacking LibTorch"
  say "unpacking LibTorch $torch_version"
  rm -rf -- "$partial"
  unpack "$wheel" "$partial" "${torch_members[@]}"
  add_cuda_libraries "$partial"
  rm -rf -- "$site"
  mv -- "$partial" "$site"
  rm -rf -- "$LIDIT_HOME/wheels"
}

# libtorch_cpu.so of this wheel NEEDs CUDA's runtime and profiler even on a machine without a GPU; it
# looks for them in ../../nvidia/cu13/lib first and where the loader looks last.
add_cuda_libraries() {
  local requirement sha256 bytes
  [[ -n $(lacking_libraries "$1/torch") ]] || return 0
  while read -r requirement sha256 bytes; do
    fetch_wheel "$requirement" "$sha256" "$bytes"
    unpack "$wheel" "$1" 'nvidia/cu13/lib/libcu*.so.*' '*.dist-info/*'
  done < <(wheels_of "$torch_lock" cuda)
}
