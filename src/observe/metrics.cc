#include "observe/metrics.h"

#include "base/errors.h"

namespace festina::observe {
namespace {

struct CounterText {
  std::string_view name;
  std::string_view help;
};

CounterText text_of(Counter counter) {
  switch (counter) {
    case Counter::origin_requests:
      return {"festina_origin_requests_total", "Requests sent to origins."};
    case Counter::origin_failures:
      return {"festina_origin_failures_total", "Requests to origins that got no answer."};
    case Counter::worker_requests:
      return {"festina_worker_requests_total", "Requests given to Workers."};
    case Counter::worker_failures:
      return {"festina_worker_failures_total", "Requests to Workers that threw or got no answer."};
    case Counter::origin_failovers:
      return {
          "festina_origin_failovers_total",
          "Requests that moved on to another server of their origin."
      };
    case Counter::collapsed:
      return {"festina_collapsed_requests_total", "Requests that joined a fill in flight."};
    case Counter::coded_bodies:
      return {"festina_coded_bodies_total", "Bodies coded as they were sent."};
    case Counter::decoded_bodies:
      return {
          "festina_decoded_bodies_total",
          "Bodies that came coded, decoded for who does not take that coding."
      };
    case Counter::kept_coded:
      return {"festina_kept_coded_total", "Stored bodies that were coded to be kept so."};
    case Counter::coding_saved_bytes:
      return {"festina_coding_saved_bytes_total", "Bytes not sent, for bodies were coded."};
  }
  unreachable("every counter has a name");
}

void add_head(
    std::string& out, std::string_view name, std::string_view help, std::string_view type
) {
  out += "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " + std::string(name) +
         " " + std::string(type) + "\n";
}

// One line for each source and status that occurred.
void add_requests_of(std::string& out, const ColoMetrics& colo) {
  for (std::size_t i = 0; i < kSources * kStatuses; ++i) {
    const std::size_t source = i / kStatuses;
    const std::size_t status = i % kStatuses;
    const std::uint64_t value = colo.totals.requests[source][status];
    if (value == 0) continue;
    out += "festina_requests_total{colo=\"" + colo.colo + "\",source=\"";
    out += name(static_cast<RequestSource>(source));
    out += "\",cache_status=\"";
    out += policy::log_value(static_cast<policy::CacheStatus>(status));
    out += "\"} " + std::to_string(value) + "\n";
  }
}

void add_requests(std::string& out, const std::vector<ColoMetrics>& colos) {
  add_head(
      out,
      "festina_requests_total",
      "Requests answered, by who asked and CF-Cache-Status.",
      "counter"
  );
  for (const ColoMetrics& colo : colos) add_requests_of(out, colo);
}

void add_value(
    std::string& out, std::string_view name, const std::string& colo, std::uint64_t value
) {
  out += std::string(name) + "{colo=\"" + colo + "\"} " + std::to_string(value) + "\n";
}

void add_servers(std::string& out, const std::vector<ColoMetrics>& colos) {
  constexpr std::string_view gauge = "festina_origin_server_up";
  add_head(out, gauge, "Is this server of an origin in (1) or out (0)?", "gauge");
  for (const ColoMetrics& colo : colos) {
    for (const ServerState& server : colo.servers) {
      out += std::string(gauge) + "{colo=\"" + colo.colo + "\",zone=\"" + server.zone +
             "\",server=\"" + server.server + "\"} " + (server.is_in ? "1" : "0") + "\n";
    }
  }
}

}  // namespace

// On a line of its own, so that threads do not wait for each other's cells.
struct alignas(64) Metrics::Cell {
  std::array<std::array<std::atomic<std::uint64_t>, kStatuses>, kSources> requests{};
  std::array<std::atomic<std::uint64_t>, kCounters> counters{};

  void add_to(Totals& sum) const;
};

void Metrics::Cell::add_to(Totals& sum) const {
  for (std::size_t source = 0; source < kSources; ++source) {
    for (std::size_t status = 0; status < kStatuses; ++status) {
      sum.requests[source][status] += requests[source][status].load(std::memory_order_relaxed);
    }
  }
  for (std::size_t counter = 0; counter < kCounters; ++counter) {
    sum.counters[counter] += counters[counter].load(std::memory_order_relaxed);
  }
}

std::string_view name(RequestSource source) {
  switch (source) {
    case RequestSource::eyeball:
      return "eyeball";
    case RequestSource::edge_worker_fetch:
      return "edgeWorkerFetch";
    case RequestSource::edge_worker_cache_api:
      return "edgeWorkerCacheAPI";
  }
  unreachable("every source has a name");
}

std::size_t cell_of_this_thread() {
  static std::atomic<std::size_t> next{0};
  thread_local std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % kCells;
  return mine;
}

Metrics::Metrics() : cells_(std::make_unique<Cell[]>(kCells)) {}
Metrics::~Metrics() = default;

void Metrics::count_request(RequestSource source, policy::CacheStatus status) {
  Cell& cell = cells_[cell_of_this_thread()];
  cell.requests[static_cast<std::size_t>(source)][static_cast<std::size_t>(status)].fetch_add(
      1, std::memory_order_relaxed
  );
}

void Metrics::count(Counter counter, std::uint64_t times) {
  cells_[cell_of_this_thread()].counters[static_cast<std::size_t>(counter)].fetch_add(
      times, std::memory_order_relaxed
  );
}

void Metrics::count_saved(std::uint64_t plain, std::uint64_t coded) {
  if (coded < plain) count(Counter::coding_saved_bytes, plain - coded);
}

void Metrics::set_servers(std::vector<ServerState> servers) {
  servers_.with([&](auto& known) { known = std::move(servers); });
}

void Metrics::set_server(const ServerState& state) {
  servers_.with([&](auto& known) {
    for (ServerState& server : known) {
      if (server.zone == state.zone && server.server == state.server) server.is_in = state.is_in;
    }
  });
}

std::vector<ServerState> Metrics::servers() const {
  return servers_.with([](const auto& known) { return known; });
}

Totals Metrics::totals() const {
  Totals sum;
  for (std::size_t i = 0; i < kCells; ++i) cells_[i].add_to(sum);
  return sum;
}

std::string prometheus_text(const std::vector<ColoMetrics>& colos) {
  std::string out;
  add_requests(out, colos);
  for (std::size_t counter = 0; counter < kCounters; ++counter) {
    const CounterText text = text_of(static_cast<Counter>(counter));
    add_head(out, text.name, text.help, "counter");
    for (const ColoMetrics& colo : colos)
      add_value(out, text.name, colo.colo, colo.totals.counters[counter]);
  }
  const std::size_t gauges = colos.empty() ? 0 : colos.front().gauges.size();
  for (std::size_t i = 0; i < gauges; ++i) {
    add_head(out, colos.front().gauges[i].name, colos.front().gauges[i].help, "gauge");
    for (const ColoMetrics& colo : colos)
      add_value(out, colo.gauges[i].name, colo.colo, colo.gauges[i].value);
  }
  add_servers(out, colos);
  return out;
}

}  // namespace festina::observe
