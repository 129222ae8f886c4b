#include "zone/listen_url.h"

#include <map>
#include <utility>

#include "base/text.h"
#include "zone/values.h"

namespace festina::zone {
namespace {

constexpr std::string_view kExample = "write it like \"http://127.0.0.1:8787\"";

}  // namespace

std::optional<ListenUrl> read_listen_url(
    const Table& table, const std::string& text, const Place& place
) {
  const auto url = parse_base_url(text);
  if (!url) {
    table.problem(
        place,
        in_quotes(text) + " is no address to listen on: " + url.error().detail,
        std::string(kExample)
    );
  } else if (!is_local_address(url->host)) {
    table.problem(
        place,
        in_quotes(text) + " is no address to listen on: its host is no IP address",
        std::string(kExample)
    );
  } else {
    return ListenUrl{url->scheme, url->host, url->port, text, place};
  }
  return std::nullopt;
}

ListenUrl default_listen_url(std::string_view text, const Place& place) {
  const BaseUrl url = parse_base_url(text).value();
  return {url.scheme, url.host, url.port, std::string(text), place};
}

Problems clashes(const std::vector<ListenUrl>& urls) {
  Problems problems;
  std::map<std::pair<std::string, std::uint16_t>, const ListenUrl*> seen;
  for (const ListenUrl& url : urls) {
    if (url.port == 0) continue;
    const std::string address = url.host == "localhost" ? "127.0.0.1" : url.host;
    const auto [first, is_new] = seen.emplace(std::pair(address, url.port), &url);
    if (is_new) continue;
    const Place& place = first->second->place;
    const std::string where = place.line == 0 ? "the first is the default of [control]"
                                              : "the first is at " + text_of(place);
    problems.push_back({url.place, "two listeners have the address " + in_quotes(url.text), where});
  }
  return problems;
}

}  // namespace festina::zone
