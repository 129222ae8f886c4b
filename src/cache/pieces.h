// Pieces: what an entry is made of, one behind the other in its memory, and where each of them stands.
//
//   | tags | numbers | size of the target, if there is one | key | target | shown lines | hidden lines | body |
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "cache/packed_facts.h"

namespace festina::cache {

// Views, into an entry or into what one is made of.
struct Pieces {
  std::span<const std::uint64_t> tags{};
  std::span<const std::int32_t> numbers{};  // of the facts
  std::string_view key{};
  std::string_view target{};  // empty: the key says it
  std::string_view shown{};   // header lines, header_lines.h
  std::string_view hidden{};
  std::string_view body{};

  std::size_t size() const;  // in memory, bytes
};

// Writes them to memory for so many bytes, aligned as the tags are.
void write(const Pieces&, char* memory);

// What must be known to find them there again, in 20 bytes.
class Layout {
 public:
  // Of the bits that the facts leave this one is taken; the others are left to others.
  static constexpr std::uint32_t kHasTarget = 1U << 30;

  // `bits`: those of the facts, and of others. Requires: as many numbers as they announce.
  Layout(std::uint32_t bits, const Pieces&);

  std::uint32_t bits() const { return bits_; }
  Pieces pieces_at(const char* memory) const;

 private:
  std::uint32_t bits_;
  std::uint32_t key_size_;
  std::uint32_t shown_size_;
  std::uint32_t hidden_size_;
  std::uint16_t tag_count_;
  std::uint16_t body_size_;
};

}  // namespace festina::cache
