#include "control/logs_api.h"

#include <algorithm>

#include "base/text.h"
#include "http/status_range.h"

namespace festina::control {
namespace {

Error bad_filter(std::string why) { return {ErrorCode::malformed, Side::client, std::move(why)}; }

bool has_zone(const zone::ZoneTable& zones, std::string_view name) {
  return std::ranges::any_of(zones.all(), [name](const auto& zone) {
    return equal_ignoring_case(zone->name, name);
  });
}

// Takes one value over into the filter.
Result<> take(
    observe::FeedFilter& filter, const ControlServices& services, std::string_view name,
    std::string_view value
) {
  if (value.empty()) return bad_filter("the filter " + in_quotes(name) + " is empty");
  const std::string quoted = in_quotes(value);
  if (name == "status") {
    const auto range =
        value.ends_with("xx") ? http::parse_status_class(value) : http::parse_status_range(value);
    if (!range) return bad_filter(quoted + " is no status: write 404, 5xx or 400-499");
    filter.statuses.push_back(*range);
  } else if (name == "colo") {
    const auto colo = colo_named(services, value);
    if (!colo) return colo.error();
    filter.colos.emplace_back(value);
  } else if (name == "zone") {
    const zone::SnapshotRef snapshot = services.snapshots.get();
    if (!has_zone(snapshot->zones, value))
      return bad_filter("no such zone " + quoted + "; there are: " + snapshot->zones.names());
    filter.zones.emplace_back(value);
  } else {
    (name == "host" ? filter.hosts : filter.scripts).emplace_back(value);
  }
  return Result<>();
}

http::Reply stream(
    const ControlServices& services, const http::Request& request, observe::FeedKind kind
) {
  const auto refused = [](http::Status status, const Error& error) {
    return json_reply(status, json::Object{{"error", error.detail}});
  };
  auto filter = feed_filter(services, parameters(request.url), kind);
  if (!filter) return refused(400, filter.error());
  auto lines = services.journal.feed.listen(std::move(*filter), kind);
  if (!lines) return refused(503, lines.error());
  http::Reply reply;
  reply.response.headers.add(http::Name::content_type, "application/x-ndjson");
  reply.body = Body::streamed(std::move(*lines), std::nullopt);
  return reply;
}

}  // namespace

Result<observe::FeedFilter> feed_filter(
    const ControlServices& services, const Parameters& query, observe::FeedKind kind
) {
  std::vector<std::string_view> names{"zone", "host", "status", "colo"};
  if (kind == observe::FeedKind::workers) names.emplace_back("script");
  observe::FeedFilter filter;
  for (const auto& [name, values] : query) {
    if (std::ranges::find(names, name) == names.end()) {
      const auto meant = nearest(name, names);
      return bad_filter(
          "there is no filter \"" + name + "\"" +
          (meant ? "; did you mean \"" + std::string(*meant) + "\"?" : "")
      );
    }
    for (const std::string_view value : split(values, ',')) {
      const Result<> taken = take(filter, services, name, trimmed(value));
      if (!taken) return taken.error();
    }
  }
  return filter;
}

http::Reply logs(const ControlServices& services, const http::Request& request) {
  return stream(services, request, observe::FeedKind::requests);
}

http::Reply tail(const ControlServices& services, const http::Request& request) {
  return stream(services, request, observe::FeedKind::workers);
}

}  // namespace festina::control
