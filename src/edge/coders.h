// Coders: bodies coded on their way to clients, and once for all who follow, in the background.
//
// What is small is coded where it is needed, the rest on threads of its own, part by part as it comes. So many bodies may
// be coded at once; beyond that clients get them as they are. What clients ask for again is coded thoroughly and kept so
// in place of what came (storage-and-cluster.md §3). Threads: any.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/work_pool.h"
#include "cache/cache.h"
#include "http/content_coding.h"
#include "observe/metrics.h"

namespace festina::edge {

// Threads that code, for all colos.
inline constexpr std::size_t kCodingThreads = 2;
// Bodies that are on their way through an encoder, in one colo: each takes up to 2 MiB meanwhile.
inline constexpr std::size_t kMaxCoding = 128;
// So much is coded at once on the thread that sends it: a tenth of a millisecond.
inline constexpr std::size_t kMaxCodedHere = std::size_t{16} * 1024;
// Parts of a body that are coded one by one.
inline constexpr std::size_t kCodedPart = std::size_t{64} * 1024;
// Hits for which a stored body is coded anew before it is kept coded: the request that filled it was the first.
inline constexpr std::uint8_t kHitsUntilKept = 2;
// Stored bodies that wait for being coded, or are, in one colo.
inline constexpr std::size_t kMaxKeeping = 32;

class Coders {
 public:
  // All given outlives the coders, and the tasks are joined before they end.
  Coders(WorkPool&, cache::Cache&, observe::Metrics&, TaskGroup&);
  Coders(const Coders&) = delete;
  Coders& operator=(const Coders&) = delete;

  // The body, coded as it is read; as it is when as many as may be are being coded.
  struct Coded {
    Body body;
    bool is_coded;
  };
  Coded code(Body plain, http::Coding);
  // A stored body was coded for a hit. Is that the time to keep it coded?
  bool count_hit(const cache::Entry&);
  // Codes it in the background, and keeps it so. Requires: count_hit() said so.
  void keep_coded(const Executor&, cache::EntryRef, http::Coding);
  // Bodies that are being coded now.
  std::size_t coding() const { return coding_.load(std::memory_order_relaxed); }

 private:
  class Place;
  class Source;
  using Hits = std::atomic<std::uint8_t>;

  std::optional<Place> take_place();
  Hits& hits_of(const cache::Entry&);
  Awaitable<> code_and_keep(cache::EntryRef, http::Coding);

  WorkPool& pool_;
  cache::Cache& cache_;
  observe::Metrics& metrics_;
  TaskGroup& tasks_;
  std::atomic<std::size_t> coding_{0};
  std::atomic<std::size_t> keeping_{0};
  // By fingerprint: entries that share a place are coded a little early.
  std::array<Hits, 4096> hits_{};
};

}  // namespace festina::edge
