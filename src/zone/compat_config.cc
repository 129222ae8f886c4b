#include "zone/compat_config.h"

#include "base/errors.h"

namespace festina::zone {
namespace {

// Nothing when the table does not set it, or wrongly.
std::optional<policy::Position> read_position(const Table& table, const policy::Switch& row) {
  if (row.is_boolean()) {
    const auto wanted = table.boolean(row.name);
    return wanted ? std::optional<policy::Position>(*wanted ? 1 : 0) : std::nullopt;
  }
  const auto word = table.word(row.name, {row.words[0], row.words[1]});
  if (!word) return std::nullopt;
  return *word == row.words[0] ? policy::Position{0} : policy::Position{1};
}

}  // namespace

policy::Era read_era(const Table& table) {
  const std::string_view oldest = policy::name(policy::Era::of_2025);
  const std::string_view newest = policy::name(policy::kNewestEra);
  const auto word = table.word("era", {oldest, newest});
  if (!word) return policy::kNewestEra;
  const auto era = policy::era(*word);
  if (!era) unreachable("these are the names of all eras");
  return *era;
}

policy::Compat read_compat(const Table& zone) {
  policy::Compat compat = policy::compat_of(read_era(zone));
  const auto table = zone.table("compat");
  if (!table) return compat;
  for (const policy::Switch& row : policy::switches()) {
    if (!row.is_built()) {
      table->not_supported(row.name, row.words[row.of(policy::kNewestEra)]);
    } else if (const auto position = read_position(*table, row)) {
      row.set(compat, *position);
    }
  }
  table->report_unknown_keys();
  return compat;
}

}  // namespace festina::zone
