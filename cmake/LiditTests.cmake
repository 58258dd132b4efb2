# Functions for what is built from tests/: test programs, shell tests, benches, fuzzers, header checks.

# lidit_tests(NAME FOLDER [TORCH] LINK ...): one test program of all tests/FOLDER/**/*_test.cpp.
function(lidit_tests name folder)
  cmake_parse_arguments(ARG "TORCH" "" "LINK;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  set_property(GLOBAL APPEND PROPERTY lidit_tested ${sources})
  add_executable(${name}_tests ${sources})
  target_include_directories(${name}_tests PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name}_tests PRIVATE
    LIDIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}" LIDIT_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/tests/golden")
  target_link_libraries(${name}_tests PRIVATE ${ARG_LINK} lidit_warnings GTest::gmock GTest::gtest_main)
  # Sanitizers double what a test file costs to compile, and it is the tested code that they are for.
  separate_arguments(flags UNIX_COMMAND "${LIDIT_TEST_FLAGS}")
  target_compile_options(${name}_tests PRIVATE ${flags})
  if(ARG_TORCH)
    lidit_use_torch_pch(${name}_tests)
  endif()
  # Test files name their helpers alike: each is compiled alone.
  set_target_properties(${name}_tests PROPERTIES UNITY_BUILD OFF)
  add_test(NAME ${name} COMMAND ${name}_tests)
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}")
endfunction()

# lidit_check_all_tested(): a test file that no program compiles is a test that never fails.
function(lidit_check_all_tested)
  file(GLOB_RECURSE forgotten CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*_test.cpp)
  get_property(tested GLOBAL PROPERTY lidit_tested)
  list(REMOVE_ITEM forgotten ${tested})
  if(forgotten)
    message(FATAL_ERROR "no lidit_tests() in tests/CMakeLists.txt compiles: ${forgotten}")
  endif()
endfunction()

# lidit_shell_tests(FOLDER): each tests/FOLDER/*_test.sh is a test. It finds the program and the
# sources in LIDIT_PROGRAM and LIDIT_SOURCE.
function(lidit_shell_tests folder)
  file(GLOB scripts CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*_test.sh)
  foreach(script ${scripts})
    get_filename_component(name ${script} NAME_WE)
    string(REGEX REPLACE "_test$" "" name ${name})
    add_test(NAME ${name} COMMAND bash ${script})
    set_tests_properties(${name} PROPERTIES
      ENVIRONMENT "LIDIT_PROGRAM=$<TARGET_FILE:lidit>;LIDIT_SOURCE=${CMAKE_SOURCE_DIR}")
  endforeach()
endfunction()

# lidit_benches(NAME FOLDER [TORCH] LINK ...): with LIDIT_BENCHES, one Google Benchmark program of all
# tests/FOLDER/**/*_bench.cpp. Debian has that library only as a shared one: benches alone link it.
function(lidit_benches name folder)
  cmake_parse_arguments(ARG "TORCH" "" "LINK" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*_bench.cpp)
  if(NOT LIDIT_BENCHES OR NOT sources)
    return()
  endif()
  find_package(benchmark 1.7 REQUIRED)
  add_executable(${name}_benches ${sources})
  if(NOT TARGET benches)
    add_custom_target(benches)  # all of them; cmake/run_benches.sh runs them
  endif()
  add_dependencies(benches ${name}_benches)
  target_include_directories(${name}_benches PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_definitions(${name}_benches PRIVATE LIDIT_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  set_target_properties(${name}_benches PROPERTIES UNITY_BUILD OFF)
  target_link_libraries(${name}_benches PRIVATE ${ARG_LINK} lidit_warnings benchmark::benchmark_main)
  if(ARG_TORCH)
    lidit_use_torch_pch(${name}_benches)
  endif()
endfunction()

# lidit_fuzzers(FOLDER LINK ...): with LIDIT_FUZZ, one libFuzzer program per tests/FOLDER/*_fuzz.cpp.
function(lidit_fuzzers folder)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  if(NOT LIDIT_FUZZ)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/${folder}/*_fuzz.cpp)
  foreach(source ${sources})
    get_filename_component(name ${source} NAME_WE)
    add_executable(${name} ${source})
    target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE ${ARG_LINK} lidit_warnings)
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  endforeach()
endfunction()

# lidit_header_checks(LIBRARY FOLDER): with LIDIT_HEADER_CHECKS, every header of FOLDER is compiled
# alone, so that no header leans on what its includer happened to include before.
function(lidit_header_checks library folder)
  if(NOT LIDIT_HEADER_CHECKS)
    return()
  endif()
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
       ${CMAKE_SOURCE_DIR}/${folder}/*.h)
  set(sources)
  foreach(header ${headers})
    set(source ${CMAKE_BINARY_DIR}/header_checks/${header}.cpp)
    file(CONFIGURE OUTPUT ${source} CONTENT "#include \"${header}\"\n")
    list(APPEND sources ${source})
  endforeach()
  if(NOT sources)
    return()
  endif()
  string(MAKE_C_IDENTIFIER "header_checks_${folder}" target)
  add_library(${target} OBJECT ${sources})
  target_compile_options(${target} PRIVATE -O0 -g0 -fno-sanitize=all)
  target_link_libraries(${target} PRIVATE ${library} lidit_warnings)
endfunction()
