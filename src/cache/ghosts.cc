#include "cache/ghosts.h"

#include <algorithm>
#include <utility>

namespace festina::cache {
namespace {

constexpr std::uint32_t half(std::uint64_t fingerprint) {
  return static_cast<std::uint32_t>(fingerprint);
}

}  // namespace

void Ghosts::add(std::uint64_t fingerprint, std::size_t window) {
  window_ = window;
  // At most four fifths of the places are within the window: few buckets overflow.
  if (window * 5 > buckets_.size() * kBucketSize * 4) grow(window);
  forget(fingerprint);
  ++turns_;
  place({.fingerprint = half(fingerprint), .turn = turns_ - 1});
}

bool Ghosts::has(std::uint64_t fingerprint) const {
  if (buckets_.empty()) return false;
  const auto is_it = [&](const Ghost& ghost) { return is_remembered(ghost, half(fingerprint)); };
  return std::ranges::any_of(buckets_[bucket_of(half(fingerprint))].ghosts, is_it);
}

bool Ghosts::forget(std::uint64_t fingerprint) {
  if (buckets_.empty()) return false;
  for (Ghost& ghost : buckets_[bucket_of(half(fingerprint))].ghosts) {
    if (!is_remembered(ghost, half(fingerprint))) continue;
    ghost = {};
    return true;
  }
  return false;
}

// In the place of the oldest.
void Ghosts::place(const Ghost& ghost) {
  const auto older = [this](const Ghost& one) { return age(one); };
  *std::ranges::max_element(buckets_[bucket_of(ghost.fingerprint)].ghosts, {}, older) = ghost;
}

void Ghosts::grow(std::size_t window) {
  std::size_t count = std::max<std::size_t>(buckets_.size(), 1);
  while (window * 5 > count * kBucketSize * 4) count *= 2;
  std::vector<Bucket> old(count);
  old.swap(buckets_);
  for (const Bucket& bucket : old) {
    for (const Ghost& ghost : bucket.ghosts) {
      if (age(ghost) <= window) place(ghost);
    }
  }
}

}  // namespace festina::cache
