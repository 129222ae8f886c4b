#include "edge/worker_request.h"

#include <utility>

#include "base/cidr.h"
#include "base/text.h"
#include "http/field_syntax.h"
#include "policy/coding.h"
#include "workers/edge_flags.h"

namespace festina::edge {
namespace {

// Within the zone the script works for, where it speaks for itself.
bool is_inside(WayIn way) { return way == WayIn::own_cache || way == WayIn::behind_snippet; }

void remove_brotli(http::Headers& headers) {
  const auto value = headers.joined(http::Name::accept_encoding);
  if (!value) return;
  std::string kept;
  http::ListReader members(*value);
  while (const auto member = members.next()) {
    if (!equal_ignoring_case(trimmed(member->substr(0, member->find(';'))), "br"))
      append_member(kept, *member);
  }
  headers.remove(http::Name::accept_encoding);
  if (!kept.empty()) headers.add(http::Name::accept_encoding, kept);
}

}  // namespace

WayIn way_in(const zone::Zone* own, const zone::Zone* target, const policy::EdgeFlags& flags) {
  if (target == nullptr) return WayIn::out_of_house;
  if (target != own || flags.is_strictly_public) return WayIn::front_door;
  return flags.is_snippet ? WayIn::behind_snippet : WayIn::own_cache;
}

std::string client_address(WayIn way, http::Headers& request, std::string_view visitor) {
  const std::string named(request.get(http::Name::x_real_ip).value_or(""));
  request.remove(http::Name::x_real_ip);
  if (!is_inside(way)) return std::string(kWorkersAddress);
  return address_bytes(named) ? named : std::string(visitor);
}

std::uint16_t apply_flags(http::Request& request, const policy::EdgeFlags& flags) {
  if (!flags.takes_brotli) remove_brotli(request.headers);
  if (!request.headers.has(http::Name::accept_encoding))
    request.headers.add(
        http::Name::accept_encoding,
        flags.takes_brotli ? policy::kAskedCodings : std::string_view("gzip")
    );
  if (flags.takes_ports || request.url.has_default_port()) return 0;
  return std::exchange(request.url.port, http::default_port(request.url.scheme));
}

policy::WorkerOptions options_on(
    WayIn way, policy::WorkerOptions asked, const policy::EdgeFlags& flags,
    const zone::ZoneTable& zones, const zone::Zone* own
) {
  workers::name_snippet(asked, flags);
  if (way == WayIn::front_door) {
    policy::WorkerOptions none;
    none.present = true;
    none.script = std::move(asked.script);
    none.is_of_another_zone = asked.asks;
    return none;
  }
  asked.overrides_rules = flags.cf_overrides_rules;
  if (!asked.resolve_override.empty()) {
    const bool is_own = own != nullptr && zones.find(asked.resolve_override).get() == own;
    const bool may = is_inside(way) && is_own;
    asked.resolved = may ? policy::Resolved::as_the_script_says : policy::Resolved::refused;
  }
  return asked;
}

std::string what_was_read(std::optional<std::uint64_t> came, std::optional<std::uint64_t> left) {
  if (!came || !left || *left >= *came) return {};
  return "The Worker had read of the request's body before it threw: " + std::to_string(*left) +
         " of " + std::to_string(*came) + " bytes are passed through.\n";
}

std::string_view connection_host(const policy::WorkerOptions& options, std::string_view url_host) {
  const bool is_overridden = options.resolved == policy::Resolved::as_the_script_says;
  return is_overridden ? std::string_view(options.resolve_override) : url_host;
}

}  // namespace festina::edge
