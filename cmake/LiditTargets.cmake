# One interface target for warnings, one precompiled header, one function for libraries.
add_library(lidit_warnings INTERFACE)
target_compile_options(lidit_warnings INTERFACE -Wall -Wextra -Wshadow)
if(LIDIT_WERROR)
  target_compile_options(lidit_warnings INTERFACE -Werror)
endif()

# Parsing LibTorch's headers costs 12 s a file; the precompiled header costs 30 s once and 4 s a file.
if(LIDIT_WITH_TORCH)
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/torch_pch.cpp CONTENT "")  # written only once
  add_library(lidit_torch_pch OBJECT ${CMAKE_BINARY_DIR}/torch_pch.cpp)
  target_link_libraries(lidit_torch_pch PRIVATE lidit::torch lidit_warnings)
  target_precompile_headers(lidit_torch_pch PRIVATE
    <torch/nn/module.h> <torch/nn/modules/linear.h> <torch/nn/modules/container/modulelist.h>)
endif()
function(lidit_use_torch_pch target)
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM lidit_torch_pch)
endfunction()

# lidit_library(NAME SOURCES ... LINK ...): the static library lidit_NAME.
function(lidit_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;PRIVATE_LINK" ${ARGN})
  if(NOT ARG_SOURCES)  # nothing there yet
    add_library(lidit_${name} INTERFACE)
    target_link_libraries(lidit_${name} INTERFACE ${ARG_LINK})
    return()
  endif()
  add_library(lidit_${name} STATIC ${ARG_SOURCES})
  target_include_directories(lidit_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(lidit_${name} PUBLIC ${ARG_LINK} PRIVATE lidit_warnings ${ARG_PRIVATE_LINK})
endfunction()
