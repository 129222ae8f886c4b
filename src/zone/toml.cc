#include "zone/toml.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <toml++/toml.h>
#include <utility>

#include "base/json.h"
#include "zone/files.h"

namespace festina::zone {
namespace {

constexpr std::string_view kParserPrefix = "Error while ";  // of every error text of toml++

// In the order of toml::node_type.
constexpr std::string_view kTypeNames[] = {
    // clang-format off
    "nothing", "a table", "an array", "a string", "an integer", "a float", "a boolean", "a date", "a time",
    "a date and time",
    // clang-format on
};

std::string_view type_name(const toml::node& node) {
  return kTypeNames[static_cast<std::size_t>(node.type())];
}

json::Value to_json(const toml::node& node) {
  if (const auto* text = node.as_string()) return json::Value(text->get());
  if (const auto* number = node.as_integer()) return json::Value(number->get());
  if (const auto* truth = node.as_boolean()) return json::Value(truth->get());
  if (const auto* real = node.as_floating_point(); real && std::isfinite(real->get())) {
    return json::Value(real->get());
  }
  if (const auto* array = node.as_array()) {
    json::Array items;
    for (const toml::node& item : *array) items.push_back(to_json(item));
    return items;
  }
  if (const auto* table = node.as_table()) {
    json::Object members;
    for (const auto& [key, value] : *table) members.insert_or_assign(key.str(), to_json(value));
    return members;
  }
  std::ostringstream text;  // dates, times and floats that are no number: as TOML writes them
  node.visit([&](const auto& value) {
    if constexpr (toml::is_value<decltype(value)>) text << value;
  });
  return json::Value(text.str());
}

}  // namespace

struct TomlTable::Document {
  std::string file;
  Problems& problems;
  toml::table root;
  std::set<std::string> asked;  // every key that was asked for, with its section in front

  Place place_of(const toml::source_region& region) const {
    return {file, region.begin.line, region.begin.column};
  }
};

struct TomlTable::Node {
  std::shared_ptr<Document> document;
  const toml::table* table;        // into the document
  std::string section;             // the way to the table: "", "zones", "zones.settings"
  std::vector<std::string> known;  // keys that were asked for

  std::string name_of(std::string_view key) const {
    return section.empty() ? std::string(key) : section + "." + std::string(key);
  }

  // The value of a key, which is known from now on.
  const toml::node* ask(std::string_view key) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      known.emplace_back(key);
      document->asked.insert(name_of(key));
    }
    return table->get(key);
  }

  void expected(std::string_view what, const toml::node& found) const {
    std::string message =
        "expected " + std::string(what) + ", found " + std::string(type_name(found));
    document->problems.push_back({document->place_of(found.source()), std::move(message), ""});
  }

  // The elements of the array that is the key's value; nothing, and a problem, when it is none.
  const toml::array* array(std::string_view key, std::string_view what) {
    const toml::node* value = ask(key);
    if (!value) return nullptr;
    if (!value->is_array()) expected(what, *value);
    return value->as_array();
  }

  // The value of a key, of type T.
  template <class T>
  std::optional<T> value(std::string_view key, std::string_view what) {
    const toml::node* node = ask(key);
    if (!node) return std::nullopt;
    if (const auto* typed = node->as<T>()) return typed->get();
    expected(what, *node);
    return std::nullopt;
  }

  TomlTable inner(std::string_view key, const toml::table& inside) const {
    return TomlTable(std::make_shared<Node>(Node{document, &inside, name_of(key), {}}));
  }

  std::optional<Element> element_of(std::string_view key, const toml::node& node) const {
    const Place place = document->place_of(node.source());
    if (const auto* text = node.as_string()) return Element{text->get(), std::nullopt, place};
    if (const toml::table* entry = node.as_table()) return Element{"", inner(key, *entry), place};
    expected("a string or a table", node);
    return std::nullopt;
  }
};

TomlTable::TomlTable(std::shared_ptr<Node> node) : node_(std::move(node)) {}

std::optional<TomlTable> TomlTable::load(const std::string& path, Problems& problems) {
  const auto text = read_file(path);
  if (text) return parse(*text, path, problems);
  problems.push_back({{path}, "cannot be read: " + text.error().detail, ""});
  return std::nullopt;
}

std::optional<TomlTable> TomlTable::parse(
    std::string_view text, const std::string& file, Problems& problems
) {
  try {
    auto document = std::make_shared<Document>(Document{file, problems, toml::parse(text), {}});
    auto node = std::make_shared<Node>(Node{document, &document->root, "", {}});
    return TomlTable(std::move(node));
  } catch (const toml::parse_error& error) {
    std::string_view what = error.description();
    if (what.starts_with(kParserPrefix)) what.remove_prefix(kParserPrefix.size());
    const toml::source_position at = error.source().begin;
    problems.push_back({{file, at.line, at.column}, "no valid TOML: " + std::string(what), ""});
    return std::nullopt;
  }
}

std::optional<std::string> TomlTable::string(std::string_view key) const {
  return node_->value<std::string>(key, "a string");
}

std::optional<std::string> TomlTable::word(
    std::string_view key, std::initializer_list<std::string_view> words
) const {
  auto text = string(key);
  if (!text || std::find(words.begin(), words.end(), *text) != words.end()) return text;
  std::string message = in_quotes(*text) + " is no value of " + std::string(key);
  problem(key, std::move(message), did_you_mean(*text, words, "write " + either_of(words)));
  return std::nullopt;
}

std::optional<std::int64_t> TomlTable::integer(std::string_view key) const {
  return node_->value<std::int64_t>(key, "an integer");
}

std::optional<bool> TomlTable::boolean(std::string_view key) const {
  return node_->value<bool>(key, "a boolean");
}

std::vector<TomlTable::Text> TomlTable::strings(std::string_view key) const {
  std::vector<Text> texts;
  const toml::array* array = node_->array(key, "an array of strings");
  if (!array) return texts;
  for (const toml::node& item : *array) {
    if (const auto* text = item.as_string()) {
      texts.push_back({text->get(), node_->document->place_of(item.source())});
    } else {
      node_->expected("a string", item);
    }
  }
  return texts;
}

std::vector<TomlTable::Text> TomlTable::one_or_more_strings(std::string_view key) const {
  const toml::node* value = node_->ask(key);
  if (!value || value->is_array()) return strings(key);
  if (const auto* text = value->as_string()) return {{text->get(), place(key)}};
  node_->expected("a string or an array of strings", *value);
  return {};
}

std::optional<TomlTable> TomlTable::table(std::string_view key) const {
  const toml::node* value = node_->ask(key);
  if (!value) return std::nullopt;
  if (!value->is_table()) {
    node_->expected("a table", *value);
    return std::nullopt;
  }
  return node_->inner(key, *value->as_table());
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) const {
  const toml::node* value = node_->ask(key);
  if (value && value->is_table()) {
    problem(
        place(key),
        "expected an array of tables, found a table",
        "write [[" + std::string(key) + "]]"
    );
    return {};
  }
  return one_or_more_tables(key);
}

std::vector<TomlTable> TomlTable::one_or_more_tables(std::string_view key) const {
  const toml::node* value = node_->ask(key);
  std::vector<TomlTable> tables;
  if (value && value->is_table()) return {node_->inner(key, *value->as_table())};
  const toml::array* array = node_->array(key, "an array of tables");
  if (!array) return tables;
  for (const toml::node& item : *array) {
    if (const toml::table* entry = item.as_table()) {
      tables.push_back(node_->inner(key, *entry));
    } else {
      node_->expected("a table", item);
    }
  }
  return tables;
}

std::optional<TomlTable::Element> TomlTable::element(std::string_view key) const {
  const toml::node* value = node_->ask(key);
  return value ? node_->element_of(key, *value) : std::nullopt;
}

std::vector<TomlTable::Element> TomlTable::elements(std::string_view key) const {
  std::vector<Element> elements;
  const toml::array* array = node_->array(key, "an array");
  if (!array) return elements;
  for (const toml::node& item : *array) {
    if (auto element = node_->element_of(key, item)) elements.push_back(std::move(*element));
  }
  return elements;
}

std::optional<TomlTable::AnyValue> TomlTable::any(std::string_view key) const {
  const toml::node* value = node_->ask(key);
  if (!value) return std::nullopt;
  if (const auto* text = value->as_string()) return AnyValue{text->get(), true};
  return AnyValue{json::to_text(to_json(*value)), false};
}

bool TomlTable::has(std::string_view key) const { return node_->ask(key) != nullptr; }

std::vector<std::string> TomlTable::keys() const {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::string> by_position;
  for (const auto& [key, value] : *node_->table) {
    by_position.emplace(std::pair(key.source().begin.line, key.source().begin.column), key.str());
  }
  std::vector<std::string> names;
  names.reserve(by_position.size());
  for (const auto& [position, name] : by_position) names.push_back(name);
  return names;
}

void TomlTable::ignore(std::string_view key) const { node_->ask(key); }

void TomlTable::not_supported(std::string_view key, std::optional<std::string_view> default_value)
    const {
  const auto value = any(key);
  if (!value || value->text == default_value) return;
  const std::string shown = value->is_string ? " " + in_quotes(value->text) : "";
  problem(key, std::string(key) + shown + " is not supported yet", "remove it");
}

std::vector<std::string> TomlTable::asked() const {
  return {node_->document->asked.begin(), node_->document->asked.end()};
}

Place TomlTable::place() const { return node_->document->place_of(node_->table->source()); }

Place TomlTable::place(std::string_view key) const {
  const toml::node* value = node_->table->get(key);
  return value ? node_->document->place_of(value->source()) : place();
}

void TomlTable::problem(Place where, std::string message, std::string suggestion) const {
  node_->document->problems.push_back({std::move(where), std::move(message), std::move(suggestion)}
  );
}

void TomlTable::problem(std::string_view key, std::string message, std::string suggestion) const {
  problem(place(key), std::move(message), std::move(suggestion));
}

void TomlTable::report_unknown_keys() const {
  const std::vector<std::string_view> known(node_->known.begin(), node_->known.end());
  for (const auto& [key, value] : *node_->table) {
    if (std::find(known.begin(), known.end(), key.str()) != known.end()) continue;
    std::string message = "unknown key " + in_quotes(key.str());
    problem(
        node_->document->place_of(key.source()), std::move(message), did_you_mean(key.str(), known)
    );
  }
}

}  // namespace festina::zone
