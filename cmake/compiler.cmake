# SPDX-License-Identifier: Apache-2.0
# Warnings, sanitizers, ccache, and what the kernels are compiled with.
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

find_program(EARLYSIGHT_CCACHE ccache)
if(EARLYSIGHT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${EARLYSIGHT_CCACHE})
endif()

# The grammar's templates need memory: one such file at a time.
set_property(GLOBAL PROPERTY JOB_POOLS heavy=1)

if(EARLYSIGHT_SANITIZE)
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
endif()

function(earlysight_options target)
  # Every build and processor gives the same bits: no multiplication is fused with an addition.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -ffp-contract=off
                         $<$<BOOL:${EARLYSIGHT_STRICT}>:-Werror>
                         # g++ 12 warns of overlapping copies in its own std::string (gcc bug 105651).
                         $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
                         $<$<CXX_COMPILER_ID:Clang>:-Wno-overloaded-shift-op-parentheses -Wno-missing-field-initializers -Wno-bitwise-instead-of-logical>)
endfunction()

# Rooms whose loops matter are optimised in every build type but the sanitizers'.
function(earlysight_kernel_options)
  if(EARLYSIGHT_SANITIZE)
    return()
  endif()
  set(flags -O3)
  if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    list(APPEND flags -march=x86-64-v2)
  endif()
  foreach(room ${ARGN})
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${room}/*.cpp)
    set_source_files_properties(${sources} PROPERTIES COMPILE_OPTIONS "${flags}")
  endforeach()
endfunction()

# The kernels of each level of x86-64 (src/engine/kernel/levels), of which the library picks one as it starts. The lowest is compiled as the
# room is. Not vectors wider than the level's registers, nor narrower.
include(CheckCXXCompilerFlag)
function(earlysight_kernel_levels room)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
    return()
  endif()
  check_cxx_compiler_flag("-march=x86-64-v4 -mprefer-vector-width=512" EARLYSIGHT_COMPILER_HAS_LEVELS)
  if(NOT EARLYSIGHT_COMPILER_HAS_LEVELS)
    return()
  endif()
  # Under the sanitizers too: they look at what each level does.
  set_source_files_properties(${room}/dispatch.cpp PROPERTIES COMPILE_DEFINITIONS EARLYSIGHT_LEVELS)
  set_source_files_properties(${room}/levels/base.cpp PROPERTIES COMPILE_OPTIONS "-O3;-march=x86-64-v2")
  set_source_files_properties(${room}/levels/v3.cpp PROPERTIES COMPILE_DEFINITIONS EARLYSIGHT_LEVELS COMPILE_OPTIONS "-O3;-march=x86-64-v3")
  set_source_files_properties(${room}/levels/v4.cpp PROPERTIES COMPILE_DEFINITIONS EARLYSIGHT_LEVELS COMPILE_OPTIONS "-O3;-march=x86-64-v4;-mprefer-vector-width=512")
endfunction()
