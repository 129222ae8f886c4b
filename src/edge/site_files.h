// For tests: a directory of files, gone with the test.
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/crypto.h"

namespace festina::edge {

class SiteFiles {
 public:
  SiteFiles() : path_(std::filesystem::temp_directory_path() / ("festina-site-" + random_hex(8))) {
    std::filesystem::create_directory(path_);
  }
  ~SiteFiles() { std::filesystem::remove_all(path_); }
  SiteFiles(const SiteFiles&) = delete;
  SiteFiles& operator=(const SiteFiles&) = delete;

  const std::string& path() const { return path_; }
  std::string path(std::string_view relative) const { return path_ + "/" + std::string(relative); }
  // Folders are made as needed.
  void write(std::string_view relative, std::string_view text) const {
    const std::filesystem::path file = path(relative);
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
  }
  // When it was last changed, in whole seconds since 1970.
  void set_modified(std::string_view relative, std::chrono::seconds when) const {
    using FileClock = std::chrono::file_clock;
    const auto time = FileClock::from_sys(std::chrono::sys_time<std::chrono::seconds>(when));
    std::filesystem::last_write_time(path(relative), time);
  }

 private:
  std::string path_;
};

}  // namespace festina::edge
