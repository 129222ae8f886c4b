#include "net/upstream.h"

namespace festina::net {

std::string UpstreamAddress::text() const {
  return unix_path.empty() ? host + ":" + std::to_string(port) : "unix:" + unix_path;
}

// A line break stands in no name and, as a separator, in no path of ours.
std::string connection_key(const UpstreamAddress& address, const std::optional<UpstreamTls>& tls) {
  if (!tls) return address.text();
  return address.text() + "\n" + tls->server_name + "\n" + tls->ca_file;
}

}  // namespace festina::net
