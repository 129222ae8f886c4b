#include "workers/outbound.h"

#include <utility>

#include "base/json.h"
#include "base/log.h"
#include "base/text.h"
#include "http/forwarding.h"
#include "workers/cf_options.h"

namespace festina::workers {
namespace {

using http::Name;

// Reserved: never resolved (worker-wire.md §6).
constexpr std::string_view kOwnHost = "festina.invalid";

// Fields only the edge may set towards an origin (worker-wire.md §4). Host is the URL's. X-Real-IP stays: in its own
// zone a script may say by it for whom it asks; so does CDN-Loop, for a request that nobody can link.
bool is_for_the_edge_only(const http::Field& field) {
  switch (field.name) {
    case Name::host:
    case Name::cf_blob:
    case Name::cf_ray:
    case Name::cf_connecting_ip:
    case Name::cf_worker:
    case Name::cf_cache_namespace:
      return true;
    default:
      return starts_with_ignoring_case(field.name_text, "x-festina-");
  }
}

std::string_view text_member(const json::Value& report, std::string_view name) {
  return json::string_member(report, name).value_or("");
}

// The answer to a report: taken, too long, or none.
http::Reply receipt(const Result<json::Value>& report) {
  http::Reply reply;
  reply.response.status = 204;
  if (!report) reply.response.status = report.error().code == ErrorCode::too_large ? 413 : 400;
  return reply;
}

Awaitable<Result<json::Value>> read_report(Body body, std::size_t limit) {
  const auto text = co_await collect(std::move(body), limit, Side::worker);
  co_return text ? json::parse(*text) : Result<json::Value>(text.error());
}

// What workerd sends of itself is none of the script's: a request that is passed through, or goes to no listener.
bool is_fetch_of_script(const Caller& caller) { return caller.operation == "fetch"; }

// "fetch 89abcdef01234567"; a clock may stand behind it, which is no business of the host's.
void read_tag(Blob& blob, std::string_view tag) {
  const auto words = split_once(tag, ' ');
  if (!words) return;
  const auto more = split_once(words->after, ' ');
  blob.operation = words->before;
  blob.ray = parse_ray(more ? more->before : words->after);
}

}  // namespace

std::optional<Identity> parse_identity(std::string_view source_header) {
  const auto script = split_once(source_header, '@');
  if (!script) return {};
  const auto version = split_once(script->after, '/');
  if (!version || script->before.empty() || version->before.empty() || version->after.empty())
    return {};
  return Identity{
      std::string(script->before), std::string(version->before), std::string(version->after)
  };
}

Blob parse_blob(std::optional<std::string_view> cf_blob, std::string_view script) {
  const auto cf = json::parse(cf_blob.value_or("{}"));
  Blob blob;
  if (!cf || !cf->is_object()) {
    blob.options = cf_options({}, script);
    return blob;
  }
  blob.options = cf_options(cf->get_object(), script);
  read_tag(blob, text_member(*cf, "$f"));
  return blob;
}

std::optional<Caller> caller_of(const http::Request& request, const Rays& rays) {
  auto identity = parse_identity(request.headers.get("X-Festina-Src").value_or(""));
  if (!identity) return {};
  Blob blob = parse_blob(request.headers.get(Name::cf_blob), identity->script);
  // passThroughOnException sends the inbound request again: its own CF-Ray says which (worker-wire.md §4).
  const bool is_tagged = !blob.operation.empty();
  if (!is_tagged) blob.ray = parse_ray(request.headers.get(Name::cf_ray).value_or(""));
  auto parent = blob.ray ? rays.find(*blob.ray, identity->script, identity->colo) : std::nullopt;
  // Only the runtime module writes tags: the request was served once.
  const bool is_over = is_tagged && blob.ray && !parent && rays.is_over(*blob.ray);
  return Caller{
      .identity = std::move(*identity),
      .parent_ray = parent || is_over ? blob.ray.value_or(0) : 0,
      .parent = std::move(parent),
      .options = std::move(blob.options),
      .operation = std::move(blob.operation)
  };
}

void remove_wire_fields(http::Headers& headers) { headers.remove_if(is_for_the_edge_only); }

zone::SnapshotRef snapshot_of(const Caller& caller, const zone::Snapshots& snapshots) {
  return caller.parent && caller.parent->snapshot ? caller.parent->snapshot : snapshots.get();
}

const std::shared_ptr<const zone::Zone>& zone_of(
    const Caller& caller, const zone::ZoneTable& zones
) {
  return caller.parent ? zones.by_id(caller.parent->zone) : zones.by_script(caller.identity.script);
}

void count_call(Caller& caller) {
  if (caller.parent_ray == 0) return;
  if (!caller.parent) {
    caller.refused = policy::Reason::request_over;
    return;
  }
  Quota& quota = *caller.parent->quota;
  caller.place = quota.count_call();
  if (!quota.allows(caller.place)) caller.refused = policy::Reason::too_many_calls;
}

std::string_view refusal_word(policy::Reason reason) {
  return reason == policy::Reason::too_many_calls ? "calls" : "time";
}

Outbound::Outbound(
    Subrequests& subrequests, const Rays& rays, observe::Journal& journal, const Clock& clock
)
    : subrequests_(subrequests), rays_(rays), journal_(journal), clock_(clock) {}

Awaitable<http::Reply> Outbound::take_exception(const Caller& caller, Body body) {
  const Identity& from = caller.identity;
  const std::string ray = caller.parent_ray != 0 ? to_hex(caller.parent_ray, 16) : "";
  const Result<json::Value> report = co_await read_report(std::move(body), kMaxReportBytes);
  if (!report) {
    log::error("worker.exception", {{"script", from.script}, {"colo", from.colo}, {"ray", ray}});
    co_return receipt(report);
  }
  observe::Thrown thrown{
      .ray = caller.parent_ray,
      .script = from.script,
      .colo = from.colo,
      .name = std::string(text_member(*report, "name")),
      .message = std::string(text_member(*report, "message")),
      .stack = std::string(text_member(*report, "stack")),
      .at = clock_.wall()
  };
  log::error(
      "worker.exception",
      {{"script", from.script},
       {"colo", from.colo},
       {"ray", ray},
       {"name", thrown.name},
       {"message", thrown.message},
       {"stack", thrown.stack}}
  );
  journal_.tell(std::move(thrown));
  co_return receipt(report);
}

Awaitable<http::Reply> Outbound::take_console(const Caller& caller, Body body) {
  const Result<json::Value> report = co_await read_report(std::move(body), kMaxConsoleBytes);
  const json::Value* lines = report ? json::find(*report, "lines") : nullptr;
  if (lines == nullptr || !lines->is_array()) co_return receipt(report);
  for (const json::Value& line : lines->as_array()) {
    journal_.feed.tell(observe::Printed{
        .ray = caller.parent_ray,
        .script = caller.identity.script,
        .colo = caller.identity.colo,
        .level = std::string(text_member(line, "level")),
        .message = std::string(text_member(line, "message")),
        .at =
            TimePoint(std::chrono::milliseconds(json::integer_member(line, "timestamp").value_or(0))
            )
    });
  }
  co_return receipt(report);
}

Awaitable<http::Reply> Outbound::handle(http::Incoming incoming) {
  std::optional<Caller> caller = caller_of(incoming.request, rays_);
  if (!caller) co_return http::text_reply(400, "text/plain", "no Worker is named\n");
  if (incoming.request.url.host == kOwnHost) {
    if (caller->operation == "exception")
      co_return co_await take_exception(*caller, std::move(incoming.body));
    if (caller->operation == "console")
      co_return co_await take_console(*caller, std::move(incoming.body));
    co_return http::text_reply(404, "text/plain", "no such host\n");
  }
  if (is_fetch_of_script(*caller)) count_call(*caller);
  remove_wire_fields(incoming.request.headers);
  // One that asks for another protocol keeps the fields that say so, until the request is sent on.
  const bool asks_to_switch = http::requested_upgrade(incoming.request.headers).has_value();
  if (!asks_to_switch) http::remove_connection_fields(incoming.request.headers);
  co_return co_await subrequests_.subrequest(std::move(*caller), std::move(incoming));
}

}  // namespace festina::workers
