// Dispatch: a request → the Worker → its response, and what its failures mean (worker-wire.md §3).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "http/handler.h"
#include "net/upstream_client.h"
#include "policy/visit.h"
#include "workers/rays.h"
#include "workers/request_cf.h"
#include "workers/supervisor.h"

namespace festina::workers {

// Is what the script prints while it serves a request sent to us?
enum class Console : std::uint8_t { not_captured, captured };

struct Call {
  std::string script;
  RayInfo ray;
  policy::Visit visit;
  Visitor visitor;
  bool tells_true_client_ip = false;          // by the zone's plan
  std::chrono::milliseconds clock_offset{0};  // of the test clock; sent when it is on
  Console console = Console::not_captured;
  const http::Asker* asker = nullptr;  // with whose leaving the call ends; null: nobody's
};

// The header as the Worker gets it: the client's own fields without those that only we may set, and ours.
http::Headers worker_headers(const http::Request&, const Call&, TestClock);

// The answer of workerd to a handler that threw, or can never answer. No script can make it: `Connection` is not theirs.
bool is_exception(const net::UpstreamReply&);

// What a failed exchange with a Worker's process means. `loss`: why that process ended, if it did.
Error worker_failure(
    Error, const std::optional<std::string>& loss, std::chrono::milliseconds answer_limit
);

class Dispatch {
 public:
  Dispatch(const Supervisor&, net::UpstreamClient&, Rays&, TestClock);
  // Sends the request to the script's socket in the call's colo. The ray is live until the answer's body or tunnel has ended.
  // Errors (worker): worker_exception; worker_unavailable. Those of the client's body; disconnected (client) when the
  // asker has left.
  [[nodiscard]] Awaitable<Result<http::Reply>> call(Call call, http::Request request, Body body);

 private:
  const Supervisor& supervisor_;
  net::UpstreamClient& client_;
  Rays& rays_;
  TestClock test_clock_;
};

}  // namespace festina::workers
