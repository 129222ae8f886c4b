// Config: festina.toml as values (product.md §3 is the contract), with the place of each part for later errors.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/cidr.h"
#include "policy/compat.h"
#include "policy/visit.h"
#include "zone/colo_config.h"
#include "zone/control_config.h"
#include "zone/table.h"
#include "zone/zone.h"

namespace festina::zone {

// Bounds of [workers] max_memory and answer_timeout. Less does not start; more is what no client waits for.
inline constexpr std::uint64_t kMinProcessMemory = std::uint64_t{128} * 1024 * 1024;
inline constexpr std::uint64_t kMaxProcessMemory = std::uint64_t{64} * 1024 * 1024 * 1024;
inline constexpr std::chrono::milliseconds kMinAnswerTimeout{100};
inline constexpr std::chrono::milliseconds kMaxAnswerTimeout{6'000'000};

struct WorkersConfig {
  std::string runtime;  // a name to be found, or an absolute path
  bool private_network_allowed = false;
  std::uint32_t max_calls = kPaidCalls;  // of a script, for one request
  std::uint64_t max_memory = 0;          // of one process
  std::chrono::milliseconds answer_timeout{0};
  policy::Era era = policy::kNewestEra;  // of the checks an upload meets
};

struct NetworkConfig {
  std::vector<Cidr> trusted_proxies;
  std::string geoip;  // empty: none
  Place geoip_place;
};

// Paths are absolute.
struct Config {
  std::string file;
  Control control;
  std::string state_dir;
  std::string log_level;
  std::string access_log;  // empty: none
  std::uint64_t cache_memory = 0;
  WorkersConfig workers;
  NetworkConfig network;
  bool test_clock = false;
  std::vector<ColoConfig> colos;
  std::vector<std::shared_ptr<const Zone>>
      zones;  // those of the file, with the routes of the scripts; then those made for scripts
  std::vector<Script> scripts;
  Problems warnings;  // what is not wrong, but will hardly do what it was written for
  // By script, once the installed runtime has been asked; what has none has the newest.
  std::map<std::string, policy::EdgeFlags, std::less<>> edge_flags;
};

struct Loaded {
  Config config;
  Problems problems;  // by place; empty: the configuration is good
};

// Reads festina.toml and the wrangler files it names. Variables of the environment replace ${NAME} in the token.
// Everything that needs no running system is checked: keys, types, duplicates of zones, hosts, listeners and routes,
// files, dates.
Loaded load_config(const std::string& path);

// The configuration in a table that was read from this path. Requires: `problems` are those of the table.
Config read_config(const Table& root, const std::string& path, Problems& problems);

}  // namespace festina::zone
