// Wrangler keys: every key of wrangler's configuration file and what it does here. The reader refuses, ignores and inherits
// by this table, and the page of the reference is made of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace festina::zone {

enum class KeyUse : std::uint8_t {
  read,
  ignored,  // it concerns only what wrangler does elsewhere: the Worker runs the same without it
  refused   // the Worker would miss what it promises
};

// Where an environment (env.NAME) takes the key from when it does not say it itself.
enum class KeyScope : std::uint8_t {
  inherited,  // from the top of the file
  own,        // nowhere: every environment says it for itself
  top         // it stands only at the top of the file
};

struct WranglerKey {
  std::string_view key;  // "name", or "routes.pattern" of a table inside
  KeyUse use;
  KeyScope scope;
  std::string_view meaning;  // Markdown: what it does, why it is ignored, what is missing
};
// In the order of the page: a table before the keys inside.
std::span<const WranglerKey> wrangler_keys();

// Null: wrangler has no such key.
const WranglerKey* find_wrangler_key(std::string_view key);

// docs/reference/wrangler.md
std::string wrangler_page();

}  // namespace festina::zone
