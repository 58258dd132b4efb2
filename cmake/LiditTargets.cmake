# One interface target for warnings, one function for libraries, one for tests.
add_library(lidit_warnings INTERFACE)
target_compile_options(lidit_warnings INTERFACE -Wall -Wextra -Wshadow)
if(LIDIT_WERROR)
  target_compile_options(lidit_warnings INTERFACE -Werror)
endif()

# Parsing LibTorch's headers costs 12 s a file; the precompiled header costs 30 s once and 4 s a file.
if(LIDIT_WITH_TORCH)
  file(WRITE ${CMAKE_BINARY_DIR}/torch_pch.cpp "")
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

# lidit_tests(NAME FOLDER [TORCH] LINK ...): one test program of all FOLDER/**/*_test.cpp.
function(lidit_tests name folder)
  cmake_parse_arguments(ARG "TORCH" "" "LINK;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_tests ${sources})
  target_compile_definitions(${name}_tests PRIVATE
    LIDIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LIDIT_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/tests/golden")
  target_link_libraries(${name}_tests PRIVATE ${ARG_LINK} lidit_warnings GTest::gmock GTest::gtest_main)
  if(ARG_TORCH)
    lidit_use_torch_pch(${name}_tests)
  endif()
  add_test(NAME ${name} COMMAND ${name}_tests)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
endfunction()
