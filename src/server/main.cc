#include <cstdio>
#include <exception>

#include "server/command_line.h"
#include "server/commands.h"

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
