// Ghosts: fingerprints that were seen lately, in eight bytes each.
//
// A table of small buckets, in which whatever is newer takes the place of what is oldest. A fingerprint is remembered
// while fewer than `window` others were added after it; now and then one goes earlier, because its bucket was full.
// Half of a fingerprint is kept: that another one is taken for it costs a response a queue, nothing else.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace festina::cache {

// Threads: one at a time.
class Ghosts {
 public:
  // Remembers the fingerprint, for this many turns.
  void add(std::uint64_t fingerprint, std::size_t window);
  bool has(std::uint64_t fingerprint) const;
  // True when it was remembered.
  bool forget(std::uint64_t fingerprint);

 private:
  struct Ghost {
    std::uint32_t fingerprint = 0;
    std::uint32_t turn = 0;
  };
  static constexpr std::size_t kBucketSize = 8;  // one line of the processor's cache
  struct alignas(64) Bucket {
    std::array<Ghost, kBucketSize> ghosts;
  };
  // How many were added since, this one counted.
  std::uint32_t age(const Ghost& ghost) const { return turns_ - ghost.turn; }
  bool is_remembered(const Ghost& ghost, std::uint32_t fingerprint) const {
    return ghost.fingerprint == fingerprint && age(ghost) <= window_;
  }
  std::size_t bucket_of(std::uint32_t fingerprint) const {
    return fingerprint & (buckets_.size() - 1);
  }
  void place(const Ghost&);
  void grow(std::size_t window);

  std::vector<Bucket> buckets_;  // a power of two
  std::size_t window_ = 0;
  // Counts up and begins far from zero, so that an empty place is old. It wraps: who was there four billion turns ago
  // and was never overwritten is remembered once more.
  std::uint32_t turns_ = UINT32_MAX / 2;
};

}  // namespace festina::cache
