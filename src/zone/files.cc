#include "zone/files.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace festina::zone {
namespace {

// The labels of the text's blocks, "CERTIFICATE" of "-----BEGIN CERTIFICATE-----" (RFC 7468 §2).
std::vector<std::string_view> pem_labels(std::string_view text) {
  constexpr std::string_view begin = "-----BEGIN ";
  constexpr std::string_view dashes = "-----";
  std::vector<std::string_view> labels;
  for (std::size_t at = text.find(begin); at != std::string_view::npos; at = text.find(begin, at)) {
    at += begin.size();
    const std::size_t end = text.find(dashes, at);
    if (end == std::string_view::npos) break;
    labels.push_back(text.substr(at, end - at));
  }
  return labels;
}

std::optional<std::string> fault_of_labels(
    const std::vector<std::string_view>& labels, PemKind kind
) {
  const auto has = [&](std::string_view wanted) {
    return std::ranges::any_of(labels, [&](std::string_view label) {
      return label.ends_with(wanted);
    });
  };
  if (labels.empty()) return "it is no PEM file";
  if (kind == PemKind::certificate) {
    if (has("CERTIFICATE")) return std::nullopt;
    return "it holds no certificate";
  }
  if (has("ENCRYPTED PRIVATE KEY")) return "its key is encrypted";
  if (has("PRIVATE KEY")) return std::nullopt;
  return "it holds no private key";
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
  if (auto fault = fault_of_file(path)) return Error{ErrorCode::io, Side::self, std::move(*fault)};
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

std::optional<std::string> fault_of_file(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return "it is a directory";
  const std::ifstream file(path, std::ios::binary);
  if (!file) return std::generic_category().message(errno);
  return std::nullopt;
}

std::optional<std::string> fault_of_pem(const std::string& path, PemKind kind) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.error().detail;
  return fault_of_labels(pem_labels(*text), kind);
}

}  // namespace festina::zone
