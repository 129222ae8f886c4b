#include "zone/colo_config.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/errors.h"
#include "base/text.h"
#include "zone/config_keys.h"

namespace festina::zone {
namespace {

// The default is a list, written as in a file.
std::vector<ListenUrl> default_listen(const Place& place) {
  Problems none;
  const auto table =
      Table::parse("listen = " + std::string(default_of("colos.listen")), place.file, none);
  if (!table) unreachable("defaults are TOML");
  std::vector<ListenUrl> urls;
  for (const auto& [text, where] : table->strings("listen"))
    urls.push_back(default_listen_url(text, place));
  return urls;
}

bool is_capital_letters(std::string_view text, std::size_t count) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  return text.size() == count && std::all_of(text.begin(), text.end(), is_capital);
}

std::string read_colo_name(const Table& table) {
  if (!table.has("name"))
    table.problem(table.place(), "the colo has no name", "add name = \"FRA\"");
  const auto name = table.string("name");
  if (!name || is_capital_letters(*name, 3)) return name.value_or("");
  table.problem(
      "name",
      in_quotes(*name) + " is no name of a colo",
      "write three capital letters, such as \"FRA\""
  );
  return "";
}

ColoConfig read_colo(const Table& table, const std::string& directory) {
  ColoConfig colo;
  colo.name = read_colo_name(table);
  colo.country = table.string("country").value_or(std::string(default_of("colos.country")));
  if (!colo.country.empty() && !is_capital_letters(colo.country, 2)) {
    table.problem(
        "country",
        in_quotes(colo.country) + " is no country",
        "write two capital letters, such as \"DE\""
    );
  }
  for (const auto& [text, place] : table.strings("listen")) {
    if (auto url = read_listen_url(table, text, place)) colo.listen.push_back(std::move(*url));
  }
  const auto listen = table.any("listen");
  if (!listen) colo.listen = default_listen(table.place());
  if (listen && listen->text == "[]") {
    table.problem(
        "listen",
        "the colo listens nowhere",
        "write listen = [\"http://127.0.0.1:0\"] for any free port"
    );
  }
  colo.certificates = read_certificates(table, directory, colo.listen);
  table.not_supported("upper_tier", default_of("colos.upper_tier"));
  table.report_unknown_keys();
  return colo;
}

}  // namespace

std::vector<ColoConfig> read_colos(const Table& root, const std::string& directory) {
  const auto tables = root.tables("colos");
  if (tables.empty()) return {{"FRA", "DE", default_listen({root.place().file}), {}}};
  if (tables.size() > kMaxColos) {
    root.problem(tables[kMaxColos].place(), "more than " + std::to_string(kMaxColos) + " colos");
  }
  std::vector<ColoConfig> colos;
  std::map<std::string, Place> names;
  for (const Table& table : tables) {
    ColoConfig colo = read_colo(table, directory);
    const auto [first, is_new] = names.emplace(colo.name, table.place("name"));
    if (!is_new && !colo.name.empty()) {
      table.problem(
          "name",
          "two colos are named " + in_quotes(colo.name),
          "the first is at " + text_of(first->second)
      );
    }
    colos.push_back(std::move(colo));
  }
  return colos;
}

}  // namespace festina::zone
