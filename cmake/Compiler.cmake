# Which compiler, with which flags. Everything here holds for our code and for what is compiled beside it.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} destroys temporaries of awaiting statements twice. Use clang 19 "
    "(cmake --preset debug), or g++ 13 or newer.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}")

set(FESTINA_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
option(FESTINA_FUZZ "Build the fuzzers" OFF)

if(FESTINA_SANITIZE)
  add_compile_options(-fsanitize=${FESTINA_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${FESTINA_SANITIZE})
endif()
if(FESTINA_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_compile_definitions(_GLIBCXX_ASSERTIONS)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  add_link_options(-fuse-ld=lld)
  if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
    add_link_options("-Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/thinlto")
  endif()
endif()

# ccache understands a precompiled header once neither its date nor the clock is part of what is compiled.
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER env CCACHE_SLOPPINESS=pch_defines,time_macros "${CCACHE}")
  if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  endif()
endif()

add_library(festina_warnings INTERFACE)
target_compile_options(festina_warnings INTERFACE -Wall -Wextra -Wshadow -Wconversion -Werror)
