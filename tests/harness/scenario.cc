#include "harness/scenario.h"

namespace festina::harness {

std::string zone_toml(const std::string& name, const std::string& origin, const std::string& more) {
  return "[[zones]]\nname = \"" + name + "\"\norigin = \"" + origin + "\"\n" + more + "\n";
}

namespace {

using Written = std::vector<std::pair<std::string_view, std::string_view>>;

// Runs before the edge starts, which reads the files.
EdgeOptions prepared(
    EdgeOptions options, const Origin& origin, const TempDir& files, const Written& written
) {
  for (const auto& [path, text] : written) files.write(path, text);
  options.zones = zone_toml("example.com", origin.url()) + options.zones;
  return options;
}

}  // namespace

SiteScenario::SiteScenario(EdgeOptions options, const Written& written)
    : edge(files, prepared(std::move(options), origin, files, written)) {}

}  // namespace festina::harness
