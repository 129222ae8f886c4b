// How much memory a process has.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

namespace festina::harness {

// The sanitizers' allocators keep what is freed.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kFreedMemoryGoes = false;
#else
inline constexpr bool kFreedMemoryGoes = true;
#endif

// How much of it a byte of the program takes at most: the thread sanitizer keeps notes of each.
#if __has_feature(thread_sanitizer)
inline constexpr std::uint64_t kBytesPerByte = 4;
#else
inline constexpr std::uint64_t kBytesPerByte = 1;
#endif

// Resident memory, in bytes; none of a process that is gone.
inline std::uint64_t resident(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmRSS:")) return std::stoull(line.substr(6)) * 1024;
  }
  return 0;
}

}  // namespace festina::harness
