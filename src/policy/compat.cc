#include "policy/compat.h"

#include <algorithm>
#include <type_traits>

#include "base/errors.h"

namespace festina::policy {

namespace {

struct Field {
  Position (*position)(const Compat&);
  void (*set)(Compat&, Position);
};
template <auto kMember>
constexpr Field field() {
  using Value = std::remove_reference_t<decltype(Compat{}.*kMember)>;
  return {
      [](const Compat& compat) { return static_cast<Position>(compat.*kMember); },
      [](Compat& compat, Position position) { compat.*kMember = static_cast<Value>(position); }
  };
}
constexpr Field not_built() { return {nullptr, nullptr}; }

struct ByEra {
  Position of_2025;
  Position of_2026;
};

constexpr Switch row(
    std::string_view name, std::array<std::string_view, 2> words, ByEra by_era, Field field,
    std::string_view meaning
) {
  return {name, words, {by_era.of_2025, by_era.of_2026}, meaning, field.position, field.set};
}

// clang-format off
constexpr Switch kSwitches[] = {
    row("stale_while_revalidate", {"asynchronous", "synchronous"}, {1, 0}, field<&Compat::stale_while_revalidate>(),
        "`synchronous`: the first request on a stale response waits for the origin (EXPIRED, REVALIDATED); those that come meanwhile get the stored copy (UPDATING), without the directive too unless it is 0."),
    row("s_maxage_allows_stale", {"false", "true"}, {0, 0}, field<&Compat::s_maxage_allows_stale>(),
        "`true`: `s-maxage` leaves `stale-while-revalidate` and `stale-if-error` in force; the service takes it for `proxy-revalidate`."),
    row("uncacheable_label", {"BYPASS", "MISS"}, {1, 0}, field<&Compat::uncacheable_label>(),
        "Status of a response that could not be stored. `MISS`: but BYPASS under Origin Cache Control, where the response's own fields forbid it."),
    row("swr_label", {"UPDATING", "STALE"}, {0, 0}, field<&Compat::swr_label>(),
        "Status of a stale response that is served while it is refreshed."),
    row("cache_api_namespace", {"shared", "separate"}, {1, 0}, field<&Compat::cache_api_namespace>(),
        "`separate`: `caches.default` and `fetch()` do not see each other's responses."),
    row("cache_api_purge", {"all", "everything_only"}, {1, 0}, field<&Compat::cache_api_purge>(),
        "`everything_only`: what the Cache API stores is purged with the whole zone only, not by URL, tag, prefix or host."),
    row("cache_api_status_header", {"false", "true"}, {0, 1}, field<&Compat::cache_api_status_header>(),
        "`false`: what `cache.match` returns has no `CF-Cache-Status`."),
    row("cache_ttl_by_status_zero", {"expired", "no_store"}, {0, 0}, field<&Compat::cache_ttl_by_status_zero>(),
        "`no_store`: 0 in `cacheTtlByStatus` means not to store."),
    row("redundant_flags", {"warn", "refuse"}, {1, 0}, field<&Compat::redundant_flags>(),
        "`refuse`: a compatibility flag that a script's date implies is an error (code 10021), for scripts that the zone routes to."),
    row("purge_reaches_workers_cache", {"false", "true"}, {0, 0}, not_built(),
        "`true`: a purge of the zone reaches the cache in front of a Worker."),
    row("purge_mixed_kinds", {"union", "refuse"}, {0, 0}, field<&Compat::purge_mixed_kinds>(),
        "`refuse`: a purge call names one kind only."),
    row("prefix_purge", {"segments", "text"}, {0, 0}, field<&Compat::prefix_purge>(),
        "`text`: the prefix `example.com/foo` covers `/foobar` too. The host is always whole."),
    row("worker_cache", {"off", "zone"}, {0, 0}, field<&Compat::worker_cache>(),
        "`zone`: a Worker's own responses are cached as an origin's are, by the zone's rules and purges; it runs on a miss only."),
};
// clang-format on

const Switch& switch_named(std::string_view name) {
  const auto* const found = std::ranges::find(kSwitches, name, &Switch::name);
  check(found != std::end(kSwitches), "whoever asks names a switch of the table");
  return *found;
}

std::string_view setter_of(Era era) {
  switch (era) {
    case Era::of_2025:
      return "era 2025";
    case Era::of_2026:
      return "era 2026";
  }
  unreachable("every era sets the switches");
}

}  // namespace

std::string_view name(Era era) { return setter_of(era).substr(std::string_view("era ").size()); }

std::optional<Era> era(std::string_view text) {
  for (const Era each : {Era::of_2025, Era::of_2026}) {
    if (name(each) == text) return each;
  }
  return std::nullopt;
}

Compat compat_of(Era era) {
  Compat compat;
  compat.era = era;
  for (const Switch& each : kSwitches) {
    if (each.is_built()) each.set(compat, each.of(era));
  }
  return compat;
}

std::span<const Switch> switches() { return kSwitches; }

std::optional<Choice> choice_of(const Compat& compat, std::string_view switch_name) {
  const Switch& asked = switch_named(switch_name);
  const Position position = asked.position(compat);
  const bool is_of_era = position == asked.of(compat.era);
  if (is_of_era && position == asked.of(kNewestEra)) return std::nullopt;
  const std::string_view quote = asked.is_boolean() ? "" : "\"";
  std::string text(asked.name);
  text.append(" = ").append(quote).append(asked.words[position]).append(quote);
  return Choice{is_of_era ? setter_of(compat.era) : "compat", std::move(text)};
}

}  // namespace festina::policy
