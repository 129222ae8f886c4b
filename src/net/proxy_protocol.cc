#include "net/proxy_protocol.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <optional>
#include <vector>

#include "base/cidr.h"
#include "base/text.h"

namespace festina::net {

namespace {

using Kind = ProxyHeader::Kind;

constexpr std::string_view kLineStart = "PROXY ";
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kFixedPart = 16;  // signature, command, family, length

Error malformed(std::string_view why) {
  return {ErrorCode::malformed, Side::client, "PROXY header: " + std::string(why)};
}

std::string dotted(const void* bytes) {
  std::array<char, INET_ADDRSTRLEN> text;
  return ::inet_ntop(AF_INET, bytes, text.data(), text.size());
}

// IPv4 in IPv6 is IPv4, as with a connection's own address.
std::string textual(const AddressBytes& address) {
  constexpr AddressBytes mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(address.begin(), address.begin() + 12, mapped.begin())) {
    return dotted(address.data() + 12);
  }
  std::array<char, INET6_ADDRSTRLEN> text;
  return ::inet_ntop(AF_INET6, address.data(), text.data(), text.size());
}

std::optional<std::uint16_t> port_of(std::string_view text) {
  const auto number = parse_decimal(text);
  if (!number || text.size() > 5 || *number > 65'535) return {};
  return static_cast<std::uint16_t>(*number);
}

// "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443", without the end of the line.
Result<ProxyHeader> header_of_line(std::string_view line, std::size_t size) {
  const std::vector<std::string_view> words = split(line, ' ');
  const std::string_view protocol = words[1];
  if (protocol == "UNKNOWN") return ProxyHeader{.kind = Kind::local, .size = size, .address = {}};
  const bool is_v6 = protocol == "TCP6";
  if ((!is_v6 && protocol != "TCP4") || words.size() != 6) return malformed("unknown words");
  for (const std::string_view address : {words[2], words[3]}) {
    const bool has_family = (address.find(':') != std::string_view::npos) == is_v6;
    if (!has_family || !address_bytes(address)) return malformed("an address that is none");
  }
  const auto port = port_of(words[4]);
  const auto local_port = port_of(words[5]);
  if (!port || !local_port) return malformed("a port that is none");
  return ProxyHeader{
      .kind = Kind::proxied,
      .size = size,
      .address = textual(*address_bytes(words[2])),
      .port = *port,
      .local_port = *local_port
  };
}

Result<ProxyHeader> version_1(std::string_view bytes) {
  const std::size_t end = bytes.substr(0, kMaxProxyLine).find("\r\n");
  if (end != std::string_view::npos) return header_of_line(bytes.substr(0, end), end + 2);
  if (bytes.size() >= kMaxProxyLine) return malformed("a line without an end");
  return ProxyHeader{.kind = Kind::incomplete, .address = {}};
}

std::uint8_t byte_at(std::string_view bytes, std::size_t position) {
  return static_cast<std::uint8_t>(bytes[position]);
}
std::uint16_t number_at(std::string_view bytes, std::size_t position) {
  return static_cast<std::uint16_t>(byte_at(bytes, position) << 8 | byte_at(bytes, position + 1));
}

// The addresses of version 2, behind the fixed part: source, destination, source port, destination port.
Result<ProxyHeader> with_addresses(ProxyHeader header, std::string_view addresses, bool is_v6) {
  const std::size_t width = is_v6 ? 16 : 4;
  if (addresses.size() < 2 * width + 4) return malformed("shorter than its addresses");
  AddressBytes source{};
  if (is_v6) std::copy_n(addresses.begin(), width, source.begin());
  header.kind = Kind::proxied;
  header.address = is_v6 ? textual(source) : dotted(addresses.data());
  header.port = number_at(addresses, 2 * width);
  header.local_port = number_at(addresses, 2 * width + 2);
  return header;
}

Result<ProxyHeader> version_2(std::string_view bytes) {
  if (bytes.size() < kFixedPart) return ProxyHeader{.kind = Kind::incomplete, .address = {}};
  constexpr std::uint8_t local = 0x20, proxy = 0x21, tcp_v4 = 0x11, tcp_v6 = 0x21;
  const std::uint8_t command = byte_at(bytes, 12);
  const std::uint8_t family = byte_at(bytes, 13);
  if (command != local && command != proxy) return malformed("another version or command");
  const std::size_t size = kFixedPart + number_at(bytes, 14);
  if (size > kMaxProxyHeader) {
    return Error{ErrorCode::too_large, Side::client, "PROXY header: too long"};
  }
  if (bytes.size() < size) return ProxyHeader{.kind = Kind::incomplete, .address = {}};
  ProxyHeader header{.kind = Kind::local, .size = size, .address = {}};
  const bool is_told = command == proxy && (family == tcp_v4 || family == tcp_v6);
  if (!is_told) return header;
  const std::string_view addresses = bytes.substr(kFixedPart, size - kFixedPart);
  return with_addresses(std::move(header), addresses, family == tcp_v6);
}

}  // namespace

Result<ProxyHeader> proxy_header(std::string_view bytes) {
  if (bytes.starts_with(kLineStart)) return version_1(bytes);
  if (bytes.starts_with(kSignature)) return version_2(bytes);
  const bool may_become_one = kLineStart.starts_with(bytes) || kSignature.starts_with(bytes);
  return ProxyHeader{.kind = may_become_one ? Kind::incomplete : Kind::absent, .address = {}};
}

}  // namespace festina::net
