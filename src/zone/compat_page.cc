#include "zone/compat_page.h"

#include "policy/compat.h"

namespace festina::zone {
namespace {

// As TOML has it.
std::string value_text(const policy::Switch& row, policy::Era era) {
  const std::string_view quote = row.is_boolean() ? "" : "\"";
  std::string text = "`";
  text.append(quote).append(row.words[row.of(era)]).append(quote).append("`");
  return text;
}

std::string row_text(const policy::Switch& row) {
  std::string text = "| `" + std::string(row.name) + "` | ";
  text += value_text(row, policy::kNewestEra) + " | " + value_text(row, policy::Era::of_2025);
  text.append(" | ").append(row.meaning);
  if (!row.is_built()) text += " *Not yet.*";
  return text + " |\n";
}

}  // namespace

std::string switch_table() {
  std::string table = "| Switch | Era 2026 | Era 2025 | Means |\n|---|---|---|---|\n";
  for (const policy::Switch& row : policy::switches()) table += row_text(row);
  return table;
}

}  // namespace festina::zone
