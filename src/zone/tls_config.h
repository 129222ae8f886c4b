// TLS in a configuration: PEM files, and the certificates of listeners.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zone/files.h"
#include "zone/listen_url.h"
#include "zone/table.h"

namespace festina::zone {

// A certificate that a listener shows, and its key. Paths are absolute.
struct CertificateFiles {
  std::string certificate;
  std::string key;
  Place place;  // of the table that names them
};

// The absolute path of the PEM file that the key names; empty when the key is absent or empty.
// Problems: a file that is not there, can not be read or holds no such thing.
std::string read_pem(const TomlTable&, std::string_view key, const std::string& directory, PemKind);

// The tables of "tls", for a section that listens on these addresses.
// Problems: those of the files, a certificate without its key, an https address without a certificate, certificates
// without an https address.
std::vector<CertificateFiles> read_certificates(
    const TomlTable& section, const std::string& directory, const std::vector<ListenUrl>& listen
);

}  // namespace festina::zone
