#include "rules/plan_features.h"

#include "base/errors.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;

struct Row {
  Feature feature;
  Plan least;
  std::string_view name;
};

constexpr Row kFeatures[] = {
    {Feature::worker_cache_key, Plan::enterprise, "cf.cacheKey"},
    {Feature::true_client_ip, Plan::enterprise, "True-Client-IP"},
    {Feature::custom_key, Plan::enterprise, "custom cache keys"},
    {Feature::key_by_device_type, Plan::enterprise, "cache by device type"},
    {Feature::cookie_rules, Plan::business, "caching by cookie"},
    {Feature::ttl_by_status, Plan::enterprise, "edge TTL by status in Page Rules"},
    {Feature::cacheable_ports, Plan::enterprise, "additional cacheable ports"},
    {Feature::origin_cache_control, Plan::enterprise, "switching origin cache control"},
    {Feature::error_pages, Plan::enterprise, "the origin's own error pages"},
    {Feature::regular_expressions, Plan::business, "regular expressions in rules"},
    {Feature::cookie_fields, Plan::pro, "http.request.cookies"},
};

constexpr auto kAllFeatures = [] {
  std::array<Feature, std::size(kFeatures)> all{};
  for (std::size_t i = 0; i < all.size(); ++i) all.at(i) = kFeatures[i].feature;
  return all;
}();

const Row& row_of(Feature feature) {
  for (const Row& row : kFeatures) {
    if (row.feature == feature) return row;
  }
  unreachable("every feature has its plan");
}

// What a plan limits; a row for each plan, in their order.
struct Limits {
  std::string_view name;
  seconds least_edge_ttl;
  seconds least_page_rule_browser_ttl;
  std::size_t max_cache_rules;
  std::size_t max_page_rules;
};
constexpr std::array kLimits = {
    Limits{"free", seconds{7200}, seconds{120}, 10, 3},
    Limits{"pro", seconds{3600}, seconds{120}, 25, 20},
    Limits{"business", seconds{1}, seconds{120}, 50, 50},
    Limits{"enterprise", seconds{1}, seconds{30}, 300, 125},
};
const Limits& limits_of(Plan plan) { return kLimits.at(static_cast<std::size_t>(plan)); }

}  // namespace

std::string_view name(Plan plan) { return limits_of(plan).name; }

std::optional<Plan> plan(std::string_view name) {
  for (std::size_t i = 0; i < kLimits.size(); ++i) {
    if (kLimits[i].name == name) return static_cast<Plan>(i);
  }
  return std::nullopt;
}

std::span<const Feature> features() { return kAllFeatures; }

std::string_view name(Feature feature) { return row_of(feature).name; }

Plan least_plan(Feature feature) { return row_of(feature).least; }

bool offers(Plan plan, Feature feature) { return plan >= least_plan(feature); }

std::string with_least_plan(Feature feature) {
  return std::string(name(feature)) + " (needs the plan " + std::string(name(least_plan(feature))) +
         ")";
}

std::uint64_t max_cacheable_bytes(Plan plan) {
  constexpr std::uint64_t mib = std::uint64_t{1024} * 1024;
  return plan == Plan::enterprise ? std::uint64_t{5} * 1024 * mib : 512 * mib;
}

std::array<http::Coding, 3> codings_of(Plan plan) {
  using http::Coding;
  switch (plan) {
    case Plan::free:
      return {Coding::zstd, Coding::brotli, Coding::gzip};
    case Plan::pro:
    case Plan::business:
      return {Coding::brotli, Coding::gzip, Coding::zstd};
    case Plan::enterprise:
      return {Coding::gzip, Coding::brotli, Coding::zstd};
  }
  unreachable("every plan has its order");
}

bool obeys_origin(Plan plan) { return plan != Plan::enterprise; }

seconds least_edge_ttl(Plan plan) { return limits_of(plan).least_edge_ttl; }
seconds least_page_rule_browser_ttl(Plan plan) {
  return limits_of(plan).least_page_rule_browser_ttl;
}
std::size_t max_cache_rules(Plan plan) { return limits_of(plan).max_cache_rules; }
std::size_t max_page_rules(Plan plan) { return limits_of(plan).max_page_rules; }

}  // namespace festina::rules
