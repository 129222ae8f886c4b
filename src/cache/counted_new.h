// Counts the memory that a test binary has from operator new, as glibc's malloc rounds it. For one source file of it.
// Not under the thread sanitizer, whose operator new cannot be replaced.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace festina::cache {

#if __has_feature(thread_sanitizer)
inline constexpr bool kCountsMemory = false;
#else
inline constexpr bool kCountsMemory = true;
#endif

inline std::atomic<std::uint64_t> bytes_in_use{0};
inline std::atomic<std::uint64_t> allocations{0};  // ever made

// With the header of its chunk, in whole units. The sanitizers' allocator tells the size asked for, glibc's the usable
// one: this makes the same of both.
inline std::uint64_t chunk(std::size_t size) { return (size + 8 + 15) / 16 * 16; }

inline void* counted(void* memory) {
  if (memory == nullptr) throw std::bad_alloc();
  ++allocations;
  bytes_in_use += chunk(malloc_usable_size(memory));
  return memory;
}

inline void uncounted(void* memory) {
  if (memory != nullptr) bytes_in_use -= chunk(malloc_usable_size(memory));
  std::free(memory);
}

}  // namespace festina::cache

#if !__has_feature(thread_sanitizer)
void* operator new(std::size_t size) { return festina::cache::counted(std::malloc(size)); }
void* operator new(std::size_t size, std::align_val_t alignment) {
  const auto grain = static_cast<std::size_t>(alignment);
  return festina::cache::counted(std::aligned_alloc(grain, (size + grain - 1) / grain * grain));
}
void operator delete(void* memory) noexcept { festina::cache::uncounted(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  festina::cache::uncounted(memory);
}
void operator delete(void* memory, std::align_val_t /*alignment*/) noexcept {
  festina::cache::uncounted(memory);
}
void operator delete(void* memory, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
  festina::cache::uncounted(memory);
}
#endif
