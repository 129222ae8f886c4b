// Files: what a configuration needs of the files it names, checked while somebody is there to read the answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/errors.h"

namespace festina::zone {

// The whole file. Errors: io (self).
Result<std::string> read_file(const std::string& path);

// Why the file at this path can not be read; nothing when it can.
std::optional<std::string> fault_of_file(const std::string& path);

enum class PemKind : std::uint8_t { certificate, key };
// Why the file can not serve as a PEM file of this kind; nothing when it may. What its blocks hold is not looked at.
std::optional<std::string> fault_of_pem(const std::string& path, PemKind);

}  // namespace festina::zone
