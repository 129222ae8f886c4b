// Arrival: a response on its way into the cache through put(): a serialised head, then its body (reference §5.3,
// worker-wire.md §5).
//
// It is judged as soon as its head is there. Once refused, what still comes is let pass: the connection goes on. What
// it holds counts among the bodies that are arriving, as a fill's does.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "cache/cache.h"
#include "http/h1_response.h"
#include "policy/decision.h"
#include "workers/quota.h"

namespace festina::workers {

// By whose leave it is stored.
struct ArrivalTerms {
  std::uint64_t max_size = 0;                  // by plan (reference §1.6)
  policy::CacheDecision decision = {};         // of the script: lifetime and tags
  TimePoint arrived = {};                      // by the clock on the wall
  std::shared_ptr<Quota> quota = nullptr;      // of the request it is put for; null: unlinked
  std::optional<policy::Reason> refused = {};  // before anything came of it
};

class Arrival {
 public:
  // `blank` has all that is known before the response. The cache outlives it.
  Arrival(cache::Cache& cache, cache::EntryHead blank, ArrivalTerms terms);

  // The next part, whatever its bounds.
  void take(const Bytes& part);
  // The last part has been taken. Stores it, or says why not.
  std::optional<policy::Reason> finish();

 private:
  void read_head(std::string_view part);
  void take_head(http::EmbeddedHead found);
  void take_body(Bytes part);
  std::optional<policy::Reason> objection(const http::Response&) const;
  std::optional<policy::Reason> outgrown(std::uint64_t size) const;
  bool make_room_for(std::uint64_t size);
  void refuse(policy::Reason why);

  cache::Cache& cache_;
  cache::EntryHead head_;
  ArrivalTerms terms_;
  std::string text_;  // of the head, while it is not complete
  bool has_head_ = false;
  std::optional<policy::Reason> refused_;
  std::shared_ptr<cache::StoredBody> body_;
};

}  // namespace festina::workers
