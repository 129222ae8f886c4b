// Find program: where workerd and esbuild are, as npm or a package manager puts them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace festina::workers {

// Where a native program is. `name` with a "/" is its path; else it is looked for in ../lib/festina beside this program,
// where an installation has the versions that were tested with it; then in PATH, in node_modules of each directory of
// `from` and those above it (in one of `packages`, or .bin), and beside this program. Scripts that stand for a program,
// as npm installs them, are passed over.
std::optional<std::string> find_program(
    std::string_view name, const std::vector<std::string>& packages,
    const std::vector<std::filesystem::path>& from
);

}  // namespace festina::workers
