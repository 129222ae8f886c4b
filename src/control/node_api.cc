#include "control/node_api.h"

#include "http/date.h"

namespace festina::control {
namespace {

std::vector<observe::Gauge> gauges_of(const cache::Statistics& s) {
  return {
      {"festina_cache_entries", "Responses stored in memory.", s.entries},
      {"festina_cache_bytes", "Bytes charged to the memory budget.", s.bytes},
      {"festina_cache_budget_bytes", "The memory budget.", s.budget},
      {"festina_cache_stored", "Responses stored since start.", s.stored},
      {"festina_cache_evicted", "Responses evicted since start.", s.evicted},
      {"festina_cache_purged", "Purged responses found by a lookup since start.", s.purged},
      {"festina_cache_fills", "Fills in flight.", s.fills},
      {"festina_cache_fill_bytes", "Bytes held by bodies on their way in.", s.fill_bytes},
      {"festina_cache_readers_outrun",
       "Readers since start that fell behind a body too large to keep.",
       s.outrun},
      {"festina_cache_uncacheable_keys", "Keys remembered as uncacheable.", s.uncacheable},
  };
}

// Of the node, not of a colo.
std::string listeners_text(const observe::Feed& feed) {
  const std::size_t of_workers = feed.worker_listeners();
  return "# HELP festina_log_listeners Who listens to the live log.\n"
         "# TYPE festina_log_listeners gauge\n"
         "festina_log_listeners{kind=\"logs\"} " +
         std::to_string(feed.listeners() - of_workers) + "\nfestina_log_listeners{kind=\"tail\"} " +
         std::to_string(of_workers) + "\n";
}

http::Reply refused(http::Status status, std::string why) {
  return json_reply(status, json::Object{{"error", std::move(why)}});
}

}  // namespace

http::Reply live() { return json_reply(200, json::Object{{"status", "live"}}); }

http::Reply ready(const ControlServices& services) {
  if (!services.ready) return json_reply(503, json::Object{{"status", "not ready"}});
  return json_reply(200, json::Object{{"status", "ready"}, {"applied", services.log.head()}});
}

http::Reply list_colos(const ControlServices& services) {
  json::Array colos;
  for (const ColoView& colo : services.colos) {
    json::Object counters;
    for (const observe::Gauge& gauge : gauges_of(colo.cache->statistics())) {
      counters[gauge.name.substr(std::string_view("festina_cache_").size())] = gauge.value;
    }
    colos.push_back(json::Object{
        {"name", colo.name},
        {"country", colo.country},
        {"applied", colo.cache->applied_sequence()},
        {"cache", std::move(counters)}
    });
  }
  return json_reply(200, json::Object{{"colos", std::move(colos)}});
}

http::Reply metrics(const ControlServices& services) {
  std::vector<observe::ColoMetrics> colos;
  colos.reserve(services.colos.size());
  for (const ColoView& colo : services.colos) {
    colos.push_back(
        {.colo = colo.name,
         .totals = colo.metrics->totals(),
         .gauges = gauges_of(colo.cache->statistics()),
         .servers = colo.metrics->servers()}
    );
  }
  return http::text_reply(
      200,
      "text/plain; version=0.0.4",
      observe::prometheus_text(colos) + services.processes.text() +
          listeners_text(services.journal.feed)
  );
}

Awaitable<http::Reply> advance_clock(const ControlServices& services, Body body) {
  if (services.test_clock == nullptr) {
    co_return refused(
        403, "the test clock is off; set [testing] clock = true in the configuration"
    );
  }
  const Result<json::Value> asked = co_await json_body(std::move(body));
  if (!asked) co_return refused(400, asked.error().detail);
  const std::optional<std::int64_t> by = json::integer_member(*asked, "advance");
  if (!by || *by < 0 || *by > kMaxAdvance.count()) {
    co_return refused(
        400, "\"advance\" is a number of seconds from 0 to " + std::to_string(kMaxAdvance.count())
    );
  }
  services.test_clock->advance(std::chrono::seconds(*by));
  const auto ahead =
      std::chrono::duration_cast<std::chrono::seconds>(services.test_clock->advanced());
  co_return json_reply(
      200,
      json::Object{
          {"now", http::format_date(services.clock.wall()).view()}, {"ahead", ahead.count()}
      }
  );
}

http::Reply index_page(const ControlServices& services) {
  std::string page =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Festina</title>\n"
      "<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:4em auto;padding:0 "
      "1em;color:#222}</style>\n"
      "<h1>Festina</h1>\n<p>The control listener of this node.</p>\n<ul>\n"
      "<li><a href=\"/festina/v1/health\">health</a></li>\n<li><a href=\"/festina/v1/colos\">data "
      "centres</a></li>\n"
      "<li><a href=\"/metrics\">metrics</a></li>\n</ul>\n<h2>Explain</h2>\n<ul>\n";
  const zone::SnapshotRef snapshot = services.snapshots.get();
  for (const auto& zone : snapshot->zones.all()) {
    if (zone::is_on_workers_dev(*zone)) continue;  // the name is no host
    page += "<li><a href=\"/festina/v1/explain?url=http://" + zone->name + "/\">http://" +
            zone->name + "/</a></li>\n";
  }
  return http::text_reply(200, "text/html; charset=utf-8", page + "</ul>\n</html>\n");
}

}  // namespace festina::control
