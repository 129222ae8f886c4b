// For tests: a Worker's project on disk. Nobody reads its wrangler.toml: the script is given as a value.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <string>
#include <string_view>

#include "zone/script.h"

namespace festina::workers {

class Project : public testing::Test {
 protected:
  Project() {
    std::string pattern = (std::filesystem::temp_directory_path() / "festina.XXXXXX").string();
    directory_ = ::mkdtemp(pattern.data());
  }
  ~Project() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name, std::ios::binary) << text;
  }
  zone::Script script(const std::string& main) const {
    zone::Script script;
    script.name = "api";
    script.configuration_file = directory_ / "wrangler.toml";
    script.main = directory_ / main;
    script.compatibility_date = "2025-01-01";
    return script;
  }

  std::filesystem::path directory_;
};

}  // namespace festina::workers
