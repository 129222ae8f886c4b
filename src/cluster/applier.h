// Applier: follows the change log for one colo and turns its purges into purge facts of the colo's cache.
//
// A record that cannot be read counts as a purge of everything in its zone: it may cost a cold cache, never a stale
// answer (storage-and-cluster.md §5.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/cache.h"
#include "store/change_log.h"

namespace festina::cluster {

// The body of a purge record (docs/formats/change.md).
std::string purge_body(const std::vector<cache::PurgeFact>&);
// Errors: malformed (self).
Result<std::vector<cache::PurgeFact>> purge_facts(std::string_view body);

class Applier {
 public:
  // A memory cache begins empty, so it follows from the log's head at start. Both outlive the applier.
  Applier(store::ChangeLog&, cache::Cache&);
  // Errors: io (self).
  [[nodiscard]] Result<> start();

 private:
  void apply(const store::Change&);
  store::ChangeLog& log_;
  cache::Cache& cache_;
};

}  // namespace festina::cluster
