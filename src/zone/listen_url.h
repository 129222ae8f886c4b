// Listen URLs: where a node accepts connections.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/url.h"
#include "zone/table.h"

namespace festina::zone {

// "http://127.0.0.1:8787"
struct ListenUrl {
  http::Scheme scheme = http::Scheme::http;
  std::string host;        // an address, IPv6 without brackets, or "localhost"
  std::uint16_t port = 0;  // 0: any
  std::string text;
  Place place;
};

// Nothing, and a problem of the table, when the text is no address that can be listened on.
std::optional<ListenUrl> read_listen_url(const TomlTable&, const std::string& text, const Place&);

// A default. Requires: a text that is one.
ListenUrl default_listen_url(std::string_view text, const Place&);

// One problem for each address that was used before in the list. Port 0 never clashes.
Problems clashes(const std::vector<ListenUrl>&);

}  // namespace festina::zone
