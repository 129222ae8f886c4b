#include "zone/table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "zone/files.h"
#include "zone/jsonc.h"
#include "zone/toml.h"

namespace festina::zone {
namespace {

bool is_json(std::string_view file) { return file.ends_with(".json") || file.ends_with(".jsonc"); }

const Value* find(const Members& members, std::string_view key) {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &found->value;
}

}  // namespace

struct Table::File {
  std::string name;
  Problems& problems;
  Value root;
  std::set<std::string> asked;  // every key that was asked for, with its section in front

  Place place_of(Position at) const { return {name, at.line, at.column}; }
};

struct Table::Node {
  std::shared_ptr<File> file;
  const Members* members;  // into the file's root
  Position at;
  std::string section;             // the way to the table: "", "zones", "zones.settings"
  std::vector<std::string> known;  // keys that were asked for

  std::string name_of(std::string_view key) const {
    return section.empty() ? std::string(key) : section + "." + std::string(key);
  }

  // The value of a key, which is known from now on.
  const Value* ask(std::string_view key) {
    if (std::ranges::find(known, key) == known.end()) {
      known.emplace_back(key);
      file->asked.insert(name_of(key));
    }
    return find(*members, key);
  }

  void expected(std::string_view what, const Value& found) const {
    std::string message =
        "expected " + std::string(what) + ", found " + std::string(type_name(found));
    file->problems.push_back({file->place_of(found.at), std::move(message), ""});
  }

  // The elements of the array that is the key's value; nothing, and a problem, when it is none.
  const Items* array(std::string_view key, std::string_view what) {
    const Value* value = ask(key);
    if (!value) return nullptr;
    if (!value->if_array()) expected(what, *value);
    return value->if_array();
  }

  // The value of a key, of type T.
  template <class T>
  std::optional<T> value(std::string_view key, std::string_view what) {
    const Value* value = ask(key);
    if (!value) return std::nullopt;
    if (const T* typed = std::get_if<T>(&value->data)) return *typed;
    expected(what, *value);
    return std::nullopt;
  }

  // Requires: the value is a table.
  Table inner(std::string_view key, const Value& inside) const {
    return Table(std::make_shared<Node>(Node{file, inside.if_table(), inside.at, name_of(key), {}})
    );
  }

  std::optional<Element> element_of(std::string_view key, const Value& value) const {
    const Place place = file->place_of(value.at);
    if (const auto* text = value.if_string()) return Element{*text, std::nullopt, place};
    if (value.if_table()) return Element{"", inner(key, value), place};
    expected("a string or a table", value);
    return std::nullopt;
  }
};

Table::Table(std::shared_ptr<Node> node) : node_(std::move(node)) {}

std::optional<Table> Table::load(const std::string& path, Problems& problems) {
  const auto text = read_file(path);
  if (text) return parse(*text, path, problems);
  problems.push_back({{path}, "cannot be read: " + text.error().detail, ""});
  return std::nullopt;
}

std::optional<Table> Table::parse(
    std::string_view text, const std::string& file, Problems& problems
) {
  auto root = is_json(file) ? parse_jsonc(text, file, problems) : parse_toml(text, file, problems);
  if (!root) return std::nullopt;
  auto shared = std::make_shared<File>(File{file, problems, std::move(*root), {}});
  const Value& top = shared->root;
  return Table(std::make_shared<Node>(Node{shared, top.if_table(), top.at, "", {}}));
}

std::optional<std::string> Table::string(std::string_view key) const {
  return node_->value<std::string>(key, "a string");
}

std::optional<std::string> Table::word(
    std::string_view key, std::span<const std::string_view> words
) const {
  auto text = string(key);
  if (!text || std::ranges::find(words, *text) != words.end()) return text;
  const std::vector<std::string_view> all(words.begin(), words.end());
  std::string message = in_quotes(*text) + " is no value of " + std::string(key);
  problem(key, std::move(message), did_you_mean(*text, all, "write " + either_of(all)));
  return std::nullopt;
}

std::optional<std::string> Table::word(
    std::string_view key, std::initializer_list<std::string_view> words
) const {
  return word(key, std::span(words.begin(), words.size()));
}

std::optional<std::int64_t> Table::integer(std::string_view key) const {
  return node_->value<std::int64_t>(key, "an integer");
}

std::optional<bool> Table::boolean(std::string_view key) const {
  return node_->value<bool>(key, "a boolean");
}

std::vector<Table::Text> Table::strings(std::string_view key) const {
  std::vector<Text> texts;
  const Items* items = node_->array(key, "an array of strings");
  if (!items) return texts;
  for (const Value& item : *items) {
    if (const auto* text = item.if_string()) {
      texts.push_back({*text, node_->file->place_of(item.at)});
    } else {
      node_->expected("a string", item);
    }
  }
  return texts;
}

std::vector<Table::Text> Table::one_or_more_strings(std::string_view key) const {
  const Value* value = node_->ask(key);
  if (!value || value->if_array()) return strings(key);
  if (const auto* text = value->if_string()) return {{*text, place(key)}};
  node_->expected("a string or an array of strings", *value);
  return {};
}

std::optional<Table> Table::table(std::string_view key) const {
  const Value* value = node_->ask(key);
  if (!value) return std::nullopt;
  if (value->if_table()) return node_->inner(key, *value);
  node_->expected("a table", *value);
  return std::nullopt;
}

std::vector<Table> Table::tables(std::string_view key) const {
  const Value* value = node_->ask(key);
  if (!value || !value->if_table()) return one_or_more_tables(key);
  const bool json = is_json(node_->file->name);
  problem(
      key,
      "expected an array of tables, found a table",
      json ? "write [{ … }]" : "write [[" + std::string(key) + "]]"
  );
  return {};
}

std::vector<Table> Table::one_or_more_tables(std::string_view key) const {
  const Value* value = node_->ask(key);
  std::vector<Table> tables;
  if (value && value->if_table()) return {node_->inner(key, *value)};
  const Items* items = node_->array(key, "an array of tables");
  if (!items) return tables;
  for (const Value& item : *items) {
    if (item.if_table()) {
      tables.push_back(node_->inner(key, item));
    } else {
      node_->expected("a table", item);
    }
  }
  return tables;
}

std::optional<Table::Element> Table::element(std::string_view key) const {
  const Value* value = node_->ask(key);
  return value ? node_->element_of(key, *value) : std::nullopt;
}

std::vector<Table::Element> Table::elements(std::string_view key) const {
  std::vector<Element> elements;
  const Items* items = node_->array(key, "an array");
  if (!items) return elements;
  for (const Value& item : *items) {
    if (auto element = node_->element_of(key, item)) elements.push_back(std::move(*element));
  }
  return elements;
}

std::optional<Table::AnyValue> Table::any(std::string_view key) const {
  const Value* value = node_->ask(key);
  if (!value) return std::nullopt;
  if (const auto* text = value->if_string()) return AnyValue{*text, true};
  return AnyValue{json::to_text(to_json(*value)), false};
}

bool Table::has(std::string_view key) const { return node_->ask(key) != nullptr; }

bool Table::says_nothing(std::string_view key) const {
  const Value* value = node_->ask(key);
  return !value || zone::says_nothing(*value);
}

std::vector<std::string> Table::keys() const {
  std::vector<std::string> names;
  names.reserve(node_->members->size());
  for (const Member& member : *node_->members) names.push_back(member.key);
  return names;
}

void Table::ignore(std::string_view key) const { node_->ask(key); }

void Table::not_supported(std::string_view key, std::optional<std::string_view> default_value)
    const {
  const auto value = any(key);
  if (!value || value->text == default_value) return;
  const std::string shown = value->is_string ? " " + in_quotes(value->text) : "";
  problem(key, std::string(key) + shown + " is not supported yet", "remove it");
}

std::vector<std::string> Table::asked() const {
  return {node_->file->asked.begin(), node_->file->asked.end()};
}

Place Table::place() const { return node_->file->place_of(node_->at); }

Place Table::place(std::string_view key) const {
  const Value* value = find(*node_->members, key);
  return value ? node_->file->place_of(value->at) : place();
}

Place Table::place(std::string_view key, std::string_view pointer) const {
  const Value* value = find(*node_->members, key);
  return value ? node_->file->place_of(nearest(*value, pointer).at) : place();
}

void Table::problem(Place where, std::string message, std::string suggestion) const {
  node_->file->problems.push_back({std::move(where), std::move(message), std::move(suggestion)});
}

void Table::problem(std::string_view key, std::string message, std::string suggestion) const {
  problem(place(key), std::move(message), std::move(suggestion));
}

void Table::report_unknown_keys() const {
  const std::vector<std::string_view> known(node_->known.begin(), node_->known.end());
  for (const Member& member : *node_->members) {
    if (std::ranges::find(known, member.key) != known.end()) continue;
    std::string message = "unknown key " + in_quotes(member.key);
    problem(node_->file->place_of(member.at), std::move(message), did_you_mean(member.key, known));
  }
}

}  // namespace festina::zone
