#include "workers/dispatch.h"

#include <utility>

#include "base/text.h"
#include "http/forwarding.h"
#include "policy/coding.h"

namespace festina::workers {
namespace {

using http::Name;

// Content-Length of "Internal Server Error".
constexpr std::uint64_t kExceptionLength = 21;

// Fields by which the edge speaks, whoever sent them.
bool is_for_the_edge_only(const http::Field& field) {
  return starts_with_ignoring_case(field.name_text, "cf-") ||
         starts_with_ignoring_case(field.name_text, "x-festina-") || field.name == Name::x_real_ip;
}

// The answer's body, with what must live as long as it.
class LiveBody final : public ByteSource {
 public:
  LiveBody(std::unique_ptr<ByteSource> source, Rays::Live live, Lease lease)
      : source_(std::move(source)), live_(std::move(live)), lease_(std::move(lease)) {}
  Awaitable<Result<Bytes>> read() override { return source_->read(); }

 private:
  std::unique_ptr<ByteSource> source_;
  Rays::Live live_;
  Lease lease_;
};

// A switched connection, with what must live as long as it.
class LiveTunnel final : public http::Duplex {
 public:
  LiveTunnel(std::unique_ptr<http::Duplex> tunnel, Rays::Live live, Lease lease)
      : tunnel_(std::move(tunnel)), live_(std::move(live)), lease_(std::move(lease)) {}
  Awaitable<Result<Bytes>> read() override { return tunnel_->read(); }
  Awaitable<Result<>> write(Bytes bytes) override { return tunnel_->write(std::move(bytes)); }
  void end_sending() override { tunnel_->end_sending(); }
  void close() override { tunnel_->close(); }

 private:
  std::unique_ptr<http::Duplex> tunnel_;
  Rays::Live live_;
  Lease lease_;
};

}  // namespace

http::Headers worker_headers(const http::Request& request, const Call& call, TestClock test_clock) {
  http::Headers headers = request.headers;
  http::remove_connection_fields_but_upgrade(headers);
  headers.remove_if(is_for_the_edge_only);
  const std::string_view scheme = http::name(request.url.scheme);
  headers.set(Name::host, request.url.authority());
  headers.set(Name::accept_encoding, policy::kAskedCodings);  // reference §13.2
  headers.set(Name::x_forwarded_proto, scheme);
  http::mark_loop(headers, http::kOwnCdn);
  headers.add(Name::cf_ray, to_hex(call.ray.ray, 16));
  headers.add(Name::cf_connecting_ip, call.visit.client_address);
  if (call.tells_true_client_ip) headers.set(http::kTrueClientIp, call.visit.client_address);
  headers.add(Name::cf_visitor, std::string(R"({"scheme":")").append(scheme).append(R"("})"));
  if (!call.visit.country.empty()) headers.add(Name::cf_ip_country, call.visit.country);
  ServingTag tag{.clock = {}, .console = call.console == Console::captured};
  if (test_clock == TestClock::on) tag.clock = call.clock_offset;
  headers.add(Name::cf_blob, request_cf(call.visit, call.visitor, tag));
  return headers;
}

bool is_exception(const net::UpstreamReply& answer) {
  const http::Response& response = answer.reply.response;
  return response.status == 500 && answer.closes && response.headers.empty() &&
         answer.reply.body.size() == kExceptionLength;
}

Error worker_failure(
    Error error, const std::optional<std::string>& loss, std::chrono::milliseconds answer_limit
) {
  if (error.side != Side::worker) return error;
  if (loss) return {ErrorCode::worker_unavailable, Side::worker, *loss};
  switch (error.code) {
    case ErrorCode::timed_out:
      return {
          ErrorCode::worker_unavailable,
          Side::worker,
          "no byte of an answer within " + std::to_string(answer_limit.count()) +
              " ms, the limit of [workers] answer_timeout"
      };
    case ErrorCode::refused:
    case ErrorCode::connect_timed_out:
    case ErrorCode::exhausted:
      error.code = ErrorCode::worker_unavailable;
      return error;
    default:
      error.code = ErrorCode::worker_exception;
      return error;  // it let a lost subrequest escape, or its answer is none
  }
}

Dispatch::Dispatch(
    const Supervisor& supervisor, net::UpstreamClient& client, Rays& rays, TestClock test_clock
)
    : supervisor_(supervisor), client_(client), rays_(rays), test_clock_(test_clock) {}

Awaitable<Result<http::Reply>> Dispatch::call(Call call, http::Request request, Body body) {
  std::optional<Lease> lease = supervisor_.lease(call.script, call.ray.colo);
  if (!lease) {
    co_return Error{
        ErrorCode::worker_unavailable, Side::worker, "no process runs the script " + call.script
    };
  }
  request.headers = worker_headers(request, call, test_clock_);
  const net::Upstream worker{
      .address = lease->address(),
      .timeouts = {.read = lease->answer_limit()},
      .target_form = net::TargetForm::absolute,
      .repeats = net::Repeats::never,  // the request may be what ended the process
      .side = Side::worker
  };

  call.ray.group = lease->group();
  call.ray.visit = std::make_shared<const policy::Visit>(std::move(call.visit));
  Rays::Live live = rays_.open(std::move(call.ray));
  auto answer = co_await client_.send(worker, std::move(request), std::move(body), call.asker);
  if (!answer) {
    const auto loss = co_await lease->loss();
    const Error failure = worker_failure(answer.error(), loss, lease->answer_limit());
    co_return with_detail(failure, call.script);
  }
  if (is_exception(*answer)) {
    co_return Error{ErrorCode::worker_exception, Side::worker, call.script + " threw an exception"};
  }
  http::Reply reply = std::move(answer->reply);
  if (reply.tunnel) {
    reply.tunnel =
        std::make_unique<LiveTunnel>(std::move(reply.tunnel), std::move(live), std::move(*lease));
  } else if (reply.body.source) {
    reply.body.source = std::make_unique<LiveBody>(
        std::move(reply.body.source), std::move(live), std::move(*lease)
    );
  }
  co_return reply;
}

}  // namespace festina::workers
