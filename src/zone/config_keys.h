// Config keys: the one table of what festina.toml may hold. The reader takes its defaults from here, and
// docs/reference/configuration.md is this table as a page. The keys of [zones.compat] are the switches of policy/compat.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace festina::zone {

struct ConfigKey {
  std::string_view section;  // as a heading shows it: "control", "tls", "zones.settings"
  std::string_view key;
  std::string_view type;
  std::string_view otherwise;  // the default as TOML; empty: there is none
  std::string_view meaning;    // Markdown
  std::string_view since;      // a version; empty: known and refused
};
// In the order of the page.
std::span<const ConfigKey> config_keys();

// The row of a key by the names of the tables around it, as Table::asked() gives them; null for none. The tables
// "control.tls" and "colos.tls" have the rows of "tls".
const ConfigKey* find_config_key(std::string_view name);

// The default of a key: the text of a string, TOML for anything else. Requires: there is such a key and it has one.
std::string_view default_of(std::string_view name);

// docs/reference/configuration.md
std::string configuration_page();

}  // namespace festina::zone
