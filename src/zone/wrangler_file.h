// Wrangler file: wrangler.toml or .json(c) as tables, with the environment that was chosen.
//
// Which table says a key follows from the table of keys (wrangler_keys): the environment's own, or the top of the file
// where it inherits.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "zone/table.h"

namespace festina::zone {

class WranglerFile {
 public:
  // `environment`: its name; empty: none. Nothing when the file can not be read or has no such environment; then
  // `problems` says why. Requires: `problems` outlives it.
  static std::optional<WranglerFile> load(
      const std::string& path, const std::string& environment, Problems& problems
  );

  // The table that says this key, or would.
  const Table& of(std::string_view key) const;
  // Does the chosen environment say it itself?
  bool is_said_by_environment(std::string_view key) const;
  const std::string& environment() const { return environment_name_; }
  const std::filesystem::path& path() const { return path_; }  // absolute
  std::filesystem::path directory() const { return path_.parent_path(); }
  // A path of the file, absolute.
  std::string absolute(const std::string& path) const;

  // Reports keys that are refused and keys that nobody knows. Call it when all others have been read.
  void report_other_keys() const;

 private:
  WranglerFile(Table top, std::optional<Table> environment, std::string name, std::string path);

  Table top_;
  std::optional<Table> environment_;
  std::string environment_name_;
  std::filesystem::path path_;
};

// The wrangler file of a directory, as wrangler chooses it; nothing when there is none.
std::optional<std::string> wrangler_file_in(const std::filesystem::path& directory);

}  // namespace festina::zone
