# Imported target lidit::torch: libtorch_cpu and libc10 of an unpacked LibTorch, nothing else.
# No find_package(Torch): its files ask for nvcc, Python and libtorch_cuda.
# LIDIT_TORCH_ROOT (cache or environment): the folder with include/ and lib/.
set(_home "${CMAKE_SOURCE_DIR}/.lidit")
if(DEFINED ENV{LIDIT_HOME})
  set(_home "$ENV{LIDIT_HOME}")
endif()
if(NOT LIDIT_TORCH_ROOT)
  if(DEFINED ENV{LIDIT_TORCH_ROOT})
    set(_root "$ENV{LIDIT_TORCH_ROOT}")
  else()
    set(_root "${_home}/torch-2.11.0/torch")
  endif()
  set(LIDIT_TORCH_ROOT "${_root}" CACHE PATH "LibTorch: the folder with include/ and lib/" FORCE)
endif()
if(NOT EXISTS "${LIDIT_TORCH_ROOT}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "No LibTorch at ${LIDIT_TORCH_ROOT}: run './lidit setup', or set LIDIT_TORCH_ROOT.")
endif()
file(STRINGS "${LIDIT_TORCH_ROOT}/include/torch/headeronly/version.h" _version
     REGEX "define TORCH_VERSION_(MAJOR|MINOR) ")
if(NOT "${_version}" MATCHES "MAJOR 2.*MINOR 11")
  message(FATAL_ERROR "LibTorch 2.11 is needed; ${LIDIT_TORCH_ROOT} has: ${_version}")
endif()

add_library(lidit::torch INTERFACE IMPORTED)
target_include_directories(lidit::torch SYSTEM INTERFACE
  ${CMAKE_BINARY_DIR}/fmt_include  # before the {fmt} that LibTorch brings
  "${LIDIT_TORCH_ROOT}/include" "${LIDIT_TORCH_ROOT}/include/torch/csrc/api/include")
# The OpenMP run time that libtorch_cpu itself uses: wheels bring their own.
file(GLOB _gomp "${LIDIT_TORCH_ROOT}/lib/libgomp*.so*")
if(NOT _gomp)
  set(_gomp gomp)
endif()
target_link_libraries(lidit::torch INTERFACE
  "${LIDIT_TORCH_ROOT}/lib/libtorch_cpu.so" "${LIDIT_TORCH_ROOT}/lib/libc10.so" ${_gomp} ${CMAKE_DL_LIBS})
# libtorch_cpu registers operators in static initialisers: keep it although nothing names it, and
# leave the CUDA wheels' NEEDED libraries to the loader.
target_link_options(lidit::torch INTERFACE -Wl,--no-as-needed -Wl,--allow-shlib-undefined)
