#include "server/checks.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "net/geoip.h"
#include "server/listen_options.h"
#include "workers/edge_flags.h"
#include "zone/files.h"
#include "zone/script_set.h"

namespace festina::server {
namespace {

zone::Place place_of(const zone::Script& script, zone::Position position) {
  return {.file = script.configuration_file, .line = position.line, .column = position.column};
}

void check_compatibility(const zone::Script& script, std::string_view today, Checked& checked) {
  const auto found = workers::check_compat(
      checked.fleet.runtime.table,
      script.compatibility_date,
      script.compatibility_flags,
      today,
      redundant_flags(checked.config, script)
  );
  for (const workers::CompatProblem& problem : found) {
    const zone::Position at = problem.about_date ? script.date_at : script.flags_at;
    zone::Problem told{
        .place = place_of(script, at), .message = problem.message, .suggestion = problem.suggestion
    };
    (problem.only_warning ? checked.warnings : checked.problems).push_back(std::move(told));
  }
}

// A file that cannot be read at all has been reported with the configuration's own text.
void check_geoip(const zone::NetworkConfig& network, Checked& checked) {
  if (network.geoip.empty() || zone::fault_of_file(network.geoip)) return;
  const auto database = net::GeoIp::open(network.geoip);
  if (database) return;
  checked.problems.push_back(
      {.place = network.geoip_place,
       .message = database.error().detail,
       .suggestion = "name an MMDB file that knows countries"}
  );
}

bool are_readable(const zone::CertificateFiles& files) {
  return !zone::fault_of_pem(files.certificate, zone::PemKind::certificate) &&
         !zone::fault_of_pem(files.key, zone::PemKind::key);
}

// What their blocks hold, and whether key and certificate belong together. Each pair alone, for its own place.
void check_certificates(const std::vector<zone::CertificateFiles>& all, Checked& checked) {
  for (const zone::CertificateFiles& files : all) {
    if (!are_readable(files)) continue;
    const auto tls = load_certificates({files});
    if (tls) continue;
    checked.problems.push_back(
        {.place = files.place,
         .message = tls.error().detail,
         .suggestion = "name a certificate and its own key"}
    );
  }
}

void check_reach(
    const zone::Script& script, const std::vector<zone::Script>& all, Checked& checked
) {
  if (!zone::is_out_of_reach(script, all)) return;
  checked.warnings.push_back(
      {.place = place_of(script, script.name_at),
       .message = "script " + script.name + " has neither routes nor workers_dev: only http://" +
                  script.name + ".localhost reaches it",
       .suggestion = "add routes = [\"example.com/*\"], a custom domain, or workers_dev = true"}
  );
}

void check_modules(const zone::Script& script, Checked& checked) {
  Result<workers::Bundle> bundle = workers::load_bundle(script);
  if (!bundle) {
    checked.problems.push_back(
        {.place = place_of(script, {}),
         .message = "script " + script.name + ": " + bundle.error().detail,
         .suggestion = {}}
    );
    return;
  }
  checked.fleet.deployments.push_back({.script = script, .bundle = std::move(*bundle)});
}

}  // namespace

Checked check_configuration(const std::string& path, std::string_view today) {
  zone::Loaded loaded = zone::load_config(path);
  Checked checked{
      .config = std::move(loaded.config),
      .fleet = {},
      .problems = std::move(loaded.problems),
      .warnings = {}
  };
  std::swap(checked.warnings, checked.config.warnings);
  check_geoip(checked.config.network, checked);
  check_certificates(checked.config.control.certificates, checked);
  for (const zone::ColoConfig& colo : checked.config.colos)
    check_certificates(colo.certificates, checked);
  if (checked.config.scripts.empty()) return checked;

  Result<workers::Runtime> runtime = workers::find_runtime(checked.config.workers.runtime);
  if (!runtime) {
    checked.problems.push_back(
        {.place = {.file = path},
         .message = "[workers] runtime: " + runtime.error().detail,
         .suggestion = {}}
    );
    return checked;
  }
  checked.fleet.runtime = std::move(*runtime);
  checked.fleet.limits = {
      .memory = checked.config.workers.max_memory,
      .answer = checked.config.workers.answer_timeout,
      .calls = checked.config.workers.max_calls
  };
  for (const zone::Script& script : checked.config.scripts) {
    check_reach(script, checked.config.scripts, checked);
    check_compatibility(script, today, checked);
    const policy::EdgeFlags flags = workers::edge_flags(
        checked.fleet.runtime.table, script.compatibility_date, script.compatibility_flags
    );
    checked.config.edge_flags[script.name] =
        script.is_snippet ? workers::flags_of_snippet(flags) : flags;
    check_modules(script, checked);
  }
  return checked;
}

policy::RedundantFlags redundant_flags(const zone::Config& config, const zone::Script& script) {
  using policy::RedundantFlags;
  const bool is_refused_here = std::ranges::any_of(config.zones, [&script](const auto& zone) {
    return zone::leads_to(*zone, script.name) &&
           zone->rules.compat.redundant_flags == RedundantFlags::refuse;
  });
  return is_refused_here ? RedundantFlags::refuse
                         : policy::compat_of(config.workers.era).redundant_flags;
}

std::string today() {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  const std::chrono::year_month_day date(days);
  char text[16];
  std::snprintf(
      text,
      sizeof text,
      "%04d-%02u-%02u",
      static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day())
  );
  return text;
}

}  // namespace festina::server
