#include "server/listen_options.h"

namespace festina::server {

Result<std::shared_ptr<const net::TlsServer>> load_certificates(
    const std::vector<zone::CertificateFiles>& files
) {
  if (files.empty()) return std::shared_ptr<const net::TlsServer>();
  std::vector<net::CertificateFiles> pairs;
  pairs.reserve(files.size());
  for (const zone::CertificateFiles& pair : files) pairs.push_back({pair.certificate, pair.key});
  return net::TlsServer::load(pairs);
}

Result<net::ListenOptions> listen_options(
    const zone::ListenUrl& url, const std::vector<zone::CertificateFiles>& files,
    const std::vector<Cidr>& trusted_proxies
) {
  net::ListenOptions options;
  options.trusted_proxies = trusted_proxies;
  if (url.scheme == http::Scheme::http) return options;
  auto tls = load_certificates(files);
  if (!tls) return tls.error();
  options.tls = std::move(*tls);
  return options;
}

}  // namespace festina::server
