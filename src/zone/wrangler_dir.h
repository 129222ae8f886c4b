// For tests: a directory with a Worker's files.
#pragma once

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#include "zone/wrangler_file.h"

namespace festina::zone {

using Texts = std::vector<std::string>;

class WranglerDir : public testing::Test {
 protected:
  WranglerDir() { std::filesystem::create_directories(directory_); }
  ~WranglerDir() override { std::filesystem::remove_all(directory_); }

  void write(const std::string& name, std::string_view content) const {
    std::filesystem::create_directories((directory_ / name).parent_path());
    std::ofstream(directory_ / name) << content;
  }
  std::string path(const std::string& name) const { return (directory_ / name).string(); }
  // The file with this content; JSON when it begins with a brace.
  WranglerFile file(std::string_view content, const std::string& environment = "") {
    const std::string name = content.starts_with('{') ? "wrangler.jsonc" : "wrangler.toml";
    write(name, content);
    const auto loaded = WranglerFile::load(path(name), environment, problems_);
    if (!loaded) throw std::logic_error("it cannot be loaded: " + std::string(content));
    return *loaded;
  }
  // Problems so far, without the directory in front.
  Texts problems() const {
    Texts texts;
    for (const Problem& problem : problems_)
      texts.push_back(text_of(problem).substr(path("").size()));
    return texts;
  }

  std::filesystem::path directory_ =
      std::filesystem::temp_directory_path() / ("festina_wrangler_dir_" + std::to_string(getpid()));
  Problems problems_;
};

}  // namespace festina::zone
