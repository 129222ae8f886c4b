// [[colos]] of festina.toml: the data centres of a node.
#pragma once

#include <string>
#include <vector>

#include "zone/listen_url.h"
#include "zone/table.h"
#include "zone/tls_config.h"

namespace festina::zone {

inline constexpr std::size_t kMaxColos = 10;

struct ColoConfig {
  std::string name;     // three capital letters, an IATA code
  std::string country;  // two letters, or empty
  std::vector<ListenUrl> listen;
  std::vector<CertificateFiles> certificates = {};  // of its https addresses
};

// At least one. `directory` is where relative paths start.
std::vector<ColoConfig> read_colos(const TomlTable& root, const std::string& directory);

}  // namespace festina::zone
