// The Cache API service: match, put and delete of `caches.*` against the cache of the caller's colo
// (reference §5, worker-wire.md §5).
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.h"
#include "cache/cache.h"
#include "http/handler.h"
#include "observe/journal.h"
#include "workers/outbound.h"
#include "zone/snapshot.h"

namespace festina::workers {

// What the service needs of one colo.
struct ColoCache {
  cache::Cache* cache = nullptr;
  observe::Metrics* metrics = nullptr;
};

class CacheApi final : public http::Handler {
 public:
  // Colos by name. Everything given outlives the service.
  CacheApi(std::map<std::string, ColoCache, std::less<>> colos, const zone::Snapshots&, const Rays&, observe::Journal&, const Clock&);
  Awaitable<http::Reply> handle(http::Incoming) override;

 private:
  struct Operation;
  struct Outcome;
  std::optional<Operation> operation_of(http::Request) const;
  static Outcome outcome_of_put(std::optional<policy::Reason> objection);
  static Outcome nothing_found(policy::CacheStatus status, policy::Reason why);
  static Outcome refusal(policy::Reason why);
  static std::optional<policy::Reason> refusal_of_put(const Operation&);
  Outcome match(const Operation&) const;
  Outcome remove(const Operation&) const;
  Awaitable<std::optional<policy::Reason>> put(const Operation& operation, Body body) const;
  http::Reply finished(const Operation&, Outcome) const;

  std::map<std::string, ColoCache, std::less<>> colos_;
  const zone::Snapshots& snapshots_;
  const Rays& rays_;
  observe::Journal& journal_;
  const Clock& clock_;
};

}  // namespace festina::workers
