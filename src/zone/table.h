// Table: a configuration file as tables that are read strictly, every problem with its place. TOML and JSON alike.
//
// A reader asks for the keys it knows; what nobody asked for is an unknown key, reported with the nearest known one ("did
// you mean"). Problems are collected, so that one run names them all.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zone/document.h"
#include "zone/problem.h"

namespace festina::zone {

// One table of a file. Cheap to copy; the file's content lives as long as any of its tables.
class Table {
 public:
  // A file named .json or .jsonc is JSON with comments, any other one is TOML. Nothing when it can not be read or is not
  // that; then `problems` says why.
  // Requires: `problems` outlives every table.
  static std::optional<Table> load(const std::string& path, Problems& problems);
  // As load(), of a text at hand. `file` stands in places and says the syntax.
  static std::optional<Table> parse(
      std::string_view text, const std::string& file, Problems& problems
  );

  struct Text {
    std::string text;
    Place place;
  };
  struct Element;
  // Any value as JSON text, or the string itself.
  struct AnyValue {
    std::string text;
    bool is_string = false;
  };

  // Each reads one key and marks it as known. Absent: nothing. Of another type: nothing, and a problem.
  std::optional<std::string> string(std::string_view key) const;
  // A string that is one of `words`; another one is a problem with the nearest of them.
  std::optional<std::string> word(std::string_view key, std::span<const std::string_view> words)
      const;
  std::optional<std::string> word(
      std::string_view key, std::initializer_list<std::string_view> words
  ) const;
  std::optional<std::int64_t> integer(std::string_view key) const;
  std::optional<bool> boolean(std::string_view key) const;
  std::vector<Text> strings(std::string_view key) const;
  std::vector<Text> one_or_more_strings(std::string_view key) const;  // "a" or ["a", "b"]
  std::optional<Table> table(std::string_view key) const;
  std::vector<Table> tables(std::string_view key) const;              // [[key]]
  std::vector<Table> one_or_more_tables(std::string_view key) const;  // {…} or [{…}, {…}]
  std::optional<Element> element(std::string_view key) const;
  std::vector<Element> elements(std::string_view key) const;  // of an array
  std::optional<AnyValue> any(std::string_view key) const;
  bool has(std::string_view key) const;
  // Does the key's value say nothing, as an empty list does? Absent: yes.
  bool says_nothing(std::string_view key) const;
  // The keys in file order, for tables whose keys are names of the owner's.
  std::vector<std::string> keys() const;
  // Every key that was asked for in any table of the file, with the names of the tables around it in front:
  // "zones.settings.cache_level". Sorted.
  std::vector<std::string> asked() const;
  // Accepts a key without reading it: it belongs to another program.
  void ignore(std::string_view key) const;
  // Refuses a key that has no effect yet, unless its value is `default_value` (a string itself, JSON otherwise).
  void not_supported(
      std::string_view key, std::optional<std::string_view> default_value = std::nullopt
  ) const;

  Place place() const;                      // of the table
  Place place(std::string_view key) const;  // of the key's value; of the table when there is none
  // Within the key's value, by JSON Pointer; the nearest place there is.
  Place place(std::string_view key, std::string_view pointer) const;
  void problem(Place, std::string message, std::string suggestion = {}) const;
  void problem(std::string_view key, std::string message, std::string suggestion = {}) const;
  // Reports every key of this table that nobody asked for. Call it when all known keys have been read.
  void report_unknown_keys() const;

 private:
  struct File;
  struct Node;
  explicit Table(std::shared_ptr<Node>);
  std::shared_ptr<Node> node_;
};

// A string or a table.
struct Table::Element {
  std::string text;
  std::optional<Table> table;
  Place place;
};

}  // namespace festina::zone
