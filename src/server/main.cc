#include <cstdio>
#include <exception>

#include "server/command_line.h"
#include "server/commands.h"

// What jemalloc goes by, read before anything else runs; the environment's MALLOC_CONF comes after it. Freed pages return to
// the system at once, not after ten seconds: a cache that takes other sizes than before must not hold memory for both (ADR 16).
extern "C" {
extern const char* const malloc_conf;  // NOLINT(readability-identifier-naming): jemalloc's name
const char* const malloc_conf = "dirty_decay_ms:0,muzzy_decay_ms:0";
}

int main(int argc, char** argv) {
  using namespace festina::server;
  try {
    const auto parsed = parse_options(argc, argv);
    if (const auto* done = std::get_if<Exit>(&parsed)) {
      std::fwrite(done->text.data(), 1, done->text.size(), done->code == 0 ? stdout : stderr);
      return done->code;
    }
    return run_command(std::get<Options>(parsed));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "festina: %s\n", error.what());
    return kExitRefused;
  }
}
