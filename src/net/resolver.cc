#include "net/resolver.h"

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <deque>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "base/guarded.h"
#include "base/text.h"

namespace festina::net {

namespace {

struct Range {
  std::uint32_t first;
  unsigned prefix;
};

// RFC 6890 and its successors: what the Internet does not route to one host.
constexpr Range kSpecialIpv4[] = {
    {0x00000000, 8},   // this network
    {0x0a000000, 8},   // private
    {0x64400000, 10},  // shared address space
    {0x7f000000, 8},   // loopback
    {0xa9fe0000, 16},  // link-local
    {0xac100000, 12},  // private
    {0xc0000000, 24},  // protocol assignments
    {0xc0000200, 24},  // documentation
    {0xc0a80000, 16},  // private
    {0xc6120000, 15},  // benchmarking
    {0xc6336400, 24},  // documentation
    {0xcb007100, 24},  // documentation
    {0xe0000000, 3},   // multicast, reserved, broadcast
};

bool is_public_v4(std::uint32_t address) {
  return std::ranges::none_of(kSpecialIpv4, [address](const Range& range) {
    return (address ^ range.first) >> (32 - range.prefix) == 0;
  });
}

// Global unicast is 2000::/3. Of it, 2001::/23 and 2001:db8::/32 are special, and 6to4 carries an IPv4 address.
bool is_public_v6(const asio::ip::address_v6& address) {
  if (address.is_v4_mapped()) {
    return is_public_v4(asio::ip::make_address_v4(asio::ip::v4_mapped, address).to_uint());
  }
  const auto bytes = address.to_bytes();
  const auto begins = [&bytes](unsigned char first, unsigned char second) {
    return bytes[0] == first && bytes[1] == second;
  };
  const bool special =
      begins(0x20, 0x01) && (bytes[2] < 0x02 || (bytes[2] == 0x0d && bytes[3] == 0xb8));
  return (bytes[0] & 0xe0) == 0x20 && !special && !begins(0x20, 0x02);
}

using Addresses = std::vector<asio::ip::address>;
using SteadyTime = std::chrono::steady_clock::time_point;

bool is_name_under(std::string_view host, std::string_view top) {
  if (!host.ends_with(top)) return false;
  host.remove_suffix(top.size());
  return host.empty() || host.ends_with('.');
}

// What is known without asking anyone; nothing when the system must be asked.
std::optional<Result<Addresses>> known_addresses(std::string_view host) {
  std::string_view text = host;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  boost::system::error_code ec;
  const auto address = asio::ip::make_address(text, ec);
  if (!ec) return Addresses{address};
  if (is_name_under(host, "localhost")) {
    return Addresses{asio::ip::address_v4::loopback(), asio::ip::address_v6::loopback()};
  }
  if (host.empty() || is_name_under(host, "invalid")) {
    return Error{ErrorCode::unresolved, Side::origin, std::string(host) + ": no such name"};
  }
  return {};
}

// The answers of the last kResolvedFor. All are kept equally long, so they leave in the order they came.
class Memory {
 public:
  std::optional<Addresses> find(const std::string& host, SteadyTime now) {
    forget_before(now - kResolvedFor);
    const auto found = answers_.find(host);
    if (found == answers_.end()) return {};
    return found->second;
  }

  void keep(const std::string& host, const Addresses& addresses, SteadyTime now) {
    if (!answers_.emplace(host, addresses).second) return;  // another thread was quicker
    order_.push_back({now, host});
    if (order_.size() > kMaxResolvedNames) forget_oldest();
  }

 private:
  void forget_before(SteadyTime limit) {
    while (!order_.empty() && order_.front().since < limit) forget_oldest();
  }
  void forget_oldest() {
    answers_.erase(order_.front().host);
    order_.pop_front();
  }

  struct Kept {
    SteadyTime since;
    std::string host;
  };
  std::unordered_map<std::string, Addresses> answers_;
  std::deque<Kept> order_;
};

}  // namespace

bool is_public(const asio::ip::address& address) {
  return address.is_v4() ? is_public_v4(address.to_v4().to_uint()) : is_public_v6(address.to_v6());
}

struct Resolver::State {
  Guarded<Memory> memory;
};

Resolver::Resolver() : state_(std::make_unique<State>()) {}
Resolver::~Resolver() = default;

Awaitable<Result<Addresses>> Resolver::resolve(std::string host) {
  host = lower(host);
  if (host.ends_with('.')) host.pop_back();
  if (auto known = known_addresses(host)) co_return std::move(*known);
  const auto now = std::chrono::steady_clock::now();
  if (auto kept = state_->memory.with([&](Memory& memory) { return memory.find(host, now); })) {
    co_return std::move(*kept);
  }

  const Executor executor = co_await asio::this_coro::executor;
  asio::ip::basic_resolver<asio::ip::tcp, Executor> system(executor);
  const auto flags = asio::ip::resolver_base::address_configured;
  auto [ec, entries] = co_await system.async_resolve(host, "", flags, no_throw);
  if (ec) co_return Error{ErrorCode::unresolved, Side::origin, host + ": " + ec.message()};

  Addresses addresses;
  for (const auto& entry : entries) {
    const auto address = entry.endpoint().address();
    if (std::ranges::find(addresses, address) == addresses.end()) addresses.push_back(address);
  }
  state_->memory.with([&](Memory& memory) { memory.keep(host, addresses, now); });
  co_return addresses;
}

}  // namespace festina::net
