// Lingering rays stand in the order of their end; those whose time has passed leave when the next ray opens.
#include "workers/rays.h"

#include <algorithm>
#include <deque>
#include <unordered_map>

#include "base/guarded.h"
#include "base/text.h"

namespace festina::workers {
namespace {

struct Known {
  RayInfo info;                        // as it was opened last
  TimePoint until = TimePoint::max();  // live ones: for ever
  std::size_t open = 1;                // how often
};

bool may_act_for(std::string_view script, const RayInfo& info) {
  return info.script == script ||
         (info.group && std::ranges::find(*info.group, script) != info.group->end());
}

struct Lingering {
  std::uint64_t ray;
  TimePoint until;
};

struct Table {
  std::unordered_map<std::uint64_t, Known> by_ray;
  std::deque<Lingering> lingering;
  // Until then the last of those that were forgotten early would have lingered.
  TimePoint early_until = TimePoint::min();

  // One that was opened again lives on.
  void forget_oldest() {
    const auto known = by_ray.find(lingering.front().ray);
    if (known != by_ray.end() && known->second.until == lingering.front().until)
      by_ray.erase(known);
    lingering.pop_front();
  }
};

}  // namespace

struct Rays::State {
  explicit State(const Clock& time) : clock(time) {}

  const Clock& clock;
  Guarded<Table> table;
};

std::optional<std::uint64_t> parse_ray(std::string_view text) {
  constexpr std::size_t digits = 16;
  const std::string_view number = text.substr(0, digits);
  const bool ends_there = text.size() == digits || (text.size() > digits && text[digits] == '-');
  if (!ends_there || number != lower(number)) return {};
  return parse_hex(number);
}

Rays::Rays(const Clock& clock) : state_(std::make_unique<State>(clock)) {}
Rays::~Rays() = default;

Rays::Live::~Live() {
  if (rays_) rays_->close(ray_);
}

Rays::Live Rays::open(RayInfo info) {
  const std::uint64_t ray = info.ray;
  const TimePoint now = state_->clock.now();
  state_->table.with([&](Table& table) {
    while (!table.lingering.empty() && table.lingering.front().until <= now) table.forget_oldest();
    const auto known = table.by_ray.find(ray);
    const std::size_t others = known == table.by_ray.end() ? 0 : known->second.open;
    table.by_ray.insert_or_assign(ray, Known{.info = std::move(info), .open = others + 1});
  });
  return {*this, ray};
}

void Rays::close(std::uint64_t ray) {
  const TimePoint until = state_->clock.now() + kLingers;
  state_->table.with([&](Table& table) {
    const auto known = table.by_ray.find(ray);
    if (known == table.by_ray.end() || --known->second.open > 0) return;
    known->second.until = until;
    table.lingering.push_back({ray, until});
    if (table.lingering.size() <= kMaxLingering) return;
    table.early_until = table.lingering.front().until;
    table.forget_oldest();
  });
}

std::optional<RayInfo> Rays::find(std::uint64_t ray, std::string_view script, std::string_view colo)
    const {
  const TimePoint now = state_->clock.now();
  return state_->table.with([&](const Table& table) -> std::optional<RayInfo> {
    const auto found = table.by_ray.find(ray);
    if (found == table.by_ray.end()) return {};
    const Known& known = found->second;
    const bool is_theirs = may_act_for(script, known.info) && known.info.colo == colo;
    return is_theirs && now < known.until ? std::optional(known.info) : std::nullopt;
  });
}

// Of one that is not known any more it cannot be told whether it was forgotten early. While one of those might still be
// at work, none is taken for over.
bool Rays::is_over(std::uint64_t ray) const {
  const TimePoint now = state_->clock.now();
  return state_->table.with([&](const Table& table) {
    const auto found = table.by_ray.find(ray);
    return now >= (found == table.by_ray.end() ? table.early_until : found->second.until);
  });
}

std::size_t Rays::size() const {
  return state_->table.with([](const Table& table) { return table.by_ray.size(); });
}

}  // namespace festina::workers
