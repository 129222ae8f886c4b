#include "zone/tls_config.h"

#include <algorithm>
#include <filesystem>

#include "base/text.h"

namespace festina::zone {
namespace {

constexpr std::string_view kExample =
    "add tls = { certificate = \"site.pem\", key = \"site.key\" }";

bool is_https(const ListenUrl& url) { return url.scheme == http::Scheme::https; }

void need(const Table& tls, std::string_view key) {
  if (tls.has(key)) return;
  tls.problem(tls.place(), "tls has no " + std::string(key), std::string(kExample));
}

CertificateFiles read_pair(const Table& tls, const std::string& directory) {
  need(tls, "certificate");
  need(tls, "key");
  CertificateFiles files{
      .certificate = read_pem(tls, "certificate", directory, PemKind::certificate),
      .key = read_pem(tls, "key", directory, PemKind::key),
      .place = tls.place()
  };
  tls.report_unknown_keys();
  return files;
}

}  // namespace

std::string read_pem(
    const Table& table, std::string_view key, const std::string& directory, PemKind kind
) {
  const auto given = table.string(key);
  if (!given || given->empty()) return "";
  const std::filesystem::path base(directory);
  std::string path = (base / *given).lexically_normal().string();
  if (const auto fault = fault_of_pem(path, kind)) {
    const std::string wanted = kind == PemKind::key ? "an unencrypted key" : "certificates";
    table.problem(
        key,
        "PEM file " + in_quotes(path) + ": " + *fault,
        "name a PEM file with " + wanted + ", relative to this file"
    );
  }
  return path;
}

std::vector<CertificateFiles> read_certificates(
    const Table& section, const std::string& directory, const std::vector<ListenUrl>& listen
) {
  std::vector<CertificateFiles> certificates;
  for (const Table& tls : section.one_or_more_tables("tls"))
    certificates.push_back(read_pair(tls, directory));

  const auto secure = std::ranges::find_if(listen, is_https);
  if (secure != listen.end() && !section.has("tls")) {
    section.problem(
        secure->place, in_quotes(secure->text) + " has no certificate", std::string(kExample)
    );
  }
  if (secure == listen.end() && section.has("tls"))
    section.problem("tls", "tls without an https:// address", "write listen with https://");
  const auto given = section.any("tls");
  if (secure != listen.end() && given && given->text == "[]")
    section.problem("tls", "tls names no certificate", std::string(kExample));
  return certificates;
}

}  // namespace festina::zone
