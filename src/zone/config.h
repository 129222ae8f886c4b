// Config: festina.toml as values (product.md §3 is the contract), with the place of each part for later errors.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "zone/listen_url.h"
#include "zone/toml.h"
#include "zone/zone.h"

namespace festina::zone {

struct Control {
  ListenUrl listen;
  std::string token;       // empty: made once and kept
  std::string account_id;  // empty: made once and kept
};

struct ColoConfig {
  std::string name;     // three capital letters, an IATA code
  std::string country;  // two letters, or empty
  std::vector<ListenUrl> listen;
};

struct WorkersConfig {
  std::string runtime = "workerd";  // a name to be found, or an absolute path
  bool private_network_allowed = false;
};

// Paths are absolute.
struct Config {
  std::string file;
  Control control;
  std::string state_dir;
  std::string log_level = "info";
  std::string access_log;  // empty: none
  std::uint64_t cache_memory = 256ULL * 1024 * 1024;
  WorkersConfig workers;
  bool test_clock = false;
  std::vector<ColoConfig> colos;
  std::vector<std::shared_ptr<const Zone>> zones;  // routes of the scripts included
  std::vector<Script> scripts;
};

inline constexpr std::size_t kMaxColos = 10;

struct Loaded {
  Config config;
  Problems problems;  // by place; empty: the configuration is good
};

// Reads festina.toml and the wrangler files it names. Variables of the environment replace ${NAME} in the token.
// Everything that needs no running system is checked: keys, types, duplicates of zones, hosts, listeners and routes,
// files, dates.
Loaded load_config(const std::string& path);

}  // namespace festina::zone
