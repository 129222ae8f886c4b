// A directory of its own for one test, removed with everything in it.
#pragma once

#include <string>
#include <string_view>

namespace festina::harness {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // Writes a file below the directory, folders made as needed; gives its absolute path.
  std::string write(std::string_view relative, std::string_view text) const;

 private:
  std::string path_;
};

std::string read_file(const std::string& path);

}  // namespace festina::harness
