#include "zone/wrangler_file.h"

#include <system_error>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/text.h"
#include "zone/wrangler_keys.h"

namespace festina::zone {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kFileNames[] = {"wrangler.json", "wrangler.jsonc", "wrangler.toml"};

std::optional<Table> environment_of(const Table& top, const std::string& name) {
  const auto environments = top.table("env");
  std::vector<std::string> names;
  if (environments) names = environments->keys();
  if (environments && environments->has(name)) return environments->table(name);
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string otherwise = "add env." + name + ", or remove environment from festina.toml";
  top.problem(
      "env", "there is no environment " + in_quotes(name), did_you_mean(name, views, otherwise)
  );
  return std::nullopt;
}

bool is_of_a_table_inside(const WranglerKey& row) {
  return row.key.find('.') != std::string_view::npos;
}

void know_all_keys(const Table& table, bool is_environment) {
  for (const WranglerKey& row : wrangler_keys()) {
    const bool belongs = !is_environment || row.scope != KeyScope::top;
    if (belongs && !is_of_a_table_inside(row)) table.ignore(row.key);
  }
  table.report_unknown_keys();
}

}  // namespace

WranglerFile::WranglerFile(
    Table top, std::optional<Table> environment, std::string name, const std::string& path
)
    : top_(std::move(top)),
      environment_(std::move(environment)),
      environment_name_(std::move(name)),
      path_(fs::absolute(path).lexically_normal()) {}

std::optional<WranglerFile> WranglerFile::load(
    const std::string& path, const std::string& environment, Problems& problems
) {
  auto top = Table::load(path, problems);
  if (!top) return std::nullopt;
  std::optional<Table> chosen;
  if (!environment.empty()) {
    chosen = environment_of(*top, environment);
    if (!chosen) return std::nullopt;
  }
  return WranglerFile(std::move(*top), std::move(chosen), environment, path);
}

bool WranglerFile::is_said_by_environment(std::string_view key) const {
  return environment_ && environment_->has(key);
}

const Table& WranglerFile::of(std::string_view key) const {
  const WranglerKey* row = find_wrangler_key(key);
  if (!row) unreachable("every key that is read is in the table of keys");
  if (!environment_ || row->scope == KeyScope::top) return top_;
  const bool is_own = row->scope == KeyScope::own || environment_->has(key);
  return is_own ? *environment_ : top_;
}

std::string WranglerFile::absolute(const std::string& path) const {
  return (directory() / path).lexically_normal().string();
}

void WranglerFile::report_other_keys() const {
  for (const WranglerKey& row : wrangler_keys()) {
    if (row.use != KeyUse::refused) continue;
    const Table& table = of(row.key);
    if (!table.says_nothing(row.key)) table.not_supported(row.key);
  }
  know_all_keys(top_, false);
  if (environment_) know_all_keys(*environment_, true);
}

std::optional<std::string> wrangler_file_in(const fs::path& directory) {
  std::error_code failed;
  for (const std::string_view name : kFileNames) {
    const fs::path file = directory / name;
    if (fs::is_regular_file(file, failed)) return file.string();
  }
  return std::nullopt;
}

}  // namespace festina::zone
