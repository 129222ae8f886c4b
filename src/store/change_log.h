// ChangeLog: the one ordered log through which every change enters (house.md §7, storage-and-cluster.md §5.2).
//
// Sequences count from 1 without gaps. A follower sees every change after the sequence it names, in order, once.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/async.h"
#include "base/clock.h"
#include "base/errors.h"

namespace festina::store {

enum class ChangeKind : std::uint8_t { purge, zone };
std::string_view name(ChangeKind);
std::optional<ChangeKind> change_kind(std::string_view name);

struct Change {
  std::uint64_t sequence = 0;  // given by the log
  TimePoint at;                // given by the log
  ChangeKind kind = ChangeKind::purge;
  std::string scope;       // the zone's id
  std::string body;        // JSON; its form is the kind's (docs/formats/change.md)
  std::string request_id;  // unique: appending it again gives the sequence it has
};

class ChangeLog {
 public:
  virtual ~ChangeLog() = default;
  // Durable and followed when it returns. Requires: a request id. Errors: io (self).
  [[nodiscard]] virtual Awaitable<Result<std::uint64_t>> append(Change) = 0;
  // Calls `apply` for every change after `from`, in order: those that exist before follow() returns, later ones as they
  // are appended, before append() returns. `apply` is called on one thread at a time, until the log is destroyed.
  // Blocking; for start-up.
  // Errors: io (self), and then `apply` is not called again.
  [[nodiscard]] virtual Result<> follow(
      std::uint64_t from, std::function<void(const Change&)> apply
  ) = 0;
  virtual std::uint64_t head() const = 0;   // the last sequence; 0 while the log is empty
  virtual std::uint64_t first() const = 0;  // the first sequence that is kept; 0 likewise
  // A random id born with the log.
  virtual std::string incarnation() const = 0;
};

}  // namespace festina::store
