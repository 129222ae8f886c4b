# Libraries from the system, one imported target each; all of them are SYSTEM to the compiler.

find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json url)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto SSL)
find_package(SQLite3 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(CapnProto REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_program(CAPNP capnp REQUIRED)
find_program(CAPNPC_CXX capnpc-c++ REQUIRED)
find_library(XXHASH_LIBRARY xxhash REQUIRED)
find_library(MAXMINDDB_LIBRARY maxminddb REQUIRED)
find_library(RE2_LIBRARY re2 REQUIRED)
find_library(JEMALLOC_LIBRARY jemalloc REQUIRED)
find_package(ZLIB REQUIRED)
find_library(BROTLIENC_LIBRARY brotlienc REQUIRED)
find_library(BROTLIDEC_LIBRARY brotlidec REQUIRED)
find_library(ZSTD_LIBRARY zstd REQUIRED)

# Boost.Asio: its non-template half compiled once, and the precompiled header of the layers that speak coroutines.
add_library(asio STATIC third_party/asio/asio.cc)
# Coroutine frames of a request nest deeper than the two blocks that Asio keeps for reuse by default.
target_compile_definitions(asio PUBLIC BOOST_ASIO_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
                                       BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16)
target_link_libraries(asio PUBLIC Boost::headers Threads::Threads)
target_precompile_headers(asio PRIVATE third_party/precompiled/asio.h)

# The precompiled header of the tests belongs to a library of one empty file.
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/precompiled_test.cc" CONTENT "")
add_library(precompiled_test OBJECT "${CMAKE_BINARY_DIR}/precompiled_test.cc")
target_link_libraries(precompiled_test PRIVATE asio GTest::gtest)
target_precompile_headers(precompiled_test PRIVATE third_party/precompiled/test.h)

# workerd's configuration schema (third_party/workerd), compiled for libcapnp: #include <workerd.capnp.h>.
set(schema_dir "${CMAKE_BINARY_DIR}/workerd_schema")
file(MAKE_DIRECTORY "${schema_dir}")
add_custom_command(
  OUTPUT "${schema_dir}/workerd.capnp.c++" "${schema_dir}/workerd.capnp.h"
  COMMAND ${CAPNP} compile "-o${CAPNPC_CXX}:${schema_dir}"
          "--src-prefix=${PROJECT_SOURCE_DIR}/third_party/workerd" "-I${CAPNP_INCLUDE_DIRECTORY}"
          "${PROJECT_SOURCE_DIR}/third_party/workerd/workerd.capnp"
  DEPENDS third_party/workerd/workerd.capnp
  COMMENT "Compiling workerd.capnp"
  VERBATIM)
add_library(workerd_schema STATIC "${schema_dir}/workerd.capnp.c++" "${schema_dir}/workerd.capnp.h")
target_include_directories(workerd_schema SYSTEM PUBLIC "${schema_dir}")
target_compile_options(workerd_schema PUBLIC "SHELL:-include ${PROJECT_SOURCE_DIR}/third_party/workerd/kj_cxx20.h")
target_link_libraries(workerd_schema PUBLIC CapnProto::capnp CapnProto::kj)
