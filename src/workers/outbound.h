// Outbound: what arrives on a Worker process's `out` socket: its fetch() calls, and reports of uncaught exceptions
// (worker-wire.md §4, §6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "http/handler.h"
#include "observe/journal.h"
#include "policy/decision.h"
#include "policy/visit.h"
#include "workers/rays.h"

namespace festina::workers {

inline constexpr std::size_t kMaxReportBytes = std::size_t{64} * 1024;
// Of what a script printed, in one report.
inline constexpr std::size_t kMaxConsoleBytes = std::size_t{1024} * 1024;

// Who a request from workerd comes from.
struct Identity {
  std::string script;
  std::string version;
  std::string colo;
  bool operator==(const Identity&) const = default;
};
// "script@version/colo"
std::optional<Identity> parse_identity(std::string_view source_header);

// The `$f` tag and the known members of CF-Blob.
struct Blob {
  std::optional<std::uint64_t> ray;
  std::string operation;  // empty: untagged
  policy::WorkerOptions options;
};
Blob parse_blob(std::optional<std::string_view> cf_blob, std::string_view script);

// A request from workerd, with what its fields say of it.
struct Caller {
  Identity identity;
  std::uint64_t parent_ray = 0;   // of the request it is made for; 0: unlinked
  std::optional<RayInfo> parent;  // nothing: unlinked, or that request is over
  policy::WorkerOptions options = {};
  std::string operation = {};  // of the tag; empty: untagged
  // As it was counted.
  std::uint32_t place = 0;                     // among the calls of its parent; the first is 1
  std::optional<policy::Reason> refused = {};  // why it may not be made
  // Is it the request it is made for, sent again by workerd (worker-wire.md §4)? Requires: its parent is known.
  bool is_passed_through() const { return operation.empty() || operation == "call"; }
};
// Nothing when the request names no identity.
std::optional<Caller> caller_of(const http::Request&, const Rays&);

// Removes the fields that are between workerd and the edge alone (worker-wire.md §4).
void remove_wire_fields(http::Headers&);

// The configuration by which a Worker's request is served: that of the request it is made for.
zone::SnapshotRef snapshot_of(const Caller&, const zone::Snapshots&);
// The zone it is made for: that of the request it is made for, else of the script's first route. Null: none.
const std::shared_ptr<const zone::Zone>& zone_of(const Caller&, const zone::ZoneTable&);
// Counts a call for the request it is made for: notes its place there, and why it is refused, if it is. Unlinked calls
// count for nothing.
void count_call(Caller&);
// What kRefusedField says of a call that is refused for this reason.
std::string_view refusal_word(policy::Reason);

// Handed in by the server: the edge's subrequest().
class Subrequests {
 public:
  virtual ~Subrequests() = default;
  // The request comes without the fields that only the edge may set. A refused caller is answered so, with 429 and
  // kRefusedField.
  virtual Awaitable<http::Reply> subrequest(Caller, http::Incoming) = 0;
};

class Outbound final : public http::Handler {
 public:
  Outbound(Subrequests&, const Rays&, observe::Journal&, const Clock&);
  Awaitable<http::Reply> handle(http::Incoming) override;

 private:
  Awaitable<http::Reply> take_exception(const Caller&, Body);
  Awaitable<http::Reply> take_console(const Caller&, Body);

  Subrequests& subrequests_;
  const Rays& rays_;
  observe::Journal& journal_;
  const Clock& clock_;
};

}  // namespace festina::workers
