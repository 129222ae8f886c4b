#include "rules/cache_parameters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "rules/key_setting.h"
#include "rules/vary_setting.h"

namespace festina::rules {

namespace {

using std::chrono::seconds;

// In the order of EdgeTtl::Mode and BrowserTtl::Mode.
constexpr std::array<std::string_view, 3> kEdgeModes = {
    "respect_origin", "bypass_by_default", "override_origin"
};
constexpr std::array<std::string_view, 4> kBrowserModes = {
    "respect_origin", "bypass_by_default", "override_origin", "bypass"
};
constexpr std::array<std::string_view, 3> kRangeModes = {"on", "off", "default"};

// Of a TTL for some statuses: seconds, or a word for what zero and less mean.
std::optional<seconds> read_status_value(Reading& entry) {
  const json::Value* value = json::find(entry.value(), "value");
  if (value != nullptr && value->is_string()) {
    constexpr std::array<std::string_view, 2> words = {"no-store", "no-cache"};
    const auto word = entry.word("value", words);
    return word ? std::optional(seconds{static_cast<seconds::rep>(*word) - 1}) : std::nullopt;
  }
  const auto ttl = entry.integer("value", {.least = -1, .most = kMaxRuleTtl.count()});
  if (!ttl && !entry.has("value")) entry.fault("value", "is missing");
  return ttl ? std::optional(seconds{*ttl}) : std::nullopt;
}

std::optional<http::StatusRange> read_status_range(Reading& entry) {
  constexpr Reading::Bounds bounds{.least = kLeastRuleStatus, .most = kMaxRuleStatus};
  const auto code = entry.integer("status_code", bounds);
  auto range = entry.object("status_code_range");
  const bool is_one = entry.has("status_code") != entry.has("status_code_range");
  if (!is_one) {
    entry.fault("must have either \"status_code\" or \"status_code_range\"");
    return std::nullopt;
  }
  if (code) {
    const auto status = static_cast<http::Status>(*code);
    return http::StatusRange{status, status};
  }
  if (!range) return std::nullopt;
  const auto from = range->integer("from", bounds);
  const auto to = range->integer("to", bounds);
  if (!range->has("from") && !range->has("to")) range->fault("must have \"from\" or \"to\"");
  range->refuse_the_rest();
  if (from > to && to) range->fault("from", "must not be greater than \"to\"");
  return http::StatusRange{
      static_cast<http::Status>(from.value_or(kLeastRuleStatus)),
      static_cast<http::Status>(to.value_or(kMaxRuleStatus))
  };
}

void read_status_ttls(Reading& edge, EdgeTtl& ttl) {
  for (Reading& entry : edge.items("status_code_ttl", {.most = kMaxRuleStatusTtls})) {
    const auto statuses = read_status_range(entry);
    const auto value = read_status_value(entry);
    entry.refuse_the_rest();
    if (statuses && value) add_by_status(ttl.by_status, {.statuses = *statuses, .ttl = *value});
  }
}

// `default` belongs to the mode that overrides, and to no other.
void read_default(Reading& setting, bool overrides, seconds least, seconds& ttl) {
  const auto given = setting.integer("default", {.least = 0, .most = kMaxRuleTtl.count()});
  const bool is_there = setting.has("default");
  if (overrides && !is_there) return setting.fault("default", "is missing");
  if (!overrides && is_there) {
    return setting.fault("default", "is useless in a mode other than \"override_origin\"");
  }
  if (!given) return;
  ttl = seconds{*given};
  if (ttl < least) {
    setting.fault("default", "must be at least " + std::to_string(least.count()) + " on this plan");
  }
}

void read_edge_ttl(Reading& parameters, Wishes& wishes, Plan plan) {
  auto edge = parameters.object("edge_ttl");
  if (!edge || edge->value().get_object().empty()) return;
  EdgeTtl ttl;
  const auto mode = edge->word("mode", kEdgeModes);
  if (!mode && !edge->has("mode")) edge->fault("mode", "is missing");
  ttl.mode = static_cast<EdgeTtl::Mode>(mode.value_or(0));
  if (mode) {
    const bool overrides = ttl.mode == EdgeTtl::Mode::override_origin;
    read_default(*edge, overrides, least_edge_ttl(plan), ttl.ttl);
  } else {
    edge->has("default");
  }
  read_status_ttls(*edge, ttl);
  edge->refuse_the_rest();
  wishes.edge_ttl = std::move(ttl);
}

void read_browser_ttl(Reading& parameters, Wishes& wishes, Plan) {
  auto browser = parameters.object("browser_ttl");
  if (!browser || browser->value().get_object().empty()) return;
  BrowserTtl ttl;
  const auto mode = browser->word("mode", kBrowserModes);
  if (!mode && !browser->has("mode")) browser->fault("mode", "is missing");
  ttl.mode = static_cast<BrowserTtl::Mode>(mode.value_or(0));
  if (mode) {
    read_default(*browser, ttl.mode == BrowserTtl::Mode::override_origin, seconds{0}, ttl.ttl);
  } else {
    browser->has("default");
  }
  browser->refuse_the_rest();
  wishes.browser_ttl = ttl;
}

void read_cache_key(Reading& parameters, Wishes& wishes, Plan) {
  auto key = parameters.object("cache_key");
  if (!key) return;
  wishes.by_device_type = key->boolean("cache_by_device_type");
  wishes.deception_armor = key->boolean("cache_deception_armor");
  wishes.sorted_query = key->boolean("ignore_query_strings_order");
  if (auto custom = key->object("custom_key")) wishes.key = read_key(*custom);
  key->refuse_the_rest();
}

void read_reserve(Reading& parameters, Wishes& wishes, Plan) {
  auto reserve = parameters.object("cache_reserve");
  if (!reserve) return;
  const auto eligible = reserve->boolean("eligible");
  if (!eligible && !reserve->has("eligible")) reserve->fault("eligible", "is missing");
  reserve->integer("minimum_file_size", {});
  reserve->refuse_the_rest();
  if (eligible.value_or(false)) wishes.idle.emplace_back("cache_reserve");
}

void read_ports(Reading& parameters, Wishes& wishes, Plan) {
  auto list = parameters.member("additional_cacheable_ports");
  if (!list) return;
  std::vector<std::uint16_t> ports;
  for (Reading& item : list->own_items({.most = kMaxCacheablePorts})) {
    const json::Value& port = item.value();
    if (port.is_int64() && 1 <= port.get_int64() && port.get_int64() <= 65535) {
      ports.push_back(static_cast<std::uint16_t>(port.get_int64()));
    } else {
      item.fault("must be a whole number from 1 to 65535");
    }
  }
  wishes.ports = std::move(ports);
}

void read_timeout(Reading& parameters, Wishes& wishes, Plan) {
  const auto timeout = parameters.integer(
      "read_timeout", {.least = kLeastReadTimeout.count(), .most = kMaxReadTimeout.count()}
  );
  if (timeout) wishes.read_timeout = seconds{*timeout};
}

void read_serve_stale(Reading& parameters, Wishes& wishes, Plan) {
  auto stale = parameters.object("serve_stale");
  if (!stale) return;
  const auto disabled = stale->boolean("disable_stale_while_updating");
  stale->refuse_the_rest();
  if (disabled) wishes.may_be_updating = !*disabled;
}

void read_vary(Reading& parameters, Wishes& wishes, Plan) {
  auto vary = parameters.object("vary");
  if (!vary) return;
  auto spec = parse_vary(vary->value());
  if (!spec) return vary->fault(spec.error().detail);
  wishes.vary = *std::move(spec);
}

void read_ranges(Reading& parameters, Wishes& wishes, Plan) {
  auto ranges = parameters.object("origin_range_requests");
  if (!ranges) return;
  const auto mode = ranges->word("mode", kRangeModes);
  if (!mode && !ranges->has("mode")) ranges->fault("mode", "is missing");
  ranges->refuse_the_rest();
  if (mode && kRangeModes.at(*mode) == "on") wishes.idle.emplace_back("origin_range_requests");
}

void read_dictionary(Reading& parameters, Wishes& wishes, Plan) {
  auto dictionary = parameters.object("shared_dictionary");
  if (!dictionary) return;
  dictionary->text("match_pattern");
  dictionary->refuse_the_rest();
  wishes.idle.emplace_back("shared_dictionary");
}

// The settings that are true or false.
void read_flags(Reading& parameters, Wishes& wishes, Plan) {
  wishes.cache = parameters.boolean("cache");
  wishes.origin_cache_control = parameters.boolean("origin_cache_control");
  wishes.passes_error_pages = parameters.boolean("origin_error_page_passthru");
  wishes.respects_strong_etags = parameters.boolean("respect_strong_etags");
}

constexpr std::array kReaders = {
    read_flags,
    read_edge_ttl,
    read_browser_ttl,
    read_cache_key,
    read_reserve,
    read_ports,
    read_timeout,
    read_serve_stale,
    read_vary,
    read_ranges,
    read_dictionary,
};

}  // namespace

Wishes read_cache_parameters(Reading& parameters, Plan plan) {
  Wishes wishes;
  for (const auto read : kReaders) read(parameters, wishes, plan);
  parameters.refuse_the_rest();
  return wishes;
}

}  // namespace festina::rules
