#include "harness/scenario.h"

#include <functional>
#include <stdexcept>

namespace festina::harness {

std::string zone_toml(const std::string& name, const std::string& origin, const std::string& more) {
  return "[[zones]]\nname = \"" + name + "\"\norigin = \"" + origin + "\"\n" + more + "\n";
}

std::uint64_t metric(const Edge& edge, const std::string& name) {
  const std::string text = edge.api("GET", "/metrics").body;
  const std::size_t at = text.find("\n" + name + "{");
  return at == std::string::npos ? 0 : std::stoull(text.substr(text.find(' ', at) + 1));
}

namespace {

void await_value(
    const Edge& edge, const std::string& name, const std::function<bool(std::uint64_t)>& holds
) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds(metric(edge, name))) {
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error(name + " stays at " + std::to_string(metric(edge, name)));
  }
}

}  // namespace

void await_metric(const Edge& edge, const std::string& name, std::uint64_t at_least) {
  await_value(edge, name, [at_least](std::uint64_t value) { return value >= at_least; });
}

void await_metric_down(const Edge& edge, const std::string& name, std::uint64_t at_most) {
  await_value(edge, name, [at_most](std::uint64_t value) { return value <= at_most; });
}

namespace {

// Runs before the edge starts, which reads the files.
EdgeOptions prepared(
    const std::string& zone, EdgeOptions options, const Origin& origin, const TempDir& files,
    const Site::Written& written
) {
  for (const auto& [path, text] : written) files.write(path, text);
  options.zones = zone_toml("example.com", origin.url(), zone) + options.zones;
  return options;
}

}  // namespace

Site::Site(const std::string& zone, EdgeOptions options, const Written& written)
    : edge(files, prepared(zone, std::move(options), origin, files, written)) {}

}  // namespace festina::harness
