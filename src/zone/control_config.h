// [control] of festina.toml: where the API listens and who may call it.
#pragma once

#include <string>
#include <vector>

#include "zone/listen_url.h"
#include "zone/table.h"
#include "zone/tls_config.h"

namespace festina::zone {

struct Control {
  ListenUrl listen;
  std::vector<CertificateFiles> certificates;  // of an https address
  std::string token;                           // empty: made once and kept
  std::string account_id;                      // empty: made once and kept
};

// `directory` is where relative paths start.
Control read_control(const TomlTable& root, const std::string& directory);

}  // namespace festina::zone
