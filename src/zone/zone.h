// Zone: one site as its owner configured it: hosts, origins, settings, Worker routes. Immutable; a snapshot is swapped
// whole (zone_table).
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"
#include "policy/visit.h"
#include "rules/settings.h"
#include "zone/route.h"

namespace festina::zone {

enum class OriginKind : std::uint8_t { http, files };

struct Timeouts {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds read{100'000};
};

// One of the machines an origin is asked at.
struct Server {
  std::string
      host;  // a name or an address, IPv6 without brackets; over TLS its certificate must say so
  std::uint16_t port = 80;
  std::string
      address;       // where to connect, when that was settled before; empty: as the host resolves
  std::string text;  // "https://a.example.net", for messages
};

// How a server is asked whether it is well.
struct HealthCheck {
  struct Statuses {
    http::Status from;
    http::Status to;
  };
  std::string path;
  std::chrono::milliseconds interval{0};
  std::chrono::milliseconds timeout{0};
  std::vector<Statuses> expect;
  std::uint32_t consecutive_down = 1;
  std::uint32_t consecutive_up = 1;

  bool expects(http::Status) const;
};

inline constexpr std::size_t kMaxServers = 16;  // of one origin
inline constexpr std::size_t kDefaultServerConnections = 1'024;

// Where the content of a zone comes from.
struct Origin {
  OriginKind kind = OriginKind::http;
  http::Scheme scheme = http::Scheme::http;  // of all servers
  std::vector<Server> servers;               // http: at least one, in the order they are asked
  std::string directory;                     // files: absolute
  std::string ca_file;                       // https: PEM of the authorities; empty: the system's
  Timeouts timeouts;
  std::size_t max_connections = kDefaultServerConnections;  // to each server
  std::optional<HealthCheck> health;
  std::string text;  // as configured, for messages
};

// A binding that is a constant: [vars] of wrangler.toml. Text stays text, anything else is JSON.
struct Variable {
  std::string name;
  std::string value;
  bool is_json = false;
};

// A place in a file, both from 1; 0: the file as a whole.
struct Position {
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

// What a script may call for one request: fetch() and the Cache API together (reference §5.5).
inline constexpr std::uint32_t kFreeCalls = 50;
inline constexpr std::uint32_t kPaidCalls = 1'000;

// A Worker as its wrangler.toml describes it.
struct Script {
  std::string name;
  std::string configuration_file;  // absolute
  std::string main;                // absolute path of the main module
  std::string compatibility_date;  // YYYY-MM-DD
  std::vector<std::string> compatibility_flags;
  Position date_at;   // of compatibility_date in the file
  Position flags_at;  // of compatibility_flags
  std::vector<Variable> variables;
  std::vector<Route> routes;
  std::uint32_t max_calls = kPaidCalls;  // by [workers] limits
};

struct Zone {
  std::string id;    // 32 hex digits
  std::string name;  // serves the name and every host below it
  Origin origin;
  std::map<std::string, Origin, std::less<>> origins;  // by host
  rules::ZoneRules rules;
  std::vector<Route> routes;  // the most specific first

  // The origin of this host.
  const Origin& origin_for(std::string_view host) const;
  // The script whose route matches; nothing when none does.
  std::optional<std::string_view> script_for(const http::Url&) const;
};

// Is the host the zone's name or below it? Both in lower case.
bool is_within(std::string_view host, std::string_view zone_name);

// A stable id for a name: the first 32 hex digits of its digest.
std::string id_of(std::string_view zone_name);

}  // namespace festina::zone
