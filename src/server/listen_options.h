// Listen options: what a configured address greets its connections with: certificates, and whose PROXY headers count.
#pragma once

#include <vector>

#include "base/cidr.h"
#include "net/listener.h"
#include "zone/config.h"

namespace festina::server {

// Null without certificates. Errors: those of TlsServer::load().
Result<std::shared_ptr<const net::TlsServer>>
load_certificates(const std::vector<zone::CertificateFiles>&);

// Errors: those of load_certificates().
Result<net::ListenOptions> listen_options(
    const zone::ListenUrl&, const std::vector<zone::CertificateFiles>&,
    const std::vector<Cidr>& trusted_proxies
);

}  // namespace festina::server
