#include "workers/find_program.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <system_error>
#include <unistd.h>

#include "base/text.h"

namespace festina::workers {
namespace {

namespace fs = std::filesystem;

bool is_native_program(const fs::path& path) {
  std::error_code failed;
  if (!fs::is_regular_file(path, failed) || ::access(path.c_str(), X_OK) != 0) return false;
  std::array<char, 4> magic{};
  std::ifstream(path, std::ios::binary).read(magic.data(), magic.size());
  return std::string_view(magic.data(), magic.size()) ==
         "\x7f"
         "ELF";
}

// Where npm puts a program, in this directory and those above it.
std::vector<fs::path> in_node_modules(
    fs::path directory, const std::vector<std::string>& packages, std::string_view name
) {
  std::vector<fs::path> paths;
  for (;; directory = directory.parent_path()) {
    const fs::path modules = directory / "node_modules";
    for (const std::string& package : packages) paths.push_back(modules / package / "bin" / name);
    paths.push_back(modules / ".bin" / name);
    if (directory == directory.parent_path()) return paths;
  }
}

// Every place of a program known by its name alone, in order.
std::vector<fs::path> places_of(
    std::string_view name, const std::vector<std::string>& packages,
    const std::vector<fs::path>& from
) {
  std::error_code failed;
  const fs::path here = fs::read_symlink("/proc/self/exe", failed).parent_path();
  std::vector<fs::path> places{here / "../lib/festina" / name};
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : split(path ? path : "", ':'))
    places.push_back(fs::path(directory) / name);
  for (const fs::path& directory : from) {
    const auto found = in_node_modules(directory, packages, name);
    places.insert(places.end(), found.begin(), found.end());
  }
  places.push_back(here / name);
  return places;
}

}  // namespace

std::optional<std::string> find_program(
    std::string_view name, const std::vector<std::string>& packages,
    const std::vector<fs::path>& from
) {
  const bool is_path = name.find('/') != std::string_view::npos;
  const auto places = is_path ? std::vector<fs::path>{name} : places_of(name, packages, from);
  const auto found = std::ranges::find_if(places, is_native_program);
  if (found == places.end()) return {};
  return fs::absolute(*found).lexically_normal().string();
}

}  // namespace festina::workers
