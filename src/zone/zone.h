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
#include "policy/cache_key.h"
#include "policy/visit.h"
#include "rules/zone_rules.h"
#include "zone/route.h"
#include "zone/script.h"

namespace festina::zone {

enum class OriginKind : std::uint8_t {
  http,
  files,
  worker,  // a custom domain, workers.dev, <script>.localhost: the script answers, and nothing stands behind it
  none     // only routes and custom domains of the zone are served
};

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
  std::string path;
  std::chrono::milliseconds interval{0};
  std::chrono::milliseconds timeout{0};
  std::vector<http::StatusRange> expect;
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
  std::string script = {};                   // worker: its name
  std::string ca_file;                       // https: PEM of the authorities; empty: the system's
  Timeouts timeouts;
  std::size_t max_connections = kDefaultServerConnections;  // to each server
  std::optional<HealthCheck> health;
  std::string text;  // as configured, for messages
};

// What is set as a whole (zone_store), by name: "settings/cache_level".
inline constexpr std::string_view kSettingParts = "settings/";
std::string setting_part(std::string_view id);
// "rulesets/http_request_cache_settings"
inline constexpr std::string_view kRulesetParts = "rulesets/";
std::string ruleset_part(std::string_view phase);
inline constexpr std::string_view kPageRulesPart = "pagerules";

struct Zone {
  std::string id;    // 32 hex digits
  std::string name;  // serves the name and every host below it
  Origin origin;
  std::map<std::string, Origin, std::less<>> origins;  // by host
  rules::ZoneRules rules;
  std::vector<Route> routes;    // the most specific first
  std::vector<Route> snippets;  // those of Snippets, likewise
  // What of the zone's parts (zone_store) the file defines, as the API would set it: there it can only be read.
  std::map<std::string, std::string, std::less<>> filed;

  bool defines(std::string_view part) const { return filed.contains(part); }
  // The origin of this host.
  const Origin& origin_for(std::string_view host) const;
  // The script whose route matches, else the one that is the host's origin; nothing when there is neither.
  std::optional<std::string_view> script_for(const http::Url&) const;
  // The Snippet that runs in front of it: one at most, of the most specific route.
  std::optional<std::string_view> snippet_for(const http::Url&) const;
};

// Is the host the zone's name or below it? Both in lower case. The zone of a script on workers.dev is named
// "<script>.*.workers.dev": the hosts with any one label in the star's place, and none below.
bool is_within(std::string_view host, std::string_view zone_name);

// The name of the zone whose hosts this one would be among if it is "<script>.<subdomain>.workers.dev".
std::optional<std::string> workers_dev_zone_of(std::string_view host);
bool is_on_workers_dev(const Zone&);
// Is it none of the file, but made for a script that no zone serves?
bool is_made_for_a_script(const Zone&);

// Is a route of the zone, or one of its hosts, the script's?
bool leads_to(const Zone&, std::string_view script);
// Is there any script? Then the zone's cache may hold what is of hosts of no zone (reference §4.5).
bool runs_scripts(const Zone&);

// What answers for all of a host: the script.
Origin worker_origin(const std::string& script);

// The scheme in the cache key of what stands behind a host: that of the connection to the origin (reference §11.1); where
// there is none, the request's own.
http::Scheme key_scheme(const Origin&, http::Scheme asked);
// The same with the host that it is asked at; of several servers that of the first.
policy::KeyOrigin key_origin(const Origin&, http::Scheme asked);
// The same where a Worker's own responses are cached (policy::WorkerCache).
policy::KeyOrigin key_origin_of_worker(
    std::string_view script [[clang::lifetimebound]], http::Scheme asked
);

// A stable id for a name: the first 32 hex digits of its digest.
std::string id_of(std::string_view zone_name);

}  // namespace festina::zone
